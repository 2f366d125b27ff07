"""Nobody acknowledges, or nobody can: what both sides hear of it, and that every word of it is true."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from tests.journeys.test_clock import OFFICER, U1
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OWN_DESK = "telegram:kh-group"


async def nobody_at_cn(bridge: PlayedBridge) -> None:
    """Everybody of the other side's desk has blocked the bridge, and its supervisor too."""
    for who in ("wechat:duty", "wechat:night", "wecom:supervisor"):
        await bridge.change(who, unreachable=frozenset((await bridge.person(who)).addresses))


async def test_the_own_desk_hears_once_a_rung_that_nobody_has_acknowledged_and_who_was_told(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    bridge.forget()
    await bridge.fast_forward(minutes=15)
    bridge.expect(OWN_DESK, case.reference, "CN has not acknowledged yet", "Told again", "CN Duty desk")
    await bridge.fast_forward(minutes=10)
    bridge.expect(OWN_DESK, "CN has not acknowledged yet", "CN Duty desk, CN supervisor", "14:30 Phnom Penh")
    await bridge.fast_forward(minutes=10)
    bridge.expect(OWN_DESK, "CN has not acknowledged yet", "CN Secretariat, KH Secretariat")
    bridge.forget()
    await bridge.fast_forward(minutes=20)
    bridge.expect_nothing(OWN_DESK, containing="Told again")


async def test_the_officer_hears_at_the_first_and_at_the_last_rung_that_nobody_has_acknowledged(
    bridge: PlayedBridge,
) -> None:
    await bridge.report_case(*U1)
    bridge.forget()
    await bridge.fast_forward(minutes=15)
    bridge.expect(OFFICER, "CN has not acknowledged yet")
    await bridge.fast_forward(minutes=10)
    bridge.expect_nothing(OFFICER)
    await bridge.fast_forward(minutes=10)
    bridge.expect(OFFICER, "CN has not acknowledged yet", "Secretariat")
    await bridge.fast_forward(minutes=22)
    bridge.expect_nothing(OFFICER, containing="acknowledged")


async def test_nobody_hears_that_it_is_not_acknowledged_once_it_is(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=5)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(minutes=40)
    bridge.expect_nothing(OWN_DESK, OFFICER, containing="has not acknowledged")


async def test_an_acknowledgment_that_lapses_is_said_to_both_sides_with_whose_it_was_and_when(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:kh-supervisor", f"/notneeded {case.reference} police will do")
    await bridge.fast_forward(hours=6)
    bridge.forget()
    await bridge.fast_forward(minutes=11)
    for who in (OWN_DESK, OFFICER, "wechat:duty"):
        bridge.expect(who, case.reference, "acknowledgment of Sat 18 Apr 14:05", "by CN Duty desk has lapsed")
    assert not any("Nobody has acknowledged" in text for text in bridge.heard("wechat:duty"))
    await bridge.says(OFFICER, f"/case {case.reference}")
    assert "Acknowledged" not in "".join(bridge.heard(OFFICER))
    alert = next(m for m in bridge.adapters["telegram"].shown("kh-group") if "From: Kingdom" in m.text)
    assert "has lapsed" in alert.text


async def test_whoever_acknowledges_again_ends_what_lapsed(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(hours=6, minutes=11)
    bridge.forget()
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.expect(OFFICER, "Acknowledged by CN Duty desk")
    await bridge.says("wechat:duty", f"/case {case.reference}")
    assert "lapsed" not in "".join(bridge.heard("wechat:duty"))


async def test_where_nobody_of_the_other_side_can_be_reached_everybody_hears_just_that(bridge: PlayedBridge) -> None:
    await nobody_at_cn(bridge)
    await bridge.report_case(*U1)
    said = "".join(bridge.heard(OFFICER))
    assert "The desks are told" not in said
    assert "your own desk is told" in said.lower()
    assert "At CN nobody can be reached now" in said


async def test_that_nobody_can_be_reached_is_an_alarm_to_the_secretariats_and_supervisors_of_both_sides(
    bridge: PlayedBridge,
) -> None:
    await nobody_at_cn(bridge)
    case = await bridge.report_case(*U1)
    for who in ("wecom:secretariat", "telegram:kh-secretariat", "telegram:kh-supervisor", OWN_DESK):
        bridge.expect(who, case.reference, "At CN nobody can be reached now", "call")


async def test_where_nobody_can_be_reached_nobody_is_asked_for_what_is_refused_to_them(bridge: PlayedBridge) -> None:
    await nobody_at_cn(bridge)
    await bridge.report_case(*U1)
    bridge.forget()
    await bridge.fast_forward(minutes=30)
    for who in (OWN_DESK, "telegram:kh-secretariat", "wecom:secretariat", "telegram:kh-supervisor"):
        heard = bridge.phones.take(who)
        assert heard, who
        assert not any("Please acknowledge" in shown.text for shown in heard), who
        assert not any("Acknowledge" in labels(shown) for shown in heard), who
    bridge.expect_nothing(OFFICER, containing="was told again")


async def test_a_police_ping_offers_to_acknowledge_as_long_as_nobody_has(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=60)
    ping = bridge.phones.newest_saying("wechat:duty", "Police channel: due")
    assert labels(ping)[0] == "Acknowledge"
    own = bridge.phones.newest_saying(OWN_DESK, "Police channel: due")
    assert "Acknowledge" not in labels(own)
    await bridge.taps("wechat:duty", "Acknowledge", of=ping)
    bridge.expect("wechat:duty", "you have acknowledged")


async def test_nothing_is_ever_0_min_late(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=15)
    await bridge.says(OFFICER, f"/case {case.reference}")
    await bridge.fast_forward(minutes=45)
    assert not [shown.text for shown in bridge.everything_heard() if "(0 min" in shown.text or "in 0 min" in shown.text]


@pytest.mark.parametrize("role", [Role.OFFICER])
async def test_an_officer_who_may_not_open_a_case_again_is_never_told_to(bridge: PlayedBridge, role: Role) -> None:
    assert (await bridge.person(OFFICER)).role is role
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:kh-supervisor", f"/standdown {case.reference} she is with her aunt")
    await bridge.fast_forward(hours=7)
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe she is home and safe")
    await bridge.fast_forward(hours=7)
    assert not any("/reopen" in shown.text for shown in bridge.everything_heard([OFFICER]))
