"""Overdue in one place: what is late on which side, since when, and only of cases that one may see."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.test_clock import U1, U2
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge


async def test_somebody_who_asks_what_is_late_hears_on_which_side_and_since_when(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=75)
    for who in ("telegram:clerk", "wechat:duty", "telegram:officer"):
        await bridge.says(who, "/overdue")
        answer = bridge.expect(who, "Late at CN:", "Late at KH:")
        assert f"U1 · {case.reference} · acknowledge: since Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing" in answer.text
        assert "police channel: since Sat 18 Apr 15:05" in answer.text
        assert "(15 min late)" in answer.text
        assert labels(answer) == [case.reference]


async def test_nobody_hears_of_what_is_late_in_a_case_that_they_may_not_see(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=75)
    for who in ("telegram:vn-clerk", "telegram:vn-officer", "telegram:colleague", "wecom:detective", "web:admin"):
        await bridge.says(who, "/overdue")
        said = "".join(bridge.heard(who))
        assert "Nothing is late in the cases that you see" in said, who
        assert case.reference not in said


async def test_what_was_said_before_it_passed_stands_beside_what_is_late(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U2)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:clerk", f"/consent {case.reference} fear no")
    await bridge.says("wechat:duty", f"/late {case.reference} police 12h waiting for the provincial office")
    await bridge.fast_forward(hours=9)
    await bridge.says("telegram:clerk", "/overdue")
    answer = bridge.expect(
        "telegram:clerk", "police channel: since Sat 18 Apr 22:05", "would be met by Sun 19 Apr 02:05"
    )
    assert "provincial office" not in answer.text
    assert f"/cases/{case.reference}" in answer.text


async def test_the_secretariats_hear_once_a_day_what_is_late_in_the_cases_of_their_side(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U2)
    await bridge.fast_forward(hours=23)
    bridge.forget()
    await bridge.daily_tick()
    for who in ("telegram:kh-secretariat", "wecom:secretariat"):
        bridge.expect(who, "Late today", "Late at CN:", case.reference, "acknowledge: since Sat 18 Apr 15:05")
    await bridge.daily_tick()
    await bridge.restart()
    await bridge.daily_tick()
    bridge.expect_nothing("telegram:kh-secretariat", "wecom:secretariat", containing="Late today")


async def test_where_nothing_is_late_the_secretariats_hear_nothing(bridge: PlayedBridge) -> None:
    await bridge.daily_tick()
    bridge.now += timedelta(days=1)
    await bridge.daily_tick()
    bridge.expect_nothing("telegram:kh-secretariat", "wecom:secretariat", containing="Late today")
