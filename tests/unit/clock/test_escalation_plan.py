"""The plan says what the clock does, and the clock does what the plan says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.clock import deadlines
from bot.clock.escalation_plan import describe, steps
from bot.domain.case import DeadlineKind
from bot.domain.people import Directory
from tests.kit.cases import AGREEMENT, CN_DUTY, CN_SUPERVISOR, DIRECTORY, NOW, PEOPLE, U1, a_case, due, minutes


def planned(**changes: object) -> list[tuple[timedelta, str, int]]:
    case = a_case(**changes)
    return [(s.at - NOW, s.deadline.kind.value, s.ping) for s in steps(case, AGREEMENT, DIRECTORY)]


def test_each_rung_of_each_deadline_is_a_step_in_order_of_time() -> None:
    assert planned(urgency=U1) == [
        (minutes(15), "acknowledge", 1),
        (minutes(25), "acknowledge", 2),
        (minutes(35), "acknowledge", 3),
        (minutes(60), "police", 1),
        (minutes(180), "diplomatic", 1),
    ]


def test_the_plan_goes_on_from_what_was_pinged() -> None:
    case = a_case(urgency=U1)
    case = deadlines.pinged(case, due(case, DeadlineKind.ACKNOWLEDGE), NOW + minutes(25))
    found = [(s.at - NOW, s.ping) for s in steps(case, AGREEMENT, DIRECTORY) if s.deadline.kind.value == "acknowledge"]
    assert found == [(minutes(25), 2), (minutes(35), 3)]


def test_the_last_rung_repeats() -> None:
    repeats = [s.ping for s in steps(a_case(), AGREEMENT, DIRECTORY) if s.repeats and s.deadline.kind.value[0] == "a"]
    assert repeats == [3]


def test_a_snooze_shows_in_the_plan() -> None:
    case = a_case(urgency=U1)
    case = deadlines.pinged(case, due(case, DeadlineKind.ACKNOWLEDGE), NOW + minutes(25))
    case = deadlines.snooze(case, NOW + minutes(30))
    assert steps(case, AGREEMENT, DIRECTORY)[0].at == NOW + minutes(30)


def test_a_step_that_would_reach_nobody_of_a_group_says_so() -> None:
    text = describe(a_case(urgency=U1), AGREEMENT, Directory(), "en")
    assert "nobody there: requested supervisor" in text
    assert "Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing: acknowledge, ping 1 to CN Duty" in text


def test_a_case_that_is_over_has_no_plan() -> None:
    over = deadlines.end(a_case(), NOW)
    assert steps(over, AGREEMENT, DIRECTORY) == []
    assert "no deadline runs" in describe(over, AGREEMENT, DIRECTORY, "en")


def test_the_plan_says_whom_nothing_would_reach_though_it_would_be_tried() -> None:
    gone = Directory.of(
        replace(p, unreachable=frozenset(p.addresses)) if p.id in (CN_DUTY.id, CN_SUPERVISOR.id) else p for p in PEOPLE
    )
    lines = describe(a_case(), AGREEMENT, gone, "en").split("\n")
    assert "(blocked or left us everywhere: CN Duty)" in lines[1]
    assert "(blocked or left us everywhere: CN Duty, CN supervisor)" in lines[2]
    assert "blocked" not in describe(a_case(), AGREEMENT, DIRECTORY, "en")
    assert describe(a_case(), AGREEMENT, gone, "en", party="CN").split("\n") == lines
    assert "blocked" not in describe(a_case(), AGREEMENT, gone, "en", party="KH"), "that is no business of theirs"
