"""What people are promised about urgency: the agreed table, whatever the code looks like."""

from __future__ import annotations

from itertools import product

import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Value
from bot.domain.fields import field
from bot.domain.triage import assess

U1, U2, U3 = Urgency.U1, Urgency.U2, Urgency.U3

AGREED: list[tuple[dict[str, Value], Urgency, str]] = [
    ({"danger_now": "yes", "situation": "confined", "age_group": "18_or_over"}, U1, "R1 R6"),
    (
        {"danger_now": "no", "situation": "confined", "age_group": "12_17", "exploitation": ("ForcedMarriage",)},
        U1,
        "R3 R6 R7",
    ),
    (
        {
            "danger_now": "no",
            "situation": "confined",
            "age_group": "18_or_over",
            "exploitation": ("ForcedMarriage",),
            "assistance": ("urgent_rescue",),
        },
        U2,
        "R6 R9",
    ),
    ({"danger_now": "no", "situation": "contact_lost", "age_group": "unknown"}, U1, "R3 R6 R7"),
    (
        {
            "danger_now": "no",
            "situation": "in_safe_place",
            "age_group": "18_or_over",
            "assistance": ("verify_identity", "travel_document"),
        },
        U3,
        "R10",
    ),
    (
        {
            "danger_now": "no",
            "situation": "with_authorities",
            "age_group": "12_17",
            "assistance": ("verify_identity",),
        },
        U2,
        "R7",
    ),
    ({"danger_now": "unknown", "situation": "other", "age_group": "18_or_over"}, U2, "R8"),
    (
        {
            "danger_now": "no",
            "situation": "being_moved",
            "age_group": "18_or_over",
            "assistance": ("stop_departure",),
        },
        U1,
        "R2 R5",
    ),
    (
        {"danger_now": "no", "situation": "other", "age_group": "18_or_over", "exploitation": ("OrganRemoval",)},
        U1,
        "R4",
    ),
]

# The level of every combination, written out by hand: a row is a situation; the columns are danger yes, no, unknown,
# and in each the youngest is under 12, 12 to 17, adult, unknown.
TABLE = """
                    yes    no     unknown
being_moved         1111   1111   1111
confined            1111   1121   1121
contact_lost        1111   1121   1121
escaped_not_safe    1111   1111   1111
with_authorities    1111   2232   2232
in_safe_place       1111   2232   2232
other               1111   2232   2222
"""

# The rules that fire, likewise: a danger of its own, then by situation and whether the youngest may be a child.
BY_SITUATION = {
    "being_moved": ("R2", "R2 R7"),
    "confined": ("R6", "R3 R6 R7"),
    "contact_lost": ("R6", "R3 R6 R7"),
    "escaped_not_safe": ("R2", "R2 R7"),
    "with_authorities": ("", "R7"),
    "in_safe_place": ("", "R7"),
    "other": ("", "R7"),
}


def combinations() -> list[tuple[str, str, str, str]]:
    header, *rows = TABLE.strip().splitlines()
    found = []
    for row in rows:
        situation, *blocks = row.split()
        for danger, block in zip(header.split(), blocks, strict=True):
            ages = ("under_12", "12_17", "18_or_over", "unknown")
            found += [(danger, situation, age, f"U{level}") for age, level in zip(ages, block, strict=True)]
    return found


@pytest.mark.parametrize(("answers", "level", "rules"), AGREED)
def test_the_agreed_examples_come_out(answers: dict[str, Value], level: Urgency, rules: str) -> None:
    assert assess(answers) == (level, tuple(rules.split()))


def test_the_table_holds_every_combination_of_the_first_three_answers() -> None:
    asked = [[c.code for c in field(f).choices] for f in ("danger_now", "situation", "age_group")]
    assert {(d, s, a) for d, s, a, _ in combinations()} == set(product(*asked))
    assert len(combinations()) == 84


@pytest.mark.parametrize(("danger", "situation", "age", "level"), combinations())
def test_every_combination_of_the_first_three_answers(danger: str, situation: str, age: str, level: str) -> None:
    found, rules = assess({"danger_now": danger, "situation": situation, "age_group": age})
    expected = ["R1"] * (danger == "yes") + BY_SITUATION[situation][age != "18_or_over"].split()
    if (danger, situation) == ("unknown", "other"):
        expected.append("R8")
    assert found == level
    assert rules == tuple(expected or ["R10"])


def test_a_bare_first_message_is_urgent() -> None:
    assert assess({}) == (U2, ("R7", "R8"))


def test_one_answer_leaves_the_others_unknown() -> None:
    assert assess({"situation": "confined"}) == (U1, ("R3", "R6", "R7"))
    assert assess({"danger_now": "no"}) == (U2, ("R7",))
    assert assess({"age_group": "18_or_over"}) == (U2, ("R8",))


CALM: dict[str, Value] = {"danger_now": "no", "situation": "in_safe_place", "age_group": "18_or_over"}


@pytest.mark.parametrize("act", ["urgent_rescue", "medical_care", "safe_shelter"])
def test_rescue_medical_care_and_shelter_make_an_adult_in_safety_urgent(act: str) -> None:
    assert assess({**CALM, "assistance": (act, "interpreter")}) == (U2, ("R9",))


@pytest.mark.parametrize(
    "act",
    [
        "locate_person",
        "verify_identity",
        "interpreter",
        "travel_document",
        "family_contact",
        "preserve_evidence",
        "joint_operation",
        "advice_only",
    ],
)
def test_other_help_for_an_adult_in_safety_is_priority_only(act: str) -> None:
    assert assess({**CALM, "assistance": (act,)}) == (U3, ("R10",))


def test_a_departure_to_stop_is_immediate_even_for_an_adult_in_safety() -> None:
    assert assess({**CALM, "assistance": ("stop_departure",)}) == (U1, ("R5",))


@pytest.mark.parametrize(
    ("situation", "is_immediate"),
    [
        ("with_authorities", False),
        ("in_safe_place", False),
        ("other", True),
        ("confined", True),
        ("contact_lost", True),
    ],
)
def test_organ_removal_is_immediate_unless_the_person_is_in_good_hands(situation: str, is_immediate: bool) -> None:
    answers: dict[str, Value] = {**CALM, "situation": situation, "exploitation": ("ForcedLabour", "OrganRemoval")}
    level, rules = assess(answers)
    assert (level is U1) is is_immediate
    assert ("R4" in rules) is is_immediate


def test_unknown_exploitation_and_assistance_fire_nothing() -> None:
    assert assess({**CALM, "exploitation": "unknown", "assistance": "unknown"}) == (U3, ("R10",))
