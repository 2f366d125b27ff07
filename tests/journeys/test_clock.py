"""Nobody acts: who is pinged when, how often, and what silences it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.case import DeadlineKind
from bot.domain.people import Role
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import Somebody

OFFICER = "telegram:officer"
U1 = ("no", "locked in", "15", "send", "send")
U2 = ("no", "locked in", "25", "send", "send")
U3 = ("no", "in a safe place", "25", "send", "send")
EVERYBODY = (
    "wechat:duty",
    "wechat:night",
    "wecom:supervisor",
    "wecom:secretariat",
    "wecom:police-group",
    "telegram:kh-group",
    "telegram:kh-supervisor",
    "telegram:kh-secretariat",
)


def reached(bridge: PlayedBridge, *words: str) -> set[str]:
    """Who was told something with these words just now."""
    found = {a for a in EVERYBODY if any(all(w in text for w in words) for text in bridge.heard(a))}
    bridge.forget()
    return found


@pytest.mark.parametrize(
    ("steps", "acknowledge", "repeat"), [(U1, 15, 10), (U2, 60, 30), (U3, 240, 240)], ids=["U1", "U2", "U3"]
)
async def test_if_nobody_acknowledges_each_rung_of_the_ladder_is_told_at_its_moment(
    bridge: PlayedBridge, steps: tuple[str, ...], acknowledge: int, repeat: int
) -> None:
    await bridge.report_case(*steps)
    bridge.forget()
    rungs = [
        {"wechat:duty"},
        {"wechat:duty", "wecom:supervisor"},
        {"wechat:duty", "wecom:supervisor", "wecom:secretariat", "telegram:kh-secretariat"},
        {"wechat:duty", "wecom:supervisor", "wecom:secretariat", "telegram:kh-secretariat"},
    ]
    wait = timedelta(minutes=acknowledge)
    for number, people in enumerate(rungs, start=1):
        await bridge.fast_forward(minutes=wait.total_seconds() / 60 - 1, seconds=59)
        bridge.expect_nothing("wechat:duty", "wecom:supervisor", "wecom:secretariat", containing=", ping")
        await bridge.fast_forward(seconds=1)
        assert reached(bridge, "Acknowledge: due", f"ping {number}") == people
        wait = timedelta(minutes=repeat)


async def test_a_ping_says_what_is_due_since_when_in_both_local_times_and_nothing_of_the_person(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    bridge.forget()
    await bridge.fast_forward(minutes=25)
    bridge.expect("wechat:duty", "ping 1")
    ping = bridge.expect("wechat:duty", "ping 2")
    assert ping.text.split("\n") == [
        f"U1 immediate · {case.reference}",
        "Acknowledge: due Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing (10 min late), ping 2.",
        "Nobody has acknowledged. Please acknowledge now.",
        f"https://bridge.example/cases/{case.reference}",
    ]
    assert labels(ping) == ["Acknowledge", "Assign to me", "I am on it", "Show case"]


async def test_acknowledged_but_never_handed_off_pings_both_duty_desks_until_somebody_does(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.forget()
    await bridge.fast_forward(minutes=59, seconds=59)
    bridge.expect_nothing(*EVERYBODY, containing=", ping")
    await bridge.fast_forward(seconds=1)
    ping = bridge.expect("wechat:duty", "Police channel: due", "ping 1", "Not handed to the police channel yet")
    assert "It waits: KH must answer or decide something first." in ping.text
    assert "Hand off" in labels(bridge.phones.newest_saying("telegram:kh-group", "Police channel: due"))
    assert reached(bridge, "Police channel: due") == {"telegram:kh-group"}
    await bridge.fast_forward(minutes=10)
    assert reached(bridge, "Police channel: due", "ping 2") == {"wechat:duty", "telegram:kh-group"}
    await bridge.taps("telegram:clerk", "Hand off", at="telegram:kh-group")
    await bridge.answers(OFFICER, "[Unknown]")
    await bridge.says("telegram:clerk", f"/interest {case.reference} she is held, every hour counts")
    await bridge.taps("wechat:duty", "Hand off")
    await bridge.taps("wechat:duty", "Send it")
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    assert "wechat:duty" in reached(bridge, "Handed to the police channel, not yet accepted")


async def test_the_diplomatic_question_goes_to_both_desks_and_supervisors_until_one_records_that_it_is_not_needed(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:clerk", f"/protect {case.reference} none_known")
    await bridge.fast_forward(hours=2, minutes=59)
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    assert reached(bridge, "Is the diplomatic channel needed?") == {
        "wechat:duty",
        "wecom:supervisor",
        "telegram:kh-group",
        "telegram:kh-supervisor",
    }
    await bridge.says("wechat:duty", f"/notneeded {case.reference} police will do")
    bridge.expect("wechat:duty", "Only a supervisor")
    await bridge.taps("telegram:kh-supervisor", "Not needed")
    await bridge.says("telegram:kh-supervisor", "police will do")
    bridge.expect("telegram:kh-supervisor", "the diplomatic channel is not needed")
    await bridge.fast_forward(minutes=30)
    assert "ping" in "".join(bridge.heard("wechat:duty")), "the police deadline pings on"
    bridge.expect_nothing("telegram:kh-supervisor", "wecom:supervisor", containing="diplomatic channel needed")


async def test_a_desk_without_an_address_reaches_who_is_on_duty_and_everybody_when_nobody_is(
    bridge: PlayedBridge,
) -> None:
    await bridge.says("wechat:night", "/onduty")
    bridge.expect("wechat:night", "You are on duty")
    await bridge.says("wechat:duty", "/offduty")
    bridge.expect("wechat:duty", "1 others of your desk are on duty")
    await bridge.report_case(*U1)
    bridge.expect("wechat:night", "U1 immediate")
    bridge.expect_nothing("wechat:duty")
    await bridge.says("wechat:night", "/offduty")
    bridge.expect("wechat:night", "nobody else of your desk is on")
    await bridge.fast_forward(minutes=15)
    bridge.expect("wechat:night", "ping 1")
    bridge.expect("wechat:duty", "ping 1")


async def test_a_rung_with_nobody_is_passed_over_at_once_and_the_plan_says_so(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1, from_="telegram:vn-officer")
    await bridge.change("wecom:supervisor", role=Role.DUTY, desk="cn-police")
    bridge.forget()
    await bridge.says("telegram:vn-officer", f"/plan {case.reference}")
    bridge.expect(
        "telegram:vn-officer",
        "ping 2 to CN Duty desk, CN Secretariat",
        "(nobody there: requested supervisor)",
    )
    await bridge.fast_forward(minutes=25)
    bridge.expect("wecom:secretariat", "ping 2")


async def test_a_snooze_silences_repeats_and_never_the_first_ping_of_another_deadline(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    await bridge.fast_forward(hours=2, minutes=50)
    bridge.forget()
    await bridge.says("telegram:clerk", f"/snooze {case.reference} 15m waiting for the provincial office")
    bridge.expect("telegram:clerk", "repeats are silent until Sat 18 Apr 17:10 Phnom Penh / 18:10 Beijing")
    assert "provincial office" not in bridge.expect("wechat:duty", "silenced the repeats until").text
    bridge.forget()
    await bridge.fast_forward(minutes=14, seconds=59)
    assert reached(bridge, "Police channel: due", ", ping") == {"wechat:duty", "telegram:kh-group"}, "with a new one"
    await bridge.fast_forward(minutes=1)
    assert reached(bridge, "Police channel: due") == set(), "a first ping has said it all a moment before"
    await bridge.fast_forward(minutes=5)
    assert reached(bridge, "Police channel: due") == {"wechat:duty", "telegram:kh-group"}


async def test_a_first_ping_comes_through_a_snooze_but_its_repeat_does_not(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U2)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(hours=7, minutes=50)
    await bridge.says("telegram:clerk", f"/snooze {case.reference} 60m waiting for the provincial office")
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    assert reached(bridge, "Police channel: due", "ping 1") == {"wechat:duty", "telegram:kh-group"}
    await bridge.fast_forward(minutes=49)
    assert reached(bridge, "Police channel: due") == set()
    await bridge.fast_forward(minutes=1)
    assert reached(bridge, "Police channel: due", "ping 2") == {"wechat:duty", "telegram:kh-group"}


async def test_a_snooze_is_limited_and_wants_a_reason(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.says("wechat:duty", f"/snooze {case.reference} 16m busy")
    bridge.expect("wechat:duty", "At U1 immediate repeats can be silenced for at most 15 min.")
    await bridge.says("wechat:duty", f"/snooze {case.reference} 15m")
    bridge.expect("wechat:duty", "How long, and why?")
    await bridge.says("wechat:duty", "waiting for the provincial office")
    bridge.expect("wechat:duty", "repeats are silent until")


async def test_a_snooze_shows_on_the_case_of_both_sides(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=16)
    await bridge.says("telegram:clerk", f"/snooze {case.reference} 15m calling them")
    for who in ("telegram:clerk", "wechat:duty"):
        await bridge.says(who, f"/case {case.reference}")
        bridge.expect(who, "pinged 1 times, silent until Sat 18 Apr 14:36 Phnom Penh / 15:36 Beijing")


async def test_what_fell_due_while_the_bridge_was_down_fires_once_at_once_and_is_marked_late(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    bridge.forget()
    await bridge.down_for(minutes=47)
    ping = bridge.expect("wechat:duty", "ping 1", "(32 min late)")
    assert "it was to go out Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing, but the bridge was not running" in ping.text
    bridge.expect_nothing("wechat:duty")
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing("wechat:duty")
    await bridge.fast_forward(seconds=1)
    assert "not running" not in bridge.expect("wechat:duty", "ping 2").text
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at == START + timedelta(minutes=15)


async def test_a_tick_that_runs_twice_pings_once(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=15)
    bridge.forget()
    await bridge.tick()
    await bridge.restart()
    bridge.expect_nothing(*EVERYBODY)


async def test_unanswered_the_review_lets_the_acknowledgment_lapse_and_the_ladder_starts_again(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*U1)
    await bridge.fast_forward(minutes=10)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:kh-supervisor", f"/notneeded {case.reference} police will do")
    await bridge.fast_forward(hours=5, minutes=59)
    bridge.forget()
    await bridge.fast_forward(minutes=1)
    asked = bridge.expect("wechat:duty", "Review: due", "Are you still on it?")
    assert "Still on it" in labels(asked)
    bridge.forget()
    await bridge.fast_forward(minutes=10)
    case = await bridge.case(case)
    assert case.acknowledged_at is None
    await bridge.fast_forward(seconds=1)
    assert reached(bridge, "Acknowledge: due", "ping 1") == {"wechat:duty"}
    await bridge.fast_forward(minutes=10)
    assert reached(bridge, "Acknowledge: due", "ping 2") == {"wecom:supervisor"}, "the desk hears it with the police's"
    await bridge.fast_forward(minutes=10)
    assert "wechat:duty" in reached(bridge, "Acknowledge: due", "Police channel: due")


async def test_still_on_it_starts_the_review_again(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(hours=6)
    await bridge.taps("wechat:duty", "Still on it")
    bridge.expect("wechat:duty", "Noted that you are on it")
    case = await bridge.case(case)
    assert case.acknowledged_at == START
    assert (await bridge.due(case, DeadlineKind.REVIEW)).due_at == START + timedelta(hours=12)


async def test_the_newest_colleague_of_a_desk_is_pinged_too(bridge: PlayedBridge) -> None:
    await bridge.report_case(*U1)
    await bridge.enrol(Somebody("Sun Li", "CN", Role.DUTY, ("wechat:new",), "cn-duty"))
    await bridge.fast_forward(minutes=15)
    bridge.expect("wechat:new", "ping 1")


async def test_the_plan_names_every_step_to_come(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*U1)
    await bridge.says(OFFICER, f"plan {case.reference}")
    plan = bridge.expect(OFFICER, case.reference, "what the clock does if nobody acts").text.split("\n")
    assert plan[1] == "Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing: acknowledge, ping 1 to CN Duty desk"
    assert plan[2].endswith("acknowledge, ping 2 to CN Duty desk, CN supervisor")
    assert "CN Secretariat, KH Secretariat, then again and again until somebody acts" in plan[3]
    assert "police channel, ping 1 to CN Duty desk, KH Duty desk" in plan[4]
