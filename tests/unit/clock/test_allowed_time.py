"""When deadlines are due and pinged about: calendars move U3 and U4, never U1 and U2, and what must stop never."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.clock import allowed_time, deadline_warnings, deadlines
from bot.domain.agreement import Agreement, Urgency
from bot.domain.case import TIMERS, Case, Channel, DeadlineKind
from bot.domain.office_hours import Holiday, Hours, Office
from tests.kit.cases import AGREEMENT, NOW, PARTIES, U1, U2, U3, U4, Counter, a_case, due, minutes

#: It is Saturday, 14:05 in Phnom Penh and 15:05 in Beijing.
WEEK = (Hours((0, 1, 2, 3, 4), time(8), time(17)),)
MONDAY_IN_BEIJING = datetime.fromisoformat("2026-04-20T09:00+08:00")
MONDAY_IN_PHNOM_PENH = datetime.fromisoformat("2026-04-20T09:00+07:00")


def closed(*parties: str) -> Agreement:
    offices = {code: replace(PARTIES[code], office=Office(PARTIES[code].timezone, WEEK)) for code in parties}
    return replace(AGREEMENT, parties=PARTIES | offices)


def opened(urgency: Urgency, agreement: Agreement) -> Case:
    case = a_case(urgency=urgency)
    return deadlines.opened(replace(case, deadlines=()), case.policy(agreement), minutes(3), Counter())


@pytest.mark.parametrize("urgency", [U1, U2])
@pytest.mark.parametrize("kind", [kind for kind in DeadlineKind if kind not in TIMERS])
def test_no_calendar_moves_what_is_urgent(urgency: Urgency, kind: DeadlineKind) -> None:
    case = a_case(urgency=urgency)
    policy = case.policy(closed("KH", "CN"))
    assert policy == case.policy(AGREEMENT)
    assert allowed_time.due(case, policy, kind, NOW, party="CN") == NOW + allowed_time.allowed(policy, kind)


@pytest.mark.parametrize(
    ("kind", "party", "meets"),
    [
        (DeadlineKind.ACKNOWLEDGE, "", "CN"),
        (DeadlineKind.ANSWER, "", "CN"),
        (DeadlineKind.POLICE, "", "CN"),
        (DeadlineKind.DIPLOMATIC, "", "CN"),
        (DeadlineKind.REVIEW, "", "CN"),
        (DeadlineKind.REPLY, "KH", "KH"),
        (DeadlineKind.REPLY, "CN", "CN"),
        (DeadlineKind.WRITTEN, "", "KH"),
    ],
)
def test_only_the_office_of_the_side_that_must_act_is_waited_for(kind: DeadlineKind, party: str, meets: str) -> None:
    case = a_case(urgency=U3)
    other = {"KH": "CN", "CN": "KH"}[meets]
    allowed = NOW + allowed_time.allowed(case.policy(AGREEMENT), kind)
    # So long ago that it would be due on Sunday at noon in Beijing, when the other side's office is closed as well.
    since = NOW + (datetime.fromisoformat("2026-04-19T12:00+08:00") - allowed)
    monday = MONDAY_IN_BEIJING if meets == "CN" else MONDAY_IN_PHNOM_PENH
    assert allowed_time.due(case, case.policy(closed(meets)), kind, since, party=party) == monday
    unmoved = allowed_time.due(case, case.policy(closed(other)), kind, since, party=party)
    assert unmoved == datetime.fromisoformat("2026-04-19T12:00+08:00")


def test_until_the_side_is_known_the_own_office_is_waited_for() -> None:
    case = a_case(urgency=U3, requested="")
    assert allowed_time.due(case, case.policy(closed("KH")), DeadlineKind.ACKNOWLEDGE, NOW) == MONDAY_IN_PHNOM_PENH


def test_what_was_taken_back_must_stop_at_any_hour() -> None:
    case = a_case(urgency=U4)
    policy = case.policy(closed("KH", "CN"))
    assert allowed_time.due(case, policy, DeadlineKind.STOP, NOW) == NOW + policy.acknowledge


def test_a_case_opened_on_a_saturday_is_due_on_monday_and_pinged_in_office_hours_only() -> None:
    agreement = closed("CN")
    case = opened(U3, agreement)
    acknowledge = due(case, DeadlineKind.ACKNOWLEDGE)
    assert acknowledge.due_at == acknowledge.next_at == MONDAY_IN_BEIJING
    after = MONDAY_IN_BEIJING + timedelta(hours=4)
    assert allowed_time.again(case, case.policy(agreement), acknowledge, 1, MONDAY_IN_BEIJING) == after
    tuesday = datetime.fromisoformat("2026-04-21T08:00+08:00")
    assert allowed_time.again(case, case.policy(agreement), acknowledge, 2, after) == tuesday


def test_a_rise_to_what_is_urgent_waits_for_no_office_and_a_fall_does_again() -> None:
    agreement = closed("CN")
    case = opened(U3, agreement)
    up = deadlines.follow(case, U1, case.policy(agreement, U1), NOW + minutes(5))
    assert due(up, DeadlineKind.ACKNOWLEDGE).due_at == NOW + minutes(15)
    down = deadlines.follow(up, U4, up.policy(agreement, U4), NOW + minutes(6))
    assert due(down, DeadlineKind.ACKNOWLEDGE).due_at == MONDAY_IN_BEIJING


def test_a_rise_brings_a_ping_that_waits_for_an_office_forward() -> None:
    agreement = closed("CN")
    case = opened(U3, agreement)
    case = deadlines.pinged(replace(case, sent_at=NOW), due(case, DeadlineKind.ACKNOWLEDGE), MONDAY_IN_BEIJING)
    up = deadlines.follow(case, U1, case.policy(agreement, U1), NOW + minutes(5))
    assert due(up, DeadlineKind.ACKNOWLEDGE).next_at == NOW + minutes(15)


def test_a_review_and_a_reopened_case_wait_too() -> None:
    office = Office("Asia/Shanghai", WEEK, (Holiday(date(2026, 4, 20), date(2026, 4, 21)),))
    agreement = replace(AGREEMENT, parties={**PARTIES, "CN": replace(PARTIES["CN"], office=office)})
    case, new_id = opened(U3, agreement), Counter(500)
    wednesday = datetime.fromisoformat("2026-04-22T09:00+08:00")
    assert due(deadlines.touched(case, case.policy(agreement), NOW, new_id), DeadlineKind.REVIEW).due_at == wednesday
    again = deadlines.rearm_from(deadlines.end(case, NOW), case.policy(agreement), NOW, new_id)
    assert due(again, DeadlineKind.ACKNOWLEDGE).due_at == wednesday
    assert again.deadline(DeadlineKind.WRITTEN, Channel.POLICE) is None


@pytest.mark.parametrize(
    ("kind", "party", "when"),
    [
        (DeadlineKind.POLICE, "CN", MONDAY_IN_BEIJING - timedelta(hours=1)),
        (DeadlineKind.POLICE, "KH", MONDAY_IN_PHNOM_PENH - timedelta(hours=1)),
        (DeadlineKind.POLICE, "VN", NOW),  # it keeps no office hours
        (DeadlineKind.STOP, "CN", NOW),
    ],
)
def test_a_side_is_told_of_what_is_to_come_when_its_own_office_is_open(
    kind: DeadlineKind, party: str, when: datetime
) -> None:
    offices = closed("KH", "CN")
    assert allowed_time.opens(a_case(urgency=U3).policy(offices), kind, party, NOW) == when
    assert allowed_time.opens(a_case(urgency=U1).policy(offices), kind, party, NOW) == NOW


@pytest.mark.parametrize(("before", "looks"), [(60, 60), (5, 5), (4, 0), (0, 0), (-60, 0)])
def test_a_warning_waits_for_the_office_and_where_that_opens_too_late_the_ping_comes_instead(
    before: int, looks: int
) -> None:
    case = opened(U3, AGREEMENT)
    police = due(case, DeadlineKind.POLICE)
    put_off = deadline_warnings.put_off(case, police, police.due_at - minutes(before))
    assert due(put_off, DeadlineKind.POLICE).next_at == police.due_at - minutes(looks)
    assert due(put_off, DeadlineKind.POLICE).due_at == police.due_at
