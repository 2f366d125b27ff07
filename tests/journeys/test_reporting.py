"""An officer reports: what they are asked, what they hear, and what they can take back."""

from __future__ import annotations

from bot.agreement import Urgency
from bot.case import DeadlineKind, TextKind
from tests.journeys.phones import labels
from tests.journeys.played import PlayedBridge

OFFICER = "telegram:officer"


async def test_the_first_message_gives_a_reference_a_clock_and_the_first_question(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "urgent, girl 16 locked in a flat in Nanchang")
    case = await bridge.only_case()
    answer = bridge.expect(OFFICER, case.reference, "Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing", "(1 of 14)")
    assert labels(answer) == ["Yes", "No", "Unknown"]
    assert case.urgency is Urgency.U2
    assert {d.kind for d in case.deadlines} >= {DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC}
    (text,) = await bridge.texts(case)
    assert (text.kind, text.text) == (TextKind.FIRST, "urgent, girl 16 locked in a flat in Nanchang")


async def test_a_first_message_that_nobody_follows_up_is_told_after_three_minutes_and_climbs_the_ladder(
    bridge: PlayedBridge,
) -> None:
    await bridge.says(OFFICER, "help")
    assert not await bridge.cases(), "help is a command"
    await bridge.says(OFFICER, "girl crying on the phone")
    case = await bridge.only_case()
    await bridge.fast_forward(minutes=2, seconds=59)
    bridge.expect_nothing("wechat:duty", "telegram:kh-group")
    await bridge.fast_forward(seconds=1)
    bridge.expect("wechat:duty", case.reference, "U2 urgent")
    bridge.expect("telegram:kh-group", case.reference)
    await bridge.fast_forward(minutes=57)
    bridge.expect("wechat:duty", case.reference, "ping 1", "Acknowledge")
