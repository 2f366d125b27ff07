"""The clock's rules: what starts, moves, silences, meets and ends a deadline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import deadlines
from bot.domain.agreement import DEFAULT_LEVELS, Urgency
from bot.domain.case import Case, Channel, DeadlineKind, DeadlineState, Handoff, HandoffState
from tests.kit.cases import KH_DUTY, NOW, U1, U2, U3, Counter, a_case, due, minutes

ACKNOWLEDGE, POLICE, DIPLOMATIC, REVIEW = (
    DeadlineKind.ACKNOWLEDGE,
    DeadlineKind.POLICE,
    DeadlineKind.DIPLOMATIC,
    DeadlineKind.REVIEW,
)


def pinged(case: Case, kind: DeadlineKind, next_in: float) -> Case:
    return deadlines.pinged(case, due(case, kind), NOW + minutes(next_in))


@pytest.mark.parametrize(
    ("urgency", "in_minutes"),
    [(U1, (15, 60, 180)), (U2, (60, 480, 1440)), (U3, (240, 4320, 10080)), (Urgency.U4, (1440, 10080, 43200))],
)
def test_a_new_case_has_the_deadlines_of_its_level(urgency: Urgency, in_minutes: tuple[int, int, int]) -> None:
    case = a_case(urgency=urgency)
    found = [due(case, kind).due_at - NOW for kind in (ACKNOWLEDGE, POLICE, DIPLOMATIC)]
    assert found == [minutes(m) for m in in_minutes]
    assert due(case, DeadlineKind.ALERT).next_at == NOW + minutes(3)


def test_before_send_deadlines_follow_the_urgency_both_ways() -> None:
    up = deadlines.follow(a_case(), U1, DEFAULT_LEVELS[U1], NOW + minutes(5))
    assert due(up, POLICE).due_at == NOW + minutes(60)
    down = deadlines.follow(up, U3, DEFAULT_LEVELS[U3], NOW + minutes(6))
    assert (down.urgency, due(down, POLICE).due_at) == (U3, NOW + minutes(4320))


def test_a_deadline_that_a_rise_puts_in_the_past_is_looked_at_now() -> None:
    case = deadlines.follow(a_case(), U1, DEFAULT_LEVELS[U1], NOW + minutes(40))
    assert due(case, ACKNOWLEDGE).due_at == NOW + minutes(15)
    assert due(case, ACKNOWLEDGE).next_at == NOW + minutes(40)


def test_after_send_a_rise_leaves_at_least_the_new_levels_acknowledge() -> None:
    case = deadlines.follow(a_case(sent_at=NOW), U1, DEFAULT_LEVELS[U1], NOW + minutes(50))
    assert due(case, ACKNOWLEDGE).due_at == NOW + minutes(60), "never later than it was"
    assert due(case, POLICE).due_at == NOW + minutes(65), "no sooner than now and 15 minutes"
    assert due(case, DIPLOMATIC).due_at == NOW + minutes(180)


def test_after_send_a_fall_moves_nothing() -> None:
    before = a_case(urgency=U1, sent_at=NOW)
    after = deadlines.follow(before, U3, DEFAULT_LEVELS[U3], NOW + minutes(5))
    assert after.deadlines == before.deadlines
    assert after.urgency is U3


def test_a_drop_keeps_what_was_pinged() -> None:
    case = pinged(a_case(urgency=U1), ACKNOWLEDGE, 25)
    case = deadlines.follow(case, U2, DEFAULT_LEVELS[U2], NOW + minutes(20))
    assert (due(case, ACKNOWLEDGE).pings, due(case, ACKNOWLEDGE).next_at) == (1, NOW + minutes(60))


def test_the_alert_does_not_move_with_the_urgency() -> None:
    case = deadlines.follow(a_case(), U1, DEFAULT_LEVELS[U1], NOW)
    assert due(case, DeadlineKind.ALERT).due_at == NOW + minutes(3)


def test_a_met_deadline_runs_no_more() -> None:
    case = deadlines.meet(a_case(), POLICE, NOW + minutes(5))
    met = due(case, POLICE)
    assert (met.state, met.settled_at, met.next_at) == (DeadlineState.MET, NOW + minutes(5), None)
    assert due(case, ACKNOWLEDGE).is_running


def test_an_end_spares_what_it_is_told_to() -> None:
    case = deadlines.arm(a_case(), REVIEW, NOW + minutes(360), Counter(), now=NOW)
    case = deadlines.end(case, NOW, but=[REVIEW])
    assert [d.kind for d in case.deadlines if d.is_running] == [REVIEW]


def test_each_channels_letter_is_met_by_itself() -> None:
    new_id = Counter()
    case = a_case()
    for channel in Channel:
        case = deadlines.arm(case, DeadlineKind.WRITTEN, NOW + minutes(60), new_id, channel, now=NOW)
    case = deadlines.meet(case, DeadlineKind.WRITTEN, NOW, Channel.POLICE)
    states = {d.channel: d.state for d in case.deadlines if d.kind is DeadlineKind.WRITTEN}
    assert states == {Channel.POLICE: DeadlineState.MET, Channel.DIPLOMATIC: DeadlineState.RUNNING}


def test_a_deadline_nobody_was_pinged_about_is_moved_and_one_that_pinged_starts_anew() -> None:
    new_id = Counter()
    moved = deadlines.arm(a_case(), POLICE, NOW + minutes(5), new_id, now=NOW)
    assert due(moved, POLICE).id == due(a_case(), POLICE).id
    anew = deadlines.arm(pinged(a_case(), POLICE, 90), POLICE, NOW + minutes(5), new_id, now=NOW)
    assert due(anew, POLICE).pings == 0
    before, after = (d for d in anew.deadlines if d.kind is POLICE)
    assert (before.state, before.settled_at) == (DeadlineState.ENDED, NOW), "it ended when the new one began, not later"
    assert after.state is DeadlineState.RUNNING


def test_a_snooze_delays_repeats_and_no_first_ping() -> None:
    case = pinged(a_case(urgency=U1), ACKNOWLEDGE, 25)
    case = deadlines.snooze(case, NOW + minutes(61))
    assert due(case, ACKNOWLEDGE).next_at == NOW + minutes(61)
    assert due(case, POLICE).next_at == NOW + minutes(60)
    assert due(pinged(case, POLICE, 60.5), POLICE).next_at == NOW + minutes(61), "its repeat waits"
    assert due(case, DeadlineKind.ALERT).snoozed_until is None


def test_a_snooze_never_brings_a_repeat_forward() -> None:
    case = deadlines.snooze(pinged(a_case(), ACKNOWLEDGE, 90), NOW + minutes(70))
    assert due(case, ACKNOWLEDGE).next_at == NOW + minutes(90)


def test_an_act_of_the_requested_side_starts_the_review_anew() -> None:
    new_id = Counter()
    case = deadlines.touched(a_case(), DEFAULT_LEVELS[U2], NOW, new_id)
    again = deadlines.touched(case, DEFAULT_LEVELS[U2], NOW + minutes(60), new_id)
    assert due(again, REVIEW).due_at == NOW + minutes(60 + 24 * 60)
    assert len([d for d in again.deadlines if d.kind is REVIEW]) == 1
    assert again.requested_act_at == NOW + minutes(60)


def test_a_lapse_starts_the_ladder_from_its_first_rung() -> None:
    new_id = Counter()
    case = deadlines.meet(pinged(a_case(), ACKNOWLEDGE, 90), ACKNOWLEDGE, NOW)
    case = deadlines.touched(replace(case, acknowledged_at=NOW), DEFAULT_LEVELS[U2], NOW, new_id)
    case = deadlines.lapsed(case, NOW + minutes(1500), new_id)
    assert case.acknowledged_at is None
    assert (due(case, ACKNOWLEDGE).pings, due(case, ACKNOWLEDGE).next_at) == (0, NOW + minutes(1500))
    assert not due(case, REVIEW).is_running


def test_a_ladder_that_is_climbed_already_is_not_begun_again_by_a_lapse() -> None:
    case = pinged(pinged(a_case(), ACKNOWLEDGE, 90), ACKNOWLEDGE, 120)
    case = deadlines.lapsed(case, NOW + minutes(100), Counter())
    assert due(case, ACKNOWLEDGE).pings == 2


def test_a_reopened_case_runs_from_now_but_for_what_a_channel_accepted() -> None:
    accepted = Handoff(
        5, 1, Channel.POLICE, HandoffState.ACCEPTED, "cn-police", KH_DUTY.id, NOW, accepted_at=NOW, formal_reference="7"
    )
    case = deadlines.end(replace(a_case(), handoffs=(accepted,)), NOW)
    case = deadlines.rearm_from(case, DEFAULT_LEVELS[U2], NOW + minutes(100), Counter())
    assert case.clock_from == NOW + minutes(100)
    running = {d.kind: d.due_at - NOW for d in case.deadlines if d.is_running and d.kind is not DeadlineKind.ALERT}
    assert running == {ACKNOWLEDGE: minutes(160), DIPLOMATIC: minutes(1540), DeadlineKind.WRITTEN: minutes(100 + 4320)}
    assert due(case, DeadlineKind.ALERT).is_running


def test_people_see_running_deadlines_the_next_one_first_and_never_the_alert() -> None:
    assert [d.kind for d in deadlines.shown(a_case())] == [ACKNOWLEDGE, POLICE, DIPLOMATIC]
