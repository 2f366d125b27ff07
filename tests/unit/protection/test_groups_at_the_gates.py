"""The gates and what a side may know of several persons, against the agreed tables and against cases without them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.case import Answer, Case, Channel, Value
from bot.domain.subjects import COUNT, REST, as_of, count_of, numbers
from bot.protection import gates
from bot.protection.redaction_policy import Way, answers
from bot.protection.seen_by import seen_by, urgency_for_all
from bot.protection.shown_persons import persons
from bot.protection.standings import Reader
from tests.kit.cases import AGREEMENT, NOW, OFFICER, a_case
from tests.kit.gate_tables import Given, diplomatic_table, police_table
from tests.unit.protection.test_gates import AGES, CITIZENSHIPS, CONSENTS, DECISIONS, FEARS, FLAGS, told

GIVEN = st.builds(
    Given,
    st.sampled_from(FEARS), st.sampled_from(FLAGS), st.sampled_from(CONSENTS), st.sampled_from(AGES),
    st.sampled_from(CITIZENSHIPS), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(DECISIONS),
)  # fmt: skip
GROUPS = st.lists(st.tuples(st.integers(1, 9), GIVEN), min_size=1, max_size=5)


def said(given: Given, channel: Channel) -> dict[str, Value]:
    every: dict[str, Value | None] = {
        "age_group": given.age, "citizenship": given.citizenship, f"consent_{channel.value}": given.consent,
        "fears_own_authorities": given.fears, "protection_flag": given.flag,
        "guardian": "named" if given.guardian else None, "best_interests": "recorded" if given.interests else None,
        "vital_interest": "recorded" if given.vital else None, "police_decision": given.decision,
    }  # fmt: skip
    return {name: value for name, value in every.items() if value is not None}


def a_case_of(groups: list[tuple[int, Given]], channel: Channel = Channel.POLICE) -> Case:
    """A case of groups with nothing said of all of them but how many they are; the numbers are 2, 3, 4 and so on."""
    known: dict[str, Value] = {"situation": "confined", "country": "CN", "differs": "no"}
    case = a_case(sent_at=NOW)
    made = [_answer(n, name, value) for n, (name, value) in enumerate(known.items(), start=1)]
    made.append(_answer(9, COUNT, sum(count for count, _ in groups)))
    apart = {
        number: {
            name: _answer(number * 100 + place, name, value, number)
            for place, (name, value) in enumerate({COUNT: count, **said(given, channel)}.items())
        }
        for number, (count, given) in enumerate(groups, start=2)
    }
    return replace(case, answers={a.field: a for a in made}, apart=apart)


def _answer(number: int, field: str, value: Value, subject: int = 0) -> Answer:
    return Answer(number, 1, field, value, NOW, OFFICER.id, subject=subject)


@given(GROUPS)
@settings(max_examples=300, deadline=None)
def test_the_gate_of_each_person_says_what_the_table_says_of_them_alone(groups: list[tuple[int, Given]]) -> None:
    for channel, table in ((Channel.POLICE, police_table), (Channel.DIPLOMATIC, diplomatic_table)):
        found = gates.verdicts(a_case_of(groups, channel), channel, AGREEMENT)
        assert [told(found[n]) for n in sorted(found)] == [table(given) for _, given in groups]


@given(GROUPS)
@settings(max_examples=300, deadline=None)
def test_words_cross_only_where_the_table_closes_the_gate_for_nobody(groups: list[tuple[int, Given]]) -> None:
    case = a_case_of(groups)
    closed = [number for number, (_, given) in enumerate(groups, start=2) if police_table(given)[0] == 1]
    assert list(gates.held_back(case, "CN", AGREEMENT)) == closed
    assert gates.stops_relay(case, "CN", AGREEMENT) is bool(closed)
    for number in numbers(case):
        assert gates.stops_relay(case, "CN", AGREEMENT, (number,)) is (number in closed)
    assert not gates.held_back(case, "KH", AGREEMENT), "never from the side that reported"


def shown(case: Case) -> tuple[Any, ...]:
    """All that a side is told of a case and the people in it."""
    seen, reader = seen_by(case, "CN", AGREEMENT), Reader("CN")
    told = [
        ({f.id: value for f, value in answers(case, reader, way, AGREEMENT)}, _people(case, reader, way))
        for way in (Way.ALERT, Way.CASE, Way.PAGE, Way.EXPORT)
    ]
    return (told, seen.rules, [d.id for d in seen.deadlines], seen.value(COUNT))


def _people(case: Case, reader: Reader, way: Way) -> list[tuple[int | None, tuple[str, ...]]]:
    return [(each.count, each.facts) for each in persons(case, reader, way, AGREEMENT, "en")]


@given(GROUPS)
@settings(max_examples=300, deadline=None)
def test_a_side_is_told_of_a_case_what_it_would_be_told_without_those_held_back_from_it(
    groups: list[tuple[int, Given]],
) -> None:
    others = [(count, given) for count, given in groups if police_table(given)[0] != 1]
    if not others:
        return
    case, without = a_case_of(groups), a_case_of(others)
    rules = urgency_for_all(case, AGREEMENT)
    assert rules == urgency_for_all(without, AGREEMENT), "who is held back moves no clock that they see"
    assert shown(replace(case, rules=rules[1])) == shown(replace(without, rules=rules[1]))


@given(GROUPS)
@settings(max_examples=100, deadline=None)
def test_what_is_seen_of_a_case_stays_the_same_when_it_is_looked_at_again(groups: list[tuple[int, Given]]) -> None:
    case = a_case_of(groups)
    once = seen_by(case, "CN", AGREEMENT)
    assert seen_by(once, "CN", AGREEMENT) == once


def test_a_case_of_which_nobody_says_anything_apart_is_the_case_itself() -> None:
    case = a_case()
    assert seen_by(case, "CN", AGREEMENT) is case
    assert as_of(case, REST) is case
    assert (numbers(case), count_of(case, REST)) == ((REST,), None)
