"""A copy of a frozen value is the one that the standard library makes, only cheaper."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from bot.domain.conversation import Conversation
from bot.domain.frozen import replace
from tests.kit.cases import NOW, OFFICER, a_case


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """A value with a check of its own."""

    number: int

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("no number")


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (a_case(), {"version": 7, "sent_at": NOW}),
        (a_case(), {}),
        (a_case().deadlines[0], {"next_at": NOW + timedelta(hours=1), "pings": 3}),
        (OFFICER, {"name": "Somebody"}),
        (Conversation(1), {"asking": "area", "pending": {"returning": True}}),
    ],
)
def test_it_equals_what_the_standard_library_makes(value: object, changes: dict[str, object]) -> None:
    before = repr(value)
    copied = replace(value, **changes)
    assert copied == dataclasses.replace(value, **changes)  # type: ignore[type-var]
    assert type(copied) is type(value)
    assert repr(value) == before, "what is copied stays as it was"


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="no field 'colour'"):
        replace(a_case(), colour="red")


def test_a_value_that_checks_itself_still_does() -> None:
    assert replace(Checked(1), number=2) == Checked(2)
    with pytest.raises(ValueError, match="no number"):
        replace(Checked(1), number=-1)


def test_a_copy_is_as_frozen_as_the_value() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(a_case(), version=2).version = 3  # type: ignore[misc]
