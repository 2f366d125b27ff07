"""Exercises: a case that goes the whole way with both sides, marked in every message, counted nowhere, deletable."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.case import Case, ClosureCode, DeadlineKind, Status
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, DUTY, OWN = "telegram:officer", "wechat:duty", "telegram:kh-group"
MARK = "EXERCISE"
FIRST = "girl of 16 locked in a flat in Nanchang"


async def exercise(bridge: PlayedBridge, command: str = f"/drill {FIRST}") -> Case:
    await bridge.says(OFFICER, command)
    return await bridge.only_case()


@pytest.mark.parametrize("command", [f"/drill {FIRST}", f"/alert drill {FIRST}", f"/alert exercise: {FIRST}"])
async def test_an_exercise_goes_to_both_sides_and_every_message_says_what_it_is(
    bridge: PlayedBridge, command: str
) -> None:
    case = await exercise(bridge, command)
    assert case.exercise
    assert case.reference.startswith("XX26-")
    await bridge.answers(OFFICER, "[Right]", "[No]")
    bridge.expect(DUTY, MARK, case.reference, "U1 immediate")
    await bridge.fast_forward(minutes=16)
    bridge.expect(DUTY, MARK, "ping 1")
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(DUTY, f"/note {case.reference} we are on our way")
    await bridge.says(OFFICER, f"/case {case.reference}")
    await bridge.says(DUTY, f"/handoff {case.reference} police")
    await bridge.says(DUTY, f"/close {case.reference} exercise Good practice by everybody.")
    said = [shown for shown in bridge.everything_heard() if case.reference in shown.text]
    assert len(said) > 8
    assert [shown.text for shown in said if not shown.text.startswith(MARK)] == []
    assert (await bridge.case(case)).closure is ClosureCode.EXERCISE


async def test_what_is_urgent_is_never_an_exercise_by_the_word_alone(bridge: PlayedBridge) -> None:
    """ "drill" is also a tool, and a platform at sea: without the slash it is an alert in earnest."""
    await bridge.says(OFFICER, "drill ship, twelve men are locked in below deck and beaten")
    assert not (await bridge.only_case()).exercise


async def test_an_exercise_that_turns_out_to_be_real_is_one_tap_away(bridge: PlayedBridge) -> None:
    drill = await exercise(bridge, "/alert drill workers are locked in and beaten, Nanchang")
    asked = bridge.expect(OFFICER, MARK, "Nobody is looked for", "It is real")
    assert "It is real" in labels(asked)
    await bridge.taps(OFFICER, "It is real")
    real = next(case for case in await bridge.cases() if not case.exercise)
    assert real.reference.startswith("KC26-")
    assert [written.text for written in await bridge.texts(real)] == ["workers are locked in and beaten, Nanchang"]
    bridge.expect(OFFICER, real.reference, "The clock runs")
    assert (await bridge.case(drill)).status is Status.CLOSED
    await bridge.taps(OFFICER, "It is real")
    assert len([case for case in await bridge.cases() if not case.exercise]) == 1, "a second tap opens nothing"
    bridge.expect(OFFICER, "This exercise is over")


async def test_who_wants_to_be_quick_lets_the_clock_run_ten_times_faster(bridge: PlayedBridge) -> None:
    case = await exercise(bridge, f"/drill fast {FIRST}")
    await bridge.answers(OFFICER, "[Right]", "[No]")
    case = await bridge.case(case)
    due = await bridge.due(case, DeadlineKind.ACKNOWLEDGE)
    assert due.due_at - case.clock_from == timedelta(seconds=90)
    await bridge.fast_forward(minutes=2)
    bridge.expect(DUTY, MARK, "ping 1")
    await bridge.says(DUTY, f"/plan {case.reference}")
    bridge.expect(DUTY, "ten times faster")


async def test_an_exercise_is_deleted_when_somebody_says_so(bridge: PlayedBridge) -> None:
    case = await exercise(bridge)
    await bridge.answers(OFFICER, "[Right]", "[No]")
    await bridge.says(DUTY, f"/discard {case.reference}")
    assert (await bridge.case(case)).is_open, "first it is asked whether that is meant"
    await bridge.taps(DUTY, "Yes, delete it")
    bridge.expect(DUTY, case.reference, "deleted tonight")
    bridge.expect(OWN, MARK, case.reference, "deleted")
    assert not (await bridge.case(case)).is_open
    await bridge.fast_forward(days=1)
    await bridge.nightly_tick()
    assert await bridge.cases() == []


async def test_a_case_in_earnest_is_never_deleted_so(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(DUTY, f"/discard {case.reference}")
    bridge.expect(DUTY, "Only an exercise")
    assert (await bridge.case(case)).is_open
