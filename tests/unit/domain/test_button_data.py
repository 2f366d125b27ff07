"""What people are promised about buttons: each one says exactly one thing, on every messenger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.button_data import LIMIT, ActTap, ChoiceTap, Promise, WordTap, parse, to_base36, write
from bot.domain.case import Channel, ClosureCode
from bot.domain.case_acts import Act as Deed
from bot.domain.fields import FIELDS

LARGEST_ID = 2**63 - 1

ids = st.integers(0, LARGEST_ID)
words = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=10)
promises = st.one_of(
    st.builds(ActTap, ids, st.integers(0, 9999), words, st.one_of(st.just(""), words)),
    st.builds(ChoiceTap, ids, words, words),
    st.builds(WordTap, words, st.one_of(st.just(""), words)),
)


@given(promises)
def test_what_a_button_says_is_what_a_tap_means(promise: Promise) -> None:
    assert parse(write(promise)) == promise


def test_every_choice_of_every_question_fits_on_every_messenger() -> None:
    for field in FIELDS:
        for choice in (*(c.code for c in field.choices), "done", "skip", "back"):
            promise = ChoiceTap(LARGEST_ID, field.id, choice)
            assert len(write(promise).encode()) <= LIMIT
            assert parse(write(promise)) == promise


@pytest.mark.parametrize("argument", [*ClosureCode, *Channel, ""])
@pytest.mark.parametrize("deed", Deed)
def test_every_act_fits_on_every_messenger(deed: Deed, argument: str) -> None:
    promise = ActTap(LARGEST_ID, 9999, deed.value, str(argument))
    assert parse(write(promise)) == promise


def test_what_does_not_fit_is_refused_and_never_cut() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        write(WordTap("w" * LIMIT))


def test_an_argument_may_hold_dots() -> None:
    assert parse("c.case.a.b.c") == WordTap("case", "a.b.c")
    assert parse("a.1.1.close.found_safe.x") == ActTap(1, 1, "close", "found_safe.x")


@pytest.mark.parametrize(
    "data", ["", "a", "a.1", "a.1.2", "f.1.area", "x.1.2.ack", "a.!.1.ack", "f.é!.area.yes", "c", "....."]
)
def test_data_that_is_not_ours_means_nothing(data: str) -> None:
    assert parse(data) is None


@given(st.text())
def test_no_data_breaks_the_reading(data: str) -> None:
    promise = parse(data)
    assert promise is None or isinstance(promise, ActTap | ChoiceTap | WordTap)


@given(ids)
def test_numbers_survive_base_36(number: int) -> None:
    assert int(to_base36(number), 36) == number
