"""From the chat into the formal channels: hand-off, acceptance, return, and the letter that confirms it."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.case import Case, Channel, DeadlineKind, DeadlineState, HandoffState, Status
from bot.domain.guarded import Guarded
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
CONSENTING = (
    "no",
    "locked in",
    "25",
    "consent to police: yes\nconsent to embassy: yes\nfears own authorities: no",
    "send",
    "send",
)


async def acknowledged(bridge: PlayedBridge, *steps: str) -> Case:
    case = await bridge.report_case(*(steps or CONSENTING))
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.forget()
    return case


async def test_a_hand_off_accepted_by_the_police_meets_its_deadline_and_starts_the_letters(
    bridge: PlayedBridge,
) -> None:
    case = await acknowledged(bridge)
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    bridge.expect("wechat:duty", "handed to the police channel, CN Police", "Not yet accepted: the deadline runs on")
    asked = bridge.expect("wecom:police-group", case.reference, "Please accept with your formal reference")
    assert labels(asked) == ["Accept", "Return"]
    bridge.expect(OFFICER, "Handed to the police channel by CN Duty desk, not yet accepted")
    case = await bridge.case(case)
    assert case.status is Status.ACKNOWLEDGED
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running
    bridge.forget()
    await bridge.taps("wecom:detective", "Accept", at="wecom:police-group")
    bridge.expect("wecom:police-group", "Under which formal reference?")
    await bridge.replies("wecom:detective", "MPS-77/26 Col. Chen", at="wecom:police-group")
    bridge.expect("wecom:police-group", f"{case.reference}: accepted by the police channel under MPS-77/26")
    told = bridge.expect("telegram:kh-group", "Accepted by the police channel", "confirms in writing by Tue 21 Apr")
    assert "Chen" not in told.text
    case = await bridge.case(case)
    assert case.status is Status.HANDED_OFF
    assert (await bridge.due(case, DeadlineKind.POLICE)).state is DeadlineState.MET
    written = await bridge.due(case, DeadlineKind.WRITTEN)
    assert (written.due_at, written.channel) == (bridge.now + timedelta(hours=72), Channel.POLICE)
    handoff = case.handoff(Channel.POLICE)
    assert handoff is not None
    assert (handoff.formal_reference, handoff.accepting_officer) == ("MPS-77/26", Guarded("Col. Chen"))


async def test_the_letter_is_asked_of_the_reporting_desk_only_and_ends_the_asking(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge)
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    await bridge.says("wechat:duty", f"/accept {case.reference} police MPS-77/26")
    bridge.expect("wechat:duty", "accepted by the police channel under MPS-77/26")
    await bridge.says("telegram:kh-supervisor", f"/notneeded {case.reference} police will do")
    await bridge.fast_forward(hours=71, minutes=59)
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    bridge.expect("telegram:kh-group", "Confirm in writing: due", "ping 1")
    bridge.expect_nothing("wechat:duty", containing="Confirm in writing")
    await bridge.says("telegram:clerk", f"/written {case.reference} L-2026/9")
    bridge.expect("telegram:clerk", "letter L-2026/9 recorded")
    bridge.forget()
    await bridge.fast_forward(hours=1)
    bridge.expect_nothing("telegram:kh-group", containing="Confirm in writing")


async def test_a_return_with_a_reason_lets_the_deadline_run_again(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge)
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    await bridge.taps("wecom:detective", "Return", at="wecom:police-group")
    await bridge.replies("wecom:detective", "not our province", at="wecom:police-group")
    bridge.expect("wecom:police-group", "returned. The deadline of the police channel runs again.")
    told = bridge.expect("telegram:kh-group", "Returned by the police channel", "The reason is on the page")
    assert "province" not in told.text
    case = await bridge.case(case)
    assert case.handoff(Channel.POLICE) is None
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    bridge.expect("telegram:clerk", "handed to the police channel")
    bridge.expect("wecom:police-group", "Please accept with your formal reference")


async def test_a_hand_off_before_consent_was_asked_is_a_draft_and_the_officer_is_asked(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge, "no", "locked in", "25", "send", "send")
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    bridge.expect("wechat:duty", "drafted for the police channel, not sent")
    bridge.expect_nothing("wecom:police-group")
    bridge.expect(OFFICER, case.reference, "Does the person agree that we share this with the police?")
    await bridge.taps(OFFICER, "Yes")
    bridge.expect(OFFICER, "Consent to police is now", "Does the person fear the authorities of their own country?")
    bridge.expect_nothing("wechat:duty")
    await bridge.fast_forward(seconds=30)
    await bridge.taps(OFFICER, "Unknown")
    bridge.expect("wechat:duty", case.reference, "Nothing is missing any more: it can be handed to the police")
    await bridge.taps("wechat:duty", "Hand off")
    await bridge.taps("wechat:duty", "Send it")
    bridge.expect("wechat:duty", "handed to the police channel, CN Police")
    bridge.expect("wecom:police-group", case.reference)
    handoff = (await bridge.case(case)).handoff(Channel.POLICE)
    assert handoff is not None
    assert handoff.state is HandoffState.SENT


async def test_one_live_hand_off_a_channel(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge)
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    bridge.forget()
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    bridge.expect("telegram:clerk", "That does not apply")
    bridge.expect_nothing("wecom:police-group")
    assert len((await bridge.case(case)).handoffs) == 1


async def test_a_channel_without_a_desk_is_reached_through_the_duty_desk_which_records_the_acceptance(
    bridge: PlayedBridge,
) -> None:
    case = await acknowledged(bridge)
    await bridge.says("telegram:clerk", f"/protect {case.reference} none_known")
    await bridge.says("telegram:clerk", f"/handoff {case.reference} diplomatic send")
    bridge.expect("wechat:duty", "Handed to the diplomatic channel by KH Duty desk", "Please accept")
    await bridge.taps("wechat:duty", "Accept")
    await bridge.says("wechat:duty", "(2026) 118")
    case = await bridge.case(case)
    assert (await bridge.due(case, DeadlineKind.DIPLOMATIC)).state is DeadlineState.MET
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running, "each channel meets its own deadline"


async def test_only_the_requested_side_accepts(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge)
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    for who in ("telegram:clerk", "telegram:kh-supervisor", OFFICER):
        await bridge.says(who, f"/accept {case.reference} police KH-1")
        bridge.expect(who, "Only the desk it was handed to, or the duty desk of CN, can record that.")
    await bridge.says("wecom:detective", f"/accept {case.reference} diplomatic X-1")
    bridge.expect("wecom:detective", "Only the desk it was handed to, or the duty desk of CN")
    assert (await bridge.case(case)).status is Status.ACKNOWLEDGED


async def test_an_acceptance_lives_on_when_the_case_is_opened_again(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge)
    await bridge.says("wechat:duty", f"/handoff {case.reference} police send")
    await bridge.says("wechat:duty", f"/accept {case.reference} police MPS-77/26")
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe she is home")
    await bridge.says("telegram:clerk", f"/reopen {case.reference} she was not home")
    case = await bridge.case(case)
    assert not (await bridge.due(case, DeadlineKind.POLICE)).is_running, "the police accepted already"
    assert (await bridge.due(case, DeadlineKind.WRITTEN)).is_running, "the letter is still owed"
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).is_running


async def test_a_paper_that_is_carried_over_is_recorded_with_who_took_it(bridge: PlayedBridge) -> None:
    case = await acknowledged(bridge)
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    await bridge.says("telegram:clerk", f"/delivered {case.reference} police")
    bridge.expect("telegram:clerk", "Who took the paper?")
    await bridge.says("telegram:clerk", "Col. Chen, room 4")
    bridge.expect("telegram:clerk", "was handed over in person")
    told = bridge.expect("wechat:duty", "KH Duty desk handed the paper for the police channel over in person")
    assert "Chen" not in told.text
    handoff = (await bridge.case(case)).handoff(Channel.POLICE)
    assert handoff is not None
    assert (handoff.delivered_at, handoff.delivered_to) == (bridge.now, Guarded("Col. Chen, room 4"))
    assert handoff.state is HandoffState.SENT, "the desk still has to accept"
