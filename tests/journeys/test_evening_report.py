"""Each evening whoever answers for a side reads who is there tonight, and what is wanting before it matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.messages import Address
from bot.domain.people import Role
from tests.journeys.test_roster import HOUR, LI, LY, MIDNIGHT_CN, WANG, has_shift, until
from tests.kit.played import PlayedBridge
from tests.kit.world import WINDOWED, Somebody

KEO, CLERK_KH, CLERK_CN = "telegram:kh-supervisor", "telegram:kh-secretariat", "wecom:secretariat"
#: Six in the evening in Beijing; in Phnom Penh it is five.
EVENING_CN = datetime(2026, 4, 18, 10, tzinfo=UTC)


@pytest.fixture
async def bridge(bridge: PlayedBridge) -> PlayedBridge:
    """One that has looked before, so that the report of this evening is the next one."""
    await bridge.enrol(Somebody("Tran Lead", "VN", Role.SUPERVISOR, ("telegram:vn-lead",), "vn-duty"))
    await bridge.evening_tick()
    return bridge


async def evening_comes(bridge: PlayedBridge, moment: datetime = EVENING_CN) -> None:
    bridge.forget()
    await until(bridge, moment)
    await bridge.evening_tick()


async def test_each_side_reads_it_once_in_the_evening_of_its_own_zone(bridge: PlayedBridge) -> None:
    await evening_comes(bridge)
    for who in (WANG, CLERK_CN):
        bridge.expect(who, "Readiness of CN until Sun 19 Apr 08:00 Beijing", "CN Duty desk: Li Wei")
    bridge.expect_nothing(KEO, CLERK_KH, LI, LY, containing="Readiness")
    await bridge.evening_tick()
    await bridge.restart()
    await bridge.evening_tick()
    bridge.expect_nothing(WANG, CLERK_CN, containing="Readiness")
    await evening_comes(bridge, EVENING_CN + HOUR)
    bridge.expect(KEO, "Readiness of KH until Sun 19 Apr 08:00 Phnom Penh")
    bridge.expect_nothing(WANG, containing="Readiness")


async def test_a_bridge_that_was_just_installed_waits_for_its_first_evening(bridge: PlayedBridge) -> None:
    bridge.expect_nothing(WANG, KEO, CLERK_CN, CLERK_KH, containing="Readiness")


async def test_it_says_by_which_messenger_somebody_showed_last_that_they_read(bridge: PlayedBridge) -> None:
    await bridge.says(LY, "/cases")
    await evening_comes(bridge, EVENING_CN + HOUR)
    bridge.expect(KEO, "Kim Ly (reached by telegram Sat 18 Apr 14:")


async def test_a_night_with_a_gap_is_named_with_its_hours(bridge: PlayedBridge) -> None:
    await has_shift(bridge, LI, EVENING_CN - HOUR, MIDNIGHT_CN)
    await has_shift(bridge, "wechat:night", MIDNIGHT_CN + 2 * HOUR, MIDNIGHT_CN + 9 * HOUR)
    await evening_comes(bridge)
    bridge.expect(
        WANG,
        "CN Duty desk: nobody is on duty from Sun 19 Apr 00:00 Beijing to Sun 19 Apr 02:00 Beijing.",
        "Li Wei",
        "Zhao Min",
    )


async def test_a_desk_where_nobody_is_on_duty_tonight_is_named(bridge: PlayedBridge) -> None:
    await bridge.says(LI, "/offduty")
    await evening_comes(bridge)
    bridge.expect(WANG, "! CN Duty desk: nobody is on duty.")


async def test_a_desk_without_any_address_is_named(bridge: PlayedBridge) -> None:
    await evening_comes(bridge, EVENING_CN + HOUR)
    bridge.expect("telegram:vn-lead", "! VN Secretariat: it has no address, and nobody there is on a messenger.")


async def test_somebody_whose_reply_window_will_be_closed_must_write_first(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, messengers=WINDOWED)
    await bridge.start()
    await bridge.evening_tick()
    await evening_comes(bridge)
    bridge.expect(WANG, "! Must write to us, the reply window is closed by the morning: Li Wei.")
    await until(bridge, EVENING_CN + 24 * HOUR)
    await bridge.says(LI, "/cases")
    await evening_comes(bridge, EVENING_CN + 24 * HOUR)
    bridge.expect(WANG, "Readiness of CN until Mon 20 Apr 08:00 Beijing: all is in order.")
    await bridge.stop()


async def test_whoever_left_us_everywhere_or_was_not_confirmed_is_named(bridge: PlayedBridge) -> None:
    await bridge.change(LY, unreachable=frozenset({Address.parse(LY)}))
    keo = await bridge.person(KEO)
    await bridge.change(KEO, confirmed_at=keo.confirmed_at - timedelta(days=91) if keo.confirmed_at else None)
    await evening_comes(bridge, EVENING_CN + HOUR)
    bridge.expect(CLERK_KH, "! Blocked or left us everywhere: Kim Ly.")


async def test_a_case_whose_next_step_reaches_nobody_is_named_to_the_side_that_would_not_hear_it(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case()
    for who in (LI, "wechat:night"):
        await bridge.change(who, unreachable=frozenset({Address.parse(who)}))
    await evening_comes(bridge)
    bridge.expect(CLERK_CN, "Nobody of CN would hear the next step of:", case.reference)


async def test_a_side_reads_nothing_of_the_people_and_cases_of_others(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await evening_comes(bridge, EVENING_CN + HOUR)
    said = "".join(said for who in ("telegram:vn-lead", "telegram:vn-clerk") for said in bridge.heard(who))
    assert case.reference not in said
    for name in ("Kim Ly", "Li Wei"):
        assert name not in said
    kh = "".join(bridge.heard(KEO))
    assert "Li Wei" not in kh


async def test_another_hour_can_be_set(bridge: PlayedBridge) -> None:
    bridge.rules = replace(bridge.rules, evening_report=(EVENING_CN + 9 * HOUR).time())
    await bridge.restart()
    await evening_comes(bridge)
    bridge.expect_nothing(WANG, containing="Readiness")
    await evening_comes(bridge, EVENING_CN + HOUR * 2)
    bridge.expect(WANG, "Readiness of CN until Sun 19 Apr 10:00 Beijing")


async def test_it_tells_how_soon_each_desk_answered_a_test_ring_of_the_day(bridge: PlayedBridge) -> None:
    await bridge.says(KEO, "/drill ring")
    await bridge.fast_forward(minutes=2)
    await bridge.taps(LI, "I hear you")
    await evening_comes(bridge)
    line = "Test ring of Sat 18 Apr 15:05 Beijing: KH Duty desk has not answered; CN Duty desk after 2 min"
    bridge.expect(WANG, "Readiness of CN", line)
    bridge.expect_nothing("telegram:vn-lead", containing="Test ring")
    await evening_comes(bridge, EVENING_CN + 24 * HOUR)
    bridge.expect_nothing(WANG, containing="Test ring")
