"""A hand-off that is taken back: its desk hears at once what it may not do any more, and says that it has stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.case import Case, Channel, DeadlineKind, DeadlineState, HandoffState, Status
from tests.journeys.gated import (
    CLERK,
    DETECTIVE,
    DUTY,
    OFFICER,
    OWN_GROUP,
    OWN_SUPERVISOR,
    POLICE,
    WILLING,
    adult_case,
    handed,
)
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge


async def states(bridge: PlayedBridge, case: Case) -> list[HandoffState]:
    return [handoff.state for handoff in (await bridge.case(case)).handoffs]


@pytest.mark.parametrize("accepted", [False, True], ids=["sent", "accepted"])
async def test_who_takes_consent_back_stops_the_desk_that_has_the_case(bridge: PlayedBridge, accepted: bool) -> None:
    case = await handed(bridge, accepted=accepted)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    told = bridge.expect(POLICE, case.reference, "KH takes back what was handed to the police channel", "Please stop")
    assert labels(told) == ["We have stopped"]
    bridge.expect(OWN_GROUP, "The permission for the police channel was taken back")
    assert await states(bridge, case) == [HandoffState.WITHDRAWN]
    now = await bridge.case(case)
    assert now.status is Status.ACKNOWLEDGED
    assert (await bridge.due(now, DeadlineKind.POLICE)).is_running, "somebody must decide what is done instead"
    assert not any(d.is_running for d in now.deadlines if d.kind in (DeadlineKind.ANSWER, DeadlineKind.WRITTEN))


async def test_what_was_taken_back_cannot_be_accepted(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    bridge.forget()
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    bridge.expect(DETECTIVE, "is not waiting at the police channel")
    assert await states(bridge, case) == [HandoffState.WITHDRAWN]


async def test_the_desk_confirms_that_it_has_stopped_and_then_needs_to_know_no_more(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    bridge.forget()
    await bridge.taps(DETECTIVE, "We have stopped", at=POLICE)
    bridge.expect(OWN_GROUP, "CN Police confirms: nothing more is done by the police channel")
    stop = await bridge.due(await bridge.case(case), DeadlineKind.STOP)
    assert stop.state is DeadlineState.MET
    await bridge.says(DETECTIVE, f"/case {case.reference}")
    bridge.expect(DETECTIVE, "No such case")


async def test_a_desk_that_does_not_confirm_is_asked_again_and_both_sides_hear_of_it(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    bridge.forget()
    await bridge.fast_forward(minutes=61)
    bridge.expect(POLICE, "Confirm that it has stopped: due", f"/stopped {case.reference} police")
    bridge.expect(DUTY, "Confirm that it has stopped: due")
    await bridge.fast_forward(minutes=31)
    bridge.expect(OWN_GROUP, "Confirm that it has stopped: due")


async def test_closing_the_case_does_not_end_the_waiting_for_the_stop(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    await bridge.says(CLERK, f"/close {case.reference} person_withdrew She said no.")
    bridge.forget()
    await bridge.fast_forward(minutes=61)
    bridge.expect(POLICE, "Confirm that it has stopped: due")
    await bridge.taps(DETECTIVE, "We have stopped", at=POLICE)
    bridge.forget()
    await bridge.fast_forward(hours=12)
    bridge.expect_nothing(POLICE, OWN_GROUP, DUTY)


async def test_the_reporting_desk_takes_a_hand_off_back_with_a_reason(bridge: PlayedBridge) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.says(CLERK, f"/case {case.reference}")
    await bridge.taps(CLERK, "Take back from police")
    bridge.expect(CLERK, "Why is it taken back?")
    await bridge.says(CLERK, "She is not where we thought")
    bridge.expect(CLERK, "taken back from the police channel. Its desk is told to stop")
    bridge.expect(POLICE, "Please stop")
    told = bridge.expect(DUTY, "Taken back from the police channel by KH Duty desk")
    assert "not where" not in told.text
    assert await states(bridge, case) == [HandoffState.WITHDRAWN]


@pytest.mark.parametrize("who", [DUTY, DETECTIVE, OFFICER])
async def test_nobody_else_takes_it_back(bridge: PlayedBridge, who: str) -> None:
    case = await handed(bridge)
    await bridge.says(who, f"/recall {case.reference} police no need")
    bridge.expect(who, "Only the duty desk or a supervisor of KH can take it back")
    assert await states(bridge, case) == [HandoffState.SENT]


async def test_after_taking_back_it_can_be_handed_off_anew(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(OFFICER, f"/consent {case.reference} police no")
    await bridge.taps(DETECTIVE, "We have stopped", at=POLICE)
    await bridge.says(OFFICER, f"/consent {case.reference} police yes")
    bridge.forget()
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.expect(POLICE, "Please accept with your formal reference")
    assert await states(bridge, case) == [HandoffState.WITHDRAWN, HandoffState.SENT]


async def test_acceptance_asks_the_gate_again(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING, citizenship="China")
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.forget()
    await bridge.says(OFFICER, f"/consent {case.reference} fears yes")
    bridge.expect(OWN_SUPERVISOR, "its gate has closed since")
    bridge.forget()
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    refused = bridge.expect(DETECTIVE, "cannot be accepted now", "It waits: KH must answer or decide something first")
    assert "fear" not in refused.text
    bridge.expect(OWN_SUPERVISOR, "wants to accept it, and its gate is closed now")
    assert await states(bridge, case) == [HandoffState.SENT]


async def test_who_of_several_says_no_is_taken_out_and_the_others_stay_with_the_desk(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, "people: 3", WILLING)
    await bridge.says(CLERK, f"/person {case.reference}/1 split 1")
    case = await bridge.case(case)
    (other,) = case.apart
    await bridge.says(DUTY, f"/handoff {case.reference} police send")
    bridge.forget()
    await bridge.says(CLERK, f"/consent {case.reference}/{other} police no")
    bridge.expect(POLICE, "takes back what was handed to the police channel (for the persons named: 1)")
    found = {handoff.state: handoff.covers for handoff in (await bridge.case(case)).handoffs}
    assert found == {HandoffState.SENT: (1,), HandoffState.WITHDRAWN: (other,)}


async def test_a_hand_off_that_is_not_answered_is_asked_for_at_its_own_desk(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    answer = await bridge.due(case, DeadlineKind.ANSWER)
    assert (answer.due_at, answer.channel) == (bridge.now + timedelta(hours=2), Channel.POLICE)
    await bridge.fast_forward(hours=2, minutes=1)
    asked = bridge.expect(POLICE, "Answer the hand-off: due", "not answered yet")
    assert {"Accept", "Return"} <= set(labels(asked))
    bridge.expect_nothing(OWN_GROUP, containing="Answer the hand-off")
    await bridge.fast_forward(minutes=31)
    bridge.expect(OWN_GROUP, "Answer the hand-off: due")
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    bridge.forget()
    await bridge.fast_forward(hours=2)
    bridge.expect_nothing(POLICE, OWN_GROUP, containing="Answer the hand-off")


async def test_an_acceptance_that_was_taken_back_asks_for_no_letter_when_the_case_opens_again(
    bridge: PlayedBridge,
) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.says(CLERK, f"/written {case.reference} L-77")
    recorded = (await bridge.case(case)).handoffs[0].letter_at
    await bridge.says(CLERK, f"/recall {case.reference} police she is elsewhere")
    await bridge.says(DETECTIVE, f"/stopped {case.reference} police")
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    await bridge.says(CLERK, f"/reopen {case.reference} taken again")
    now = await bridge.case(case)
    assert not [d for d in now.deadlines if d.kind is DeadlineKind.WRITTEN and d.is_running]
    assert now.handoffs[0].letter_at == recorded, "what was recorded stays"


async def test_a_case_whose_desk_has_not_said_that_it_stopped_is_joined_to_no_other(bridge: PlayedBridge) -> None:
    older = await adult_case(bridge, WILLING)
    case = await handed(bridge)
    await bridge.says(CLERK, f"/recall {case.reference} police she is elsewhere")
    await bridge.says(CLERK, f"/same {case.reference} {older.reference}")
    bridge.expect(CLERK, f"{case.reference} is with a formal channel, so it stays apart")
    await bridge.says(DETECTIVE, f"/stopped {case.reference} police")
    await bridge.says(CLERK, f"/same {case.reference} {older.reference}")
    assert (await bridge.case(case)).joined_to == older.id
