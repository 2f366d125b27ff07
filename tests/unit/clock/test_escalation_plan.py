"""The plan says what the clock does, and the clock does what the plan says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import deadlines
from bot.clock.escalation_plan import describe, steps
from bot.clock.reach import Known
from bot.domain.case import DeadlineKind
from bot.domain.contacts import Heard
from bot.domain.messages import Address, Grant, WindowRules
from bot.domain.people import Directory, Person
from bot.domain.policy import By, Group, Rung
from bot.domain.roster import Roster, Shift
from tests.kit.cases import (
    AGREEMENT,
    CN_DUTY,
    CN_SUPERVISOR,
    DIRECTORY,
    NOW,
    PARTIES,
    PEOPLE,
    U1,
    Counter,
    a_case,
    due,
    minutes,
)


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
    assert "(blocked or left us everywhere: CN Duty (1/2))" in lines[1]
    assert "(blocked or left us everywhere: CN Duty (1/2), CN supervisor)" in lines[2]
    assert "blocked" not in describe(a_case(), AGREEMENT, DIRECTORY, "en")
    assert describe(a_case(), AGREEMENT, gone, "en", party="CN").split("\n") == lines
    assert "blocked" not in describe(a_case(), AGREEMENT, gone, "en", party="KH"), "that is no business of theirs"


def having(*changed: Person) -> Directory:
    ids = {person.id for person in changed}
    return Directory.of([*(p for p in PEOPLE if p.id not in ids), *changed])


def second_ping(directory: Directory, party: str = "", known: Known | None = None) -> str:
    """What the plan says of the supervisor's rung, as this side reads it."""
    lines = describe(a_case(urgency=U1), AGREEMENT, directory, "en", party=party, known=known or Known()).split("\n")
    return next(line for line in lines if "ping 2" in line)


OLD = NOW - timedelta(days=31)
WECHAT = Address("wechat", "5")
WINDOWED = Known(windows={"wechat": WindowRules(Grant(5, timedelta(hours=48)), Grant(3, timedelta(minutes=1)))})


@pytest.mark.parametrize(
    ("supervisor", "known", "said"),
    [
        (replace(CN_SUPERVISOR, addresses=()), Known(), "no messenger of theirs is known: CN supervisor"),
        (replace(CN_SUPERVISOR, on_duty=False), Known(), "off duty: CN supervisor"),
        (
            replace(CN_SUPERVISOR, enrolled_at=OLD, confirmed_at=OLD),
            Known(timedelta(days=30)),
            "enrolment not confirmed by then: CN supervisor",
        ),
        (replace(CN_SUPERVISOR, enrolled_at=OLD), Known(), "not heard of for 30 days by then: CN supervisor"),
        (replace(CN_SUPERVISOR, addresses=(WECHAT,)), WINDOWED, "the reply window is closed by then: CN supervisor"),
        (
            replace(CN_SUPERVISOR, addresses=(WECHAT,)),
            replace(WINDOWED, heard={WECHAT: Heard(NOW, NOW + minutes(24))}),
            "the reply window is closed by then: CN supervisor",
        ),
    ],
)  # fmt: skip
def test_the_plan_says_why_somebody_of_the_own_side_may_hear_nothing(
    supervisor: Person, known: Known, said: str
) -> None:
    line = second_ping(having(supervisor), "CN", known)
    assert f"{said})" in line
    assert f"{said})" in second_ping(having(supervisor), "", known), "whoever runs the program reads all of it"
    assert "CN supervisor)" not in second_ping(having(supervisor), "KH", known), "that is no business of theirs"


@pytest.mark.parametrize(
    ("supervisor", "known"),
    [
        (CN_SUPERVISOR, Known()),
        (replace(CN_SUPERVISOR, enrolled_at=OLD), Known(heard={CN_SUPERVISOR.addresses[0]: Heard(NOW)})),
        (replace(CN_SUPERVISOR, addresses=(WECHAT,)), replace(WINDOWED, heard={WECHAT: Heard(NOW, NOW + minutes(26))})),
        (replace(CN_SUPERVISOR, addresses=(WECHAT, Address("telegram", "5"))), WINDOWED),
    ],
)
def test_of_whom_a_ping_reaches_nothing_is_said(supervisor: Person, known: Known) -> None:
    assert second_ping(having(supervisor), "CN", known).endswith("CN Duty, CN supervisor")


def test_a_side_of_which_nobody_would_hear_a_step_is_named_to_itself() -> None:
    gone = having(*(replace(p, addresses=()) for p in PEOPLE if p.party == "KH"))
    quiet = {
        desk: replace(d, addresses=()) if desk in ("kh-duty", "kh-secretariat") else d
        for desk, d in AGREEMENT.desks.items()
    }
    case = deadlines.end(a_case(), NOW)
    case = deadlines.arm(case, DeadlineKind.WRITTEN, NOW + minutes(60), Counter(), now=NOW)
    told = [describe(case, replace(AGREEMENT, desks=quiet), gone, "en", party=party) for party in ("KH", "CN", "-", "")]
    assert ["Nobody of KH would hear it." in text for text in told] == [True, False, False, True]


def test_a_rung_that_wants_a_call_says_so_in_the_plan() -> None:
    ladder = (*AGREEMENT.levels[U1].rungs[:1], Rung(Group.REQUESTED_SUPERVISOR, minutes(5), minutes(5), By.CALL))
    agreed = replace(AGREEMENT, levels={U1: replace(AGREEMENT.levels[U1], ladder=ladder)})
    text = describe(a_case(urgency=U1), agreed, DIRECTORY, "en")
    assert "ping 2 to CN supervisor, with a call to CN supervisor, then again and again" in text


def test_the_plan_is_written_in_the_local_times_of_both_sides_also_around_a_change_of_clocks() -> None:
    """In Berlin the clocks go from 02:00 to 03:00 on Sunday 29 March 2026; Kathmandu is at UTC+5:45 all year."""
    zones = {"KH": "Europe/Berlin", "CN": "Asia/Kathmandu"}
    parties = {code: replace(PARTIES[code], timezone=zone) for code, zone in zones.items()}
    opened = datetime(2026, 3, 29, 0, 40, tzinfo=UTC)
    case = a_case(urgency=U1, opened_at=opened, clock_from=opened)
    lines = describe(case, replace(AGREEMENT, parties=parties), DIRECTORY, "en").split("\n")
    assert [line.partition(": ")[0] for line in lines[1:4]] == [
        "Sun 29 Mar 01:55 Berlin (+01:00) / 06:40 Kathmandu",
        "Sun 29 Mar 03:05 Berlin (+02:00) / 06:50 Kathmandu",
        "Sun 29 Mar 03:15 Berlin (+02:00) / 07:00 Kathmandu",
    ]


def test_the_plan_names_who_has_the_duty_by_then() -> None:
    night = replace(CN_DUTY, id=20, addresses=(Address("telegram", "20"),))
    shifts = (
        Shift(1, "cn-duty", CN_DUTY.id, NOW - minutes(60), NOW + minutes(20)),
        Shift(2, "cn-duty", night.id, NOW + minutes(20), NOW + minutes(500)),
    )
    directory = Directory.of([*PEOPLE, night], roster=Roster(shifts))
    found = [s for s in steps(a_case(urgency=U1), AGREEMENT, directory) if s.deadline.kind is DeadlineKind.ACKNOWLEDGE]
    on = [{f"person:{p.id}" for p in (CN_DUTY, night)} & {r.name for r in step.audience.recipients} for step in found]
    assert on == [{f"person:{CN_DUTY.id}"}, {f"person:{night.id}"}, {f"person:{night.id}"}]
    assert "off duty" not in describe(a_case(urgency=U1), AGREEMENT, directory, "en")
    gone = directory.having(replace(night, unreachable=frozenset(night.addresses)))
    line = next(each for each in describe(a_case(urgency=U1), AGREEMENT, gone, "en").split("\n") if "ping 2" in each)
    assert "(off duty: CN Duty (1/3))" in line, "the whole desk is told then"
