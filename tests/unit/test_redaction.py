"""Which answers people of a side may read on a messenger."""

from __future__ import annotations

import pytest

from bot.case import Case, Value
from bot.fields import FIELDS, field
from bot.redaction import MINIMUM, is_cleared, may_read, on_messenger
from tests.unit.cases import AGREEMENT, a_case, with_answers

ANSWERED: dict[str, Value] = {
    "danger_now": "no",
    "situation": "confined",
    "age_group": "12_17",
    "country": "CN",
    "area": "Nanchang",
    "exploitation": ("ForcedMarriage",),
    "assistance": ("urgent_rescue",),
    "summary": "door locked",
}


def readable(case: Case, party: str) -> set[str]:
    return {f.id for f, _ in on_messenger(case, party, AGREEMENT)}


def case_of(**more: Value) -> Case:
    return with_answers(a_case(), **ANSWERED, **more)


@pytest.mark.parametrize("party", ["KH", "CN"])
def test_free_text_is_read_by_nobody_on_a_messenger(party: str) -> None:
    case = case_of(citizenship=("KH",), fears_own_authorities="no")
    assert not {f for f in readable(case, party) if not field(f).coded}


def test_the_own_side_reads_all_coded_answers() -> None:
    assert readable(case_of(), "KH") == set(ANSWERED) - {"area", "summary"}


@pytest.mark.parametrize("known", [{}, {"citizenship": ("KH",)}, {"fears_own_authorities": "no"}])
def test_until_both_questions_are_answered_only_the_minimum_crosses(known: dict[str, Value]) -> None:
    assert readable(case_of(**known), "CN") == MINIMUM


@pytest.mark.parametrize(
    ("citizenship", "fears", "cleared"),
    [
        (("KH",), "no", True),
        ("unknown", "no", True),
        (("KH",), "unknown", True),
        (("CN",), "no", True),
        (("CN",), "yes", False),
        (("KH", "CN"), "yes", False),
        ("unknown", "yes", False),
        (("KH",), "yes", True),
    ],
)
def test_who_fears_a_state_stays_hidden_from_it(citizenship: Value, fears: str, cleared: bool) -> None:
    case = case_of(citizenship=citizenship, fears_own_authorities=fears)
    assert is_cleared(case, AGREEMENT) is cleared
    assert (readable(case, "CN") == MINIMUM) is not cleared


def test_fear_of_an_authority_is_never_told_to_the_other_side() -> None:
    case = case_of(citizenship=("KH",), fears_own_authorities="no")
    assert "fears_own_authorities" not in readable(case, "CN")
    assert "fears_own_authorities" in readable(case, "KH")
    hidden = [f.id for f in FIELDS if not may_read(f, case, "CN", AGREEMENT)]
    assert hidden == ["fears_own_authorities"], "on pages too"
