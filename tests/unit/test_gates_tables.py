"""The gates against the agreed tables, written out a second time: every row, and every combination of answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import pytest

from bot import gates
from bot.case import Case, Channel, HandoffState, Value
from bot.gates import Blocked, Needs, Open, Reason, Verdict
from tests.unit.cases import AGREEMENT, a_case, with_answers

FEARS = (None, "yes", "no", "unknown")
FLAGS = (None, "none_known", "possible", "asylum_seeker_or_refugee", "stateless")
CONSENTS = (None, "yes", "no", "not_asked", "cannot_ask")
AGES = (None, "under_12", "12_17", "18_or_over", "unknown")
#: Of a person whose case goes to China.
CITIZENSHIPS: tuple[Value | None, ...] = (None, "unknown", ("KH",), ("CN",), ("KH", "CN"), ("KH", "unknown"))
RECORDED = (False, True)
DECISIONS = (None, "allowed", "refused")


@dataclass(frozen=True)
class Given:
    """What is known of a case, as people answered it."""

    fears: str | None = None
    flag: str | None = None
    consent: str | None = None
    age: str | None = None
    citizenship: Value | None = ("KH",)
    guardian: bool = False
    interests: bool = False
    vital: bool = False
    decision: str | None = None

    def case(self, channel: Channel) -> Case:
        said: dict[str, Value | None] = {
            "age_group": self.age,
            "citizenship": self.citizenship,
            f"consent_{channel.value}": self.consent,
            "fears_own_authorities": self.fears,
            "protection_flag": self.flag,
            "guardian": "named" if self.guardian else None,
            "best_interests": "recorded" if self.interests else None,
            "vital_interest": "recorded" if self.vital else None,
            "police_decision": self.decision,
        }
        return with_answers(a_case(), **{name: value for name, value in said.items() if value is not None})


def diplomatic_table(g: Given) -> tuple[int, str]:
    """The diplomatic gate as agreed: the first row that matches, and what it says."""
    rows = (
        (1, g.fears == "yes", "blocked fear"),
        (2, g.flag is None, "blocked flag_not_set"),
        (2, g.flag in {"possible", "asylum_seeker_or_refugee", "stateless"}, "blocked flag"),
        (3, g.age in {None, "unknown", "under_12", "12_17"}, "child"),
        (4, g.consent in {"no", "not_asked", "cannot_ask"}, "blocked no_consent"),
        (4, g.consent is None, "needs consent_diplomatic" + (" fears_own_authorities" if g.fears is None else "")),
        (5, g.fears is None, "needs fears_own_authorities"),
        (5, g.fears == "unknown", "open"),
        (6, g.fears == "no", "open"),
    )
    row, says = next((row, says) for row, matches, says in rows if matches)
    if says != "child":
        return row, says
    missing = [
        name
        for name, is_missing in (
            ("fears_own_authorities", g.fears is None),
            ("guardian", not g.guardian),
            ("best_interests", not g.interests),
        )
        if is_missing
    ]
    return row, f"needs {' '.join(missing)}" if missing else "open"


def police_table(g: Given) -> tuple[int, str]:
    """The police gate as agreed, in the order of its sentences."""
    states = (g.citizenship,) if not isinstance(g.citizenship, tuple) else g.citizenship
    goes_home = bool({None, "unknown", "CN"} & set(states))
    needs_shelter = g.fears == "yes" or g.flag in ("possible", "asylum_seeker_or_refugee", "stateless")
    if goes_home and needs_shelter and g.decision is None:
        return 1, "blocked state_feared"
    if goes_home and needs_shelter and g.decision == "refused":
        return 1, "blocked refused"
    unasked = ["fears_own_authorities"] if g.fears is None else []
    if g.age == "18_or_over" and g.consent == "yes":
        row, missing = 2, []
    elif g.age == "18_or_over":
        row, missing = 3, [] if g.vital else ["consent_police" if g.consent is None else "vital_interest"]
    else:
        row, missing = 4, [] if g.interests else ["best_interests"]
    missing = unasked + missing if row == 4 else missing + unasked
    return row, f"needs {' '.join(missing)}" if missing else "open"


def told(verdict: Verdict) -> tuple[int, str]:
    match verdict:
        case Open(row):
            return row, "open"
        case Needs(row, missing):
            return row, f"needs {' '.join(missing)}"
        case Blocked(row, reason):
            return row, f"blocked {reason.value}"


def all_diplomatic() -> Iterator[Given]:
    for fears, flag, consent, age, guardian, interests in product(FEARS, FLAGS, CONSENTS, AGES, RECORDED, RECORDED):
        yield Given(fears, flag, consent, age, guardian=guardian, interests=interests)


@cache
def police_cases() -> tuple[tuple[Given, Case], ...]:
    return tuple((given, given.case(Channel.POLICE)) for given in all_police())


def all_police() -> Iterator[Given]:
    known = product(FEARS, FLAGS, CONSENTS, AGES, CITIZENSHIPS, RECORDED, RECORDED, DECISIONS)
    for fears, flag, consent, age, citizenship, interests, vital, decision in known:
        yield Given(fears, flag, consent, age, citizenship, False, interests, vital, decision)


def test_the_diplomatic_gate_says_for_every_combination_what_the_table_says() -> None:
    found = {given: told(gates.check(given.case(Channel.DIPLOMATIC), Channel.DIPLOMATIC, AGREEMENT))
             for given in all_diplomatic()}  # fmt: skip
    assert len(found) == 2000
    assert not [(given, says) for given, says in found.items() if says != diplomatic_table(given)]
    assert {row for row, _ in found.values()} == {1, 2, 3, 4, 5, 6}


def test_the_police_gate_says_for_every_combination_what_the_table_says() -> None:
    seen = set()
    for given, case in police_cases():
        says = told(gates.check(case, Channel.POLICE, AGREEMENT))
        assert says == police_table(given), given
        seen.add(says[0])
    assert seen == {1, 2, 3, 4}


def test_nothing_but_the_channels_own_consent_counts() -> None:
    said = Given("no", "none_known", "yes", "18_or_over")
    assert told(gates.check(said.case(Channel.POLICE), Channel.DIPLOMATIC, AGREEMENT))[1] == "needs consent_diplomatic"
    assert told(gates.check(said.case(Channel.DIPLOMATIC), Channel.POLICE, AGREEMENT))[1] == "needs consent_police"


def test_the_relay_to_a_side_stops_exactly_where_the_first_row_of_the_police_gate_closes_it() -> None:
    for given, case in police_cases():
        assert gates.stops_relay(case, "CN", AGREEMENT) is (police_table(given)[0] == 1), given
        assert not gates.stops_relay(case, "KH", AGREEMENT), "never to the side that reported"


def test_the_side_that_is_not_the_persons_state_goes_on_being_told() -> None:
    case = Given("yes", "stateless", citizenship=("VN",)).case(Channel.POLICE)
    assert not gates.stops_relay(case, "CN", AGREEMENT)
    assert gates.stops_relay(case, "VN", AGREEMENT)


@pytest.mark.parametrize("newer", ["fears_own_authorities", "protection_flag", "citizenship"])
def test_a_decision_does_not_cover_what_became_known_after_it(newer: str) -> None:
    known: dict[str, Value] = {
        "age_group": "18_or_over", "consent_police": "yes", "fears_own_authorities": "yes",
        "protection_flag": "possible", "citizenship": ("CN",),
    }  # fmt: skip
    decided = with_answers(a_case(), **known, police_decision="allowed")
    assert gates.is_open(decided, Channel.POLICE, AGREEMENT)
    later = {name: value for name, value in known.items() if name != newer}
    again = with_answers(a_case(), **later, police_decision="allowed", **{newer: known[newer]})
    assert gates.check(again, Channel.POLICE, AGREEMENT) == Blocked(1, Reason.STATE_FEARED)


def test_a_vital_interest_overrules_no_person_who_says_no_after_it() -> None:
    adult: dict[str, Value] = {"age_group": "18_or_over", "fears_own_authorities": "no"}
    refused_before = with_answers(a_case(), **adult, consent_police="no", vital_interest="recorded")
    assert gates.is_open(refused_before, Channel.POLICE, AGREEMENT)
    refused_after = with_answers(a_case(), **adult, vital_interest="recorded", consent_police="no")
    assert gates.check(refused_after, Channel.POLICE, AGREEMENT) == Needs(3, ("vital_interest",))
    unreachable = with_answers(a_case(), **adult, vital_interest="recorded", consent_police="cannot_ask")
    assert gates.is_open(unreachable, Channel.POLICE, AGREEMENT), "not to be reachable is no refusal"


def test_a_button_for_the_other_side_tells_a_closed_gate_from_a_missing_answer_by_nothing() -> None:
    for given, case in police_cases():
        says = police_table(given)[1]
        assert gates.offers_handoff(case, Channel.POLICE, "CN", AGREEMENT) is (says == "open")
        assert gates.offers_handoff(case, Channel.POLICE, "KH", AGREEMENT) is not says.startswith("blocked")


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Open(2), HandoffState.DRAFTED),
        (Needs(2, ("fears_own_authorities",)), HandoffState.DRAFTED),
        (Needs(4, ("best_interests",)), HandoffState.DRAFTED),
        (Needs(3, ("vital_interest",)), HandoffState.BLOCKED),
        (Blocked(1, Reason.STATE_FEARED), HandoffState.BLOCKED),
    ],
)
def test_a_draft_is_blocked_where_only_a_decision_can_move_it(verdict: Verdict, state: HandoffState) -> None:
    assert gates.draft_state(verdict) is state
