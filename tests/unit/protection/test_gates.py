"""The gates against the agreed tables: every row, and every combination of answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest

from bot.domain.case import Case, Channel, HandoffState, Value
from bot.protection import gates
from bot.protection.gates import Blocked, Needs, Open, Reason, Verdict
from tests.kit.cases import AGREEMENT, a_case, with_answers
from tests.kit.gate_tables import Given, diplomatic_table, police_table

FEARS = (None, "yes", "no", "unknown")
FLAGS = (None, "none_known", "possible", "asylum_seeker_or_refugee", "stateless")
CONSENTS = (None, "yes", "no", "not_asked", "cannot_ask")
AGES = (None, "under_12", "12_17", "18_or_over", "unknown")
#: Of a person whose case goes to China.
CITIZENSHIPS: tuple[Value | None, ...] = (None, "unknown", ("KH",), ("CN",), ("KH", "CN"), ("KH", "unknown"))
RECORDED = (False, True)
DECISIONS = (None, "allowed", "refused")


def case_of(given: Given, channel: Channel) -> Case:
    said: dict[str, Value | None] = {
        "age_group": given.age,
        "citizenship": given.citizenship,
        f"consent_{channel.value}": given.consent,
        "fears_own_authorities": given.fears,
        "protection_flag": given.flag,
        "guardian": "named" if given.guardian else None,
        "best_interests": "recorded" if given.interests else None,
        "vital_interest": "recorded" if given.vital else None,
        "police_decision": given.decision,
    }
    return with_answers(a_case(), **{name: value for name, value in said.items() if value is not None})


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
    return tuple((given, case_of(given, Channel.POLICE)) for given in all_police())


def all_police() -> Iterator[Given]:
    known = product(FEARS, FLAGS, CONSENTS, AGES, CITIZENSHIPS, RECORDED, RECORDED, DECISIONS)
    for fears, flag, consent, age, citizenship, interests, vital, decision in known:
        yield Given(fears, flag, consent, age, citizenship, False, interests, vital, decision)


def test_the_diplomatic_gate_says_for_every_combination_what_the_table_says() -> None:
    found = {given: told(gates.check(case_of(given, Channel.DIPLOMATIC), Channel.DIPLOMATIC, AGREEMENT))
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
    assert (
        told(gates.check(case_of(said, Channel.POLICE), Channel.DIPLOMATIC, AGREEMENT))[1] == "needs consent_diplomatic"
    )
    assert told(gates.check(case_of(said, Channel.DIPLOMATIC), Channel.POLICE, AGREEMENT))[1] == "needs consent_police"


def test_the_relay_to_a_side_stops_exactly_where_the_first_row_of_the_police_gate_closes_it() -> None:
    for given, case in police_cases():
        assert gates.stops_relay(case, "CN", AGREEMENT) is (police_table(given)[0] == 1), given
        assert not gates.stops_relay(case, "KH", AGREEMENT), "never to the side that reported"


def test_the_side_that_is_not_the_persons_state_goes_on_being_told() -> None:
    case = case_of(Given("yes", "stateless", citizenship=("VN",)), Channel.POLICE)
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
