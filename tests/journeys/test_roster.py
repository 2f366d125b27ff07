"""The night: who has the duty, who takes it over, and who hears it when nobody does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.roster import Shift
from bot.domain.turn import Turn
from bot.roster import watch
from bot.turns.composer import Composer
from tests.kit.clock import START
from tests.kit.played import PlayedBridge
from tests.kit.world import DUTY, Somebody

LI, ZHAO, WANG = "wechat:duty", "wechat:night", "wecom:supervisor"
LY, SAN, KEO = "telegram:clerk", "telegram:night", "telegram:kh-supervisor"
#: Midnight of the night after START (Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing).
MIDNIGHT_CN = datetime(2026, 4, 18, 16, tzinfo=UTC)
MIDNIGHT_KH = datetime(2026, 4, 18, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def has_shift(bridge: PlayedBridge, who: str, begins: datetime, ends: datetime) -> None:
    person = await bridge.person(who)
    await bridge.storage.apply([Turn(shifts=(Shift(bridge._new_id(), person.desk, person.id, begins, ends),))])


async def until(bridge: PlayedBridge, moment: datetime) -> None:
    await bridge.fast_forward(seconds=(moment - bridge.now).total_seconds())


@pytest.fixture
async def rostered(bridge: PlayedBridge) -> PlayedBridge:
    """Until midnight Li Wei and Kim Ly have the duty of their sides, after it Zhao Min and Pich San for eight hours."""
    await bridge.enrol(Somebody("Pich San", "KH", DUTY, (SAN,), "kh-duty"))
    await bridge.tick()
    for first, second, midnight in ((LI, ZHAO, MIDNIGHT_CN), (LY, SAN, MIDNIGHT_KH)):
        await has_shift(bridge, first, START - HOUR, midnight)
        await has_shift(bridge, second, midnight, midnight + 8 * HOUR)
    return bridge


async def test_each_side_hands_over_at_its_own_midnight(rostered: PlayedBridge) -> None:
    bridge = rostered
    case = await bridge.report_case()
    await bridge.says(LI, f"/ack {case.reference}")
    bridge.forget()
    await until(bridge, MIDNIGHT_CN - timedelta(minutes=15))
    told = bridge.expect(LI, "Your duty at CN Duty desk ends Sun 19 Apr 00:00 Beijing", "Open cases: 1")
    assert case.reference in told.text
    assert "police channel: Sat 18 Apr" in told.text
    bridge.expect_nothing(LY, ZHAO, WANG, containing="hand")
    await bridge.says(LI, f"/memo {case.reference} the landlord calls back at nine")
    await bridge.taps(LI, "The list is right")
    bridge.expect(LI, "Thank you. Zhao Min is asked to take over")

    await until(bridge, MIDNIGHT_CN)
    asked = bridge.expect(ZHAO, "Hand-over at CN Duty desk from Li Wei. Open cases: 1", case.reference)
    assert f"Li Wei: a line for you on its page: https://bridge.example/cases/{case.reference}" in asked.text
    assert "landlord" not in asked.text, "what is written for the own side stays on the page"
    bridge.expect_nothing(SAN, LY, containing="over")
    await bridge.taps(ZHAO, "Read, I take over")
    bridge.expect(ZHAO, "You have taken over 1 open cases.", case.reference)
    bridge.expect(LI, f"Zhao Min has taken over from Li Wei at CN Duty desk: {case.reference}.")

    await until(bridge, MIDNIGHT_KH)
    bridge.expect(LY, "Your duty at KH Duty desk ends Sun 19 Apr 00:00 Phnom Penh", case.reference)
    bridge.expect(SAN, "Hand-over at KH Duty desk from Kim Ly", case.reference)
    await bridge.says(SAN, "/takeover")
    bridge.expect("telegram:kh-group", f"Pich San has taken over from Kim Ly at KH Duty desk: {case.reference}.")
    bridge.expect_nothing(LI, ZHAO, WANG, containing="KH Duty desk")


async def test_until_somebody_has_taken_over_whoever_left_is_told_too_and_then_the_supervisor(
    rostered: PlayedBridge,
) -> None:
    bridge = rostered
    await until(bridge, MIDNIGHT_CN - timedelta(minutes=20))
    case = await bridge.report_case()
    await until(bridge, MIDNIGHT_CN)
    bridge.forget()
    await until(bridge, MIDNIGHT_CN + timedelta(minutes=55))
    for who in (LI, ZHAO):
        bridge.expect(who, case.reference, "ping 1")
    told = bridge.expect(WANG, "Nobody has taken over what Li Wei left at CN Duty desk: 1 open cases")
    assert "since Sun 19 Apr 00:00 Beijing" in told.text
    await bridge.says(ZHAO, "/takeover")
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    bridge.expect_nothing(LI)
    bridge.expect(ZHAO, case.reference)
    await bridge.taps(WANG, "Read, I take over")
    bridge.expect(WANG, "That was taken over already, by Zhao Min.")


async def test_with_nobody_on_duty_the_whole_desk_and_the_supervisor_are_told(rostered: PlayedBridge) -> None:
    bridge = rostered
    await until(bridge, MIDNIGHT_CN + 8 * HOUR)
    told = bridge.expect(WANG, "Nobody is on duty at CN Duty desk since Sun 19 Apr 08:00 Beijing")
    assert "Alerts and pings go to everybody there and to you" in told.text
    bridge.forget()
    await bridge.report_case()
    for who in (LI, ZHAO, WANG):
        bridge.expect(who, "From: Kingdom of Cambodia")
    bridge.forget()
    await bridge.fast_forward(minutes=65)
    for who in (LI, ZHAO, WANG):
        bridge.expect(who, "ping 1")
    bridge.expect_nothing(WANG, containing="Nobody is on duty")


async def test_who_steps_in_by_hand_is_on_duty_until_the_next_shift_begins(rostered: PlayedBridge) -> None:
    bridge = rostered
    await until(bridge, MIDNIGHT_CN + 9 * HOUR)
    await has_shift(bridge, ZHAO, MIDNIGHT_CN + 16 * HOUR, MIDNIGHT_CN + 24 * HOUR)
    await bridge.says(LI, "/onduty")
    bridge.expect(LI, "You are on duty.", "By the roster until Sun 19 Apr 16:00 Beijing.")
    await bridge.report_case()
    bridge.expect(LI, "From: Kingdom of Cambodia")
    bridge.expect_nothing(ZHAO, WANG, containing="From: Kingdom")
    await until(bridge, MIDNIGHT_CN + 16 * HOUR)
    bridge.expect(ZHAO, "Hand-over at CN Duty desk from Li Wei")


async def test_whoever_goes_off_duty_early_hands_over_at_once_and_nobody_else_means_the_supervisor(
    rostered: PlayedBridge,
) -> None:
    bridge = rostered
    case = await bridge.report_case()
    bridge.forget()
    await bridge.says(LI, "/offduty")
    said = bridge.expect(LI, "You are off duty, but nobody else of your desk is on")
    assert "Wang Fang is asked to take over your open cases" in said.text
    bridge.expect(WANG, "Li Wei went off duty, and nobody is on duty at CN Duty desk now")
    bridge.expect(WANG, "Li Wei leaves CN Duty desk, and nobody is on duty there.", case.reference)
    await bridge.says(ZHAO, "/takeover")
    bridge.expect(ZHAO, "You are off duty. To take over, type /onduty first")
    await bridge.says(ZHAO, "/onduty")
    await bridge.says(ZHAO, "/takeover")
    bridge.expect(ZHAO, "You have taken over 1 open cases.")
    bridge.expect(LI, f"Zhao Min has taken over from Li Wei at CN Duty desk: {case.reference}.")
    await bridge.says(ZHAO, "/roster")
    bridge.expect(ZHAO, "On duty at CN Duty desk: Zhao Min.", "Sun 19 Apr 00:00 Beijing - Sun 19 Apr 08:00 Beijing")


async def test_whoever_comes_back_keeps_what_they_had_begun_to_hand_over(rostered: PlayedBridge) -> None:
    bridge = rostered
    await bridge.report_case()
    await bridge.says(LI, "/offduty")
    await bridge.says(LI, "/onduty")
    bridge.expect(LI, "What you had begun to hand over stays with you.")
    await bridge.says(LI, "/handover")
    bridge.expect(LI, "There is nothing that you hand over now.")


async def test_a_shift_is_told_an_hour_before_once_and_not_to_who_goes_on(rostered: PlayedBridge) -> None:
    bridge = rostered
    await has_shift(bridge, ZHAO, MIDNIGHT_CN + 8 * HOUR, MIDNIGHT_CN + 12 * HOUR)
    await until(bridge, MIDNIGHT_CN - HOUR)
    told = bridge.expect(ZHAO, "Your shift at CN Duty desk begins Sun 19 Apr 00:00 Beijing")
    assert "Sun 19 Apr 08:00 Beijing" in told.text
    await bridge.tick()
    await bridge.restart()
    await until(bridge, MIDNIGHT_CN + 10 * HOUR)
    bridge.expect_nothing(ZHAO, LI, containing="Your shift at")


async def test_a_gap_in_the_coming_night_is_told_at_noon_of_the_own_zone(rostered: PlayedBridge) -> None:
    bridge = rostered
    noon_cn, noon_kh = (datetime(2026, 4, 19, hour, tzinfo=UTC) for hour in (4, 5))
    for who, day in ((LI, noon_cn), (LY, noon_kh)):
        await has_shift(bridge, who, day - 4 * HOUR, day + 10 * HOUR)
    await has_shift(bridge, SAN, noon_kh + 10 * HOUR, noon_kh + 24 * HOUR)
    await until(bridge, noon_cn - timedelta(minutes=1))
    bridge.expect_nothing(LI, ZHAO, WANG, containing="By the roster nobody")
    await until(bridge, noon_cn)
    span = "Sun 19 Apr 22:00 Beijing - Mon 20 Apr 12:00 Beijing"
    for who in (LI, ZHAO, WANG):
        told = bridge.expect(who, f"By the roster nobody is on duty at CN Duty desk: {span}.")
        assert "https://bridge.example/roster" in told.text
    await until(bridge, noon_kh + timedelta(minutes=30))
    bridge.expect_nothing(LI, ZHAO, WANG, LY, SAN, KEO, containing="By the roster nobody")


async def test_what_came_up_while_the_bridge_was_down_is_done_when_it_is_back(rostered: PlayedBridge) -> None:
    bridge = rostered
    case = await bridge.report_case()
    await bridge.says(LI, f"/ack {case.reference}")
    await until(bridge, MIDNIGHT_CN - 2 * HOUR)
    bridge.forget()
    await bridge.down_for(hours=3)
    bridge.expect(LI, "Your duty at CN Duty desk is over.", case.reference)
    bridge.expect(ZHAO, "Hand-over at CN Duty desk from Li Wei", case.reference)


async def test_nobody_of_another_desk_or_side_takes_over_or_hears_what_is_left(rostered: PlayedBridge) -> None:
    bridge = rostered
    case = await bridge.report_case()
    await bridge.says(LI, "/offduty")
    bridge.forget()
    for who in (LY, KEO, "wecom:detective", "telegram:officer"):
        await bridge.says(who, "/takeover")
        await bridge.says(who, "/roster")
    left = bridge.phones.newest_with(WANG, "Read, I take over")
    for who in (LY, "wecom:detective", "telegram:officer"):
        await bridge._phone(who).taps_data(who, left.data("Read, I take over"), left.id)
    await bridge._settled()
    for who in (LY, KEO, "wecom:detective", "telegram:officer"):
        assert not [text for text in bridge.heard(who) if "Li Wei" in text or "have taken over" in text]
    await bridge.taps(WANG, "Read, I take over")
    bridge.expect(WANG, "You have taken over 1 open cases.", case.reference)


async def test_an_officer_is_offered_no_roster(rostered: PlayedBridge) -> None:
    for typed in ("/handover", "/takeover", "/roster", "/onduty"):
        await rostered.says("telegram:officer", typed)
        rostered.expect("telegram:officer", "The roster is for duty officers and supervisors.")


async def test_a_case_that_is_closed_before_the_hand_over_is_not_handed_over(rostered: PlayedBridge) -> None:
    bridge = rostered
    case = await bridge.report_case()
    await bridge.says(LI, f"/close {case.reference} found_safe she is home")
    bridge.forget()
    await until(bridge, MIDNIGHT_CN + HOUR)
    bridge.expect_nothing(LI, ZHAO, WANG, containing="Open cases")


async def test_an_exercise_is_marked_in_what_is_handed_over(rostered: PlayedBridge) -> None:
    bridge = rostered
    await bridge.says("telegram:officer", "/drill girl of 16 locked in a flat")
    (case,) = await bridge.cases()
    await until(bridge, MIDNIGHT_CN - timedelta(minutes=15))
    bridge.expect(LI, f"EXERCISE · {case.reference}")


async def test_what_fails_of_the_roster_comes_up_again_and_holds_up_nothing_else(
    rostered: PlayedBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = rostered
    case = await bridge.report_case()
    await until(bridge, MIDNIGHT_CN - HOUR - timedelta(minutes=1))
    told, failing = watch.tell_soon, [True]

    def fails(c: Composer, soon: watch.Soon) -> None:
        if failing[0]:
            raise RuntimeError
        told(c, soon)

    monkeypatch.setattr(watch, "tell_soon", fails)
    await until(bridge, MIDNIGHT_CN - timedelta(minutes=15))
    bridge.expect(LI, "Your duty at CN Duty desk ends", case.reference)
    failing[0] = False
    await bridge.tick()
    bridge.expect(ZHAO, "Your shift at CN Duty desk begins")
    bridge.expect_nothing(LI, containing="Your duty at")
