"""What was agreed is changed while cases run: each keeps what it started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot.domain.agreement import DEFAULT_LEVELS, Agreement, Corridor, Urgency
from bot.domain.case import Case, DeadlineKind
from bot.domain.messages import Address
from bot.domain.office_hours import Holiday, Hours, Office
from bot.domain.policy import Group, LevelPolicy, Rung
from tests.kit.database import KeptStorage
from tests.kit.played import PlayedBridge
from tests.kit.world import agreement

SECRETARIAT, SUPERVISOR, DUTY = "wecom:secretariat", "wecom:supervisor", "wechat:duty"
U1, U3 = DEFAULT_LEVELS[Urgency.U1], DEFAULT_LEVELS[Urgency.U3]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def agreed(levels: Mapping[Urgency, LevelPolicy]) -> Agreement:
    corridors = {"KC": Corridor("KC", ("KH", "CN"), levels), "VC": Corridor("VC", ("VN", "CN"))}
    return agreement(corridors=corridors)


HURRIED = replace(U1, acknowledge=minutes(5), police=minutes(20), repeat=minutes(2))
SLOWER = {Urgency.U1: HURRIED, Urgency.U3: replace(U3, acknowledge=minutes(90))}


async def left(bridge: PlayedBridge, case: Case, kind: DeadlineKind) -> timedelta:
    return (await bridge.due(case, kind)).due_at - (await bridge.case(case)).clock_from


async def test_a_changed_configuration_does_not_reach_a_running_case_by_its_urgency(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "in a safe place", "25")
    await bridge.reconfigured(agreed(SLOWER))
    await bridge.says("telegram:clerk", f"/urgency {case.reference} U1 she is moved tonight")
    assert (await bridge.case(case)).urgency is Urgency.U1
    assert await left(bridge, case, DeadlineKind.ACKNOWLEDGE) == U1.acknowledge
    assert await left(bridge, case, DeadlineKind.POLICE) == U1.police


async def test_a_changed_configuration_does_not_change_the_pings_of_a_running_case(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await bridge.reconfigured(agreed(SLOWER))
    bridge.forget()
    await bridge.fast_forward(minutes=14, seconds=59)
    bridge.expect_nothing(DUTY)
    await bridge.fast_forward(seconds=1)
    bridge.expect(DUTY, "ping 1")
    await bridge.fast_forward(minutes=9, seconds=59)
    bridge.expect_nothing(SUPERVISOR)
    await bridge.fast_forward(seconds=1)
    bridge.expect(SUPERVISOR, "ping 2")


async def test_a_changed_configuration_holds_for_new_cases(bridge: PlayedBridge) -> None:
    old = await bridge.report_case()
    await bridge.reconfigured(agreed(SLOWER))
    new = await bridge.report_case(from_="telegram:colleague")
    assert await left(bridge, old, DeadlineKind.ACKNOWLEDGE) == minutes(15)
    assert await left(bridge, new, DeadlineKind.ACKNOWLEDGE) == minutes(5)
    await bridge.reconfigured(agreement())
    assert (await bridge.case(new)).policy(bridge.rules.agreement).repeat == minutes(2)


async def test_the_side_that_is_chosen_later_brings_what_was_agreed_with_it_when_the_case_was_opened(
    bridge: PlayedBridge,
) -> None:
    both = {"KC": Corridor("KC", ("KH", "CN")), "VC": Corridor("VC", ("VN", "CN"), {Urgency.U2: HURRIED})}
    await bridge.reconfigured(agreement(corridors=both))
    await bridge.says("wecom:inspector", "somebody screams for help in a flat")
    case = await bridge.only_case()
    await bridge.reconfigured(agreement())
    await bridge.taps("wecom:inspector", "Socialist Republic of Viet Nam")
    assert await left(bridge, case, DeadlineKind.ACKNOWLEDGE) == minutes(5)


async def test_two_nodes_with_different_configurations_do_the_same_for_one_case(
    bridge: PlayedBridge, tmp_path: Path
) -> None:
    other = PlayedBridge(tmp_path, agreed=agreed(SLOWER), storage=KeptStorage(beside=bridge.storage), node=2)
    await other._bridge.start()
    case = await bridge.report_case()
    other.now = bridge.now
    await other.fast_forward(minutes=25)
    other.expect(SUPERVISOR, "ping 2")
    other.expect(DUTY, "ping 1")
    await other.says(DUTY, f"/ack {case.reference}")
    await other.says(SUPERVISOR, f"/urgency {case.reference} U3 she is safe now")
    await other.stop()
    assert (await bridge.case(case)).urgency is Urgency.U3
    for node in (bridge, other):
        assert (await node.case(case)).policy(node.rules.agreement).acknowledge == U3.acknowledge


LADDER = (
    Rung(Group.REQUESTED_DUTY, minutes(0), minutes(5)),
    Rung(Group.REQUESTED_NEXT, minutes(5), minutes(10)),
    Rung(Group.REQUESTED_SUPERVISOR, minutes(12), minutes(60), messengers=("wecom",)),
)


async def test_a_ladder_of_ones_own_says_who_is_told_after_how_long_and_how_often(bridge: PlayedBridge) -> None:
    await bridge.reconfigured(agreed({Urgency.U1: replace(U1, ladder=LADDER)}))
    await bridge.report_case()
    await bridge.fast_forward(minutes=15)
    bridge.forget()
    told: dict[str, list[int]] = {"wechat:duty": [], "wechat:night": [], "wecom:supervisor": [], SECRETARIAT: []}
    for minute in range(1, 31):
        await bridge.fast_forward(minutes=1)
        for address, moments in told.items():
            moments += [minute for text in bridge.heard(address) if "Acknowledge: due" in text]
    assert told == {
        "wechat:duty": [5, 10, 15, 20, 25, 30],
        "wechat:night": [5, 15, 25],
        "wecom:supervisor": [12],
        SECRETARIAT: [],
    }


WEEK = (Hours((0, 1, 2, 3, 4), time(8), time(17)),)


def with_offices(*holidays: Holiday) -> Agreement:
    """Both sides keep office hours; CN has these holidays besides."""
    usual = agreement()
    offices = {"KH": Office("Asia/Phnom_Penh", WEEK), "CN": Office("Asia/Shanghai", WEEK, holidays)}
    parties = {code: replace(p, office=offices.get(code)) for code, p in usual.parties.items()}
    return replace(usual, parties=parties)


#: The 18th is a Saturday; the 20th and 21st are holidays in China only.
FESTIVAL = Holiday(date(2026, 4, 20), date(2026, 4, 21))


async def test_a_holiday_in_one_country_lets_a_case_without_hurry_wait_until_its_office_opens(
    bridge: PlayedBridge,
) -> None:
    await bridge.reconfigured(with_offices(FESTIVAL))
    case = await bridge.report_case("no", "in a safe place", "25", "send", "send")
    bridge.forget()
    wednesday = datetime.fromisoformat("2026-04-22T09:00+08:00")
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at == wednesday
    await bridge.says("telegram:officer", f"/plan {case.reference}")
    bridge.expect(
        "telegram:officer", "Wed 22 Apr 08:00 Phnom Penh / 09:00 Beijing: acknowledge, ping 1 to CN Duty desk"
    )
    await bridge.fast_forward(days=3, hours=16, minutes=54)
    bridge.expect_nothing(DUTY, containing="Acknowledge: due")
    await bridge.fast_forward(minutes=1)
    bridge.expect(DUTY, "Acknowledge: due Wed 22 Apr 08:00 Phnom Penh / 09:00 Beijing (in 1 h).")
    await bridge.fast_forward(minutes=59)
    bridge.expect_nothing(DUTY, containing="Acknowledge: due")
    bridge.expect_nothing("telegram:kh-group", containing="due Wed 22 Apr")  # it opens an hour later
    await bridge.fast_forward(minutes=1)
    bridge.expect(DUTY, "Acknowledge: due Wed 22 Apr 08:00 Phnom Penh / 09:00 Beijing (now), ping 1")
    bridge.expect("telegram:kh-group", "Police channel: due Wed 22 Apr 08:00 Phnom Penh / 09:00 Beijing (now), ping 1")


async def test_the_holiday_of_the_other_country_moves_nothing(bridge: PlayedBridge) -> None:
    await bridge.reconfigured(with_offices(FESTIVAL))
    case = await bridge.report_case("no", "in a safe place", "25", "send", "send", from_="telegram:vn-officer")
    assert case.requested == "CN"
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at.day == 22
    await bridge.says(DUTY, f"/ack {case.reference}")
    await bridge.says(DUTY, f"/clarify {case.reference} which street?")
    asked = await bridge.due(case, DeadlineKind.REPLY)
    assert asked.due_at == bridge.now + U3.answer, "in Viet Nam nothing is closed"


async def test_a_holiday_holds_no_urgent_case_up(bridge: PlayedBridge) -> None:
    await bridge.reconfigured(with_offices(FESTIVAL))
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    assert await left(bridge, case, DeadlineKind.ACKNOWLEDGE) == U1.acknowledge
    bridge.forget()
    await bridge.fast_forward(minutes=25)
    bridge.expect(SUPERVISOR, "ping 2")


async def test_a_case_that_becomes_urgent_on_a_holiday_waits_no_more(bridge: PlayedBridge) -> None:
    await bridge.reconfigured(with_offices(FESTIVAL))
    case = await bridge.report_case("no", "in a safe place", "25", "send", "send")
    bridge.forget()
    await bridge.says("telegram:clerk", f"/urgency {case.reference} U1 she is moved tonight")
    await bridge.fast_forward(minutes=15)
    bridge.expect(DUTY, "Acknowledge: due Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing")


async def planned(bridge: PlayedBridge, who: str, case: Case, *, at: str = "") -> str:
    """What the plan says to somebody."""
    bridge.forget()
    await bridge.says(who, f"/plan {case.reference}", at=at)
    return bridge.expect(at or who, "what the clock does if nobody acts").text


async def test_the_plan_tells_the_own_side_which_steps_would_reach_nobody_and_why(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    assert "Nobody" not in await planned(bridge, SUPERVISOR, case)
    await bridge.change(SUPERVISOR, on_duty=False)
    await bridge.change("wechat:duty", unreachable=frozenset({Address("wechat", "duty")}))
    await bridge.change("wechat:night", addresses=())
    told = (await planned(bridge, SUPERVISOR, case)).split("\n")
    assert "ping 1 to CN Duty desk, CN supervisor (nobody there: requested duty desk)" in told[1]  # at once
    assert "(no messenger of theirs is known: CN Duty desk (1/2))" in told[1]
    assert "(blocked or left us everywhere: CN Duty desk (1/2))" in told[1]
    assert "(off duty: CN supervisor, CN Duty desk (1/2))" in told[2]
    assert "Nobody" not in told[2]
    theirs = await planned(bridge, "telegram:officer", case)
    assert not any(word in theirs for word in ("blocked", "no messenger", "off duty", "would hear"))


async def test_the_plan_knows_of_whom_nothing_was_heard_lately(bridge: PlayedBridge) -> None:
    await bridge.fast_forward(days=31)
    case = await bridge.report_case()
    assert "not heard of for 30 days by then: CN Duty desk" in (told := await planned(bridge, SUPERVISOR, case))
    assert "CN supervisor)" not in told, "she has just written"
    await bridge.says(DUTY, f"/case {case.reference}")
    assert "CN Duty desk)" not in await planned(bridge, SUPERVISOR, case)


async def test_in_a_group_of_another_side_the_plan_names_nobody(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.change("telegram:kh-supervisor", unreachable=frozenset({Address("telegram", "kh-supervisor")}))
    assert "blocked or left" in await planned(bridge, "telegram:clerk", case)
    assert "blocked or left" in await planned(bridge, "telegram:clerk", case, at="telegram:kh-group")
    assert "blocked or left" not in await planned(bridge, "telegram:clerk", case, at="telegram:vn-group")
