"""A case that ends while a channel has it: everybody who was told of it hears of its end, nothing is left hanging."""

from __future__ import annotations

from bot.domain.case import HandoffState, Status
from tests.journeys.gated import CLERK, DETECTIVE, DUTY, OWN_GROUP, POLICE, handed
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge


async def test_the_channel_that_accepted_hears_that_the_case_closed_and_that_it_opened_again(
    bridge: PlayedBridge,
) -> None:
    case = await handed(bridge, accepted=True)
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    told = bridge.expect(POLICE, "Closed by KH Duty desk: Found safe")
    assert "/reopen" not in told.text, "they could not"
    bridge.forget()
    await bridge.says(CLERK, f"/reopen {case.reference} taken again")
    bridge.expect(POLICE, "Opened again by KH Duty desk")


async def test_closing_asks_what_becomes_of_a_channel_that_has_not_answered(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    asked = bridge.expect(CLERK, "Handed off and not answered yet: police channel")
    assert labels(asked) == ["Take it back", "Leave it, I answer"]
    assert (await bridge.case(case)).is_open
    await bridge.taps(CLERK, "Take it back")
    bridge.expect(CLERK, "one line in English")
    await bridge.says(CLERK, "She is home.")
    bridge.expect(CLERK, "closed: Found safe")
    bridge.expect(POLICE, "Please stop")
    bridge.expect(POLICE, "Closed by KH Duty desk")
    case = await bridge.case(case)
    assert ([h.state for h in case.handoffs], case.status) == ([HandoffState.WITHDRAWN], Status.CLOSED)


async def test_a_channel_that_is_left_with_it_answers_to_whoever_closed_the_case(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/close {case.reference} found_safe leave She is home.")
    bridge.expect(POLICE, "Closed by CN Duty desk", "What was handed to you stands; CN Duty desk answers for it")
    bridge.forget()
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    bridge.expect(DETECTIVE, "The case stays closed")
    bridge.expect(DUTY, "Accepted by the police channel under MPS-77/26, after the case was closed")
    bridge.expect(OWN_GROUP, "after the case was closed")
    case = await bridge.case(case)
    assert ([h.state for h in case.handoffs], case.status) == ([HandoffState.ACCEPTED], Status.CLOSED)
    assert not any(d.is_running for d in case.deadlines)


async def test_what_was_typed_is_not_asked_again(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(CLERK, f"/close {case.reference} found_safe withdraw She is home.")
    bridge.expect(CLERK, "closed: Found safe")
    assert not (await bridge.case(case)).is_open


async def test_a_channel_that_was_left_with_it_is_asked_again_when_the_case_opens_again(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(CLERK, f"/close {case.reference} found_safe leave She is home.")
    await bridge.says(CLERK, f"/reopen {case.reference} taken again")
    bridge.forget()
    await bridge.fast_forward(hours=2, minutes=1)
    bridge.expect(POLICE, "Answer the hand-off: due")
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    assert (await bridge.case(case)).status is Status.HANDED_OFF


async def test_after_a_stand_down_that_is_ended_an_unanswered_channel_is_asked_again(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says("telegram:kh-supervisor", f"/standdown {case.reference} wait for her")
    await bridge.says(CLERK, f"/reopen {case.reference} she is in danger")
    bridge.forget()
    await bridge.fast_forward(hours=2, minutes=1)
    bridge.expect(POLICE, "Answer the hand-off: due")
