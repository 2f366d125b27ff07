"""Liaison officers and joint operations: who is told, who sees it, and what waits for whose confirmation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.case import Case
from tests.journeys.supported import CLERK, DUTY, OFFICER, OWN_GROUP, SHELTER, referable, supported
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

DETECTIVE, COLLEAGUE, THEIR_SUPERVISOR = "wecom:detective", "telegram:colleague", "wecom:supervisor"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    async with supported(tmp_path) as played:
        yield played


async def test_a_liaison_officer_is_told_and_sees_the_case_until_they_are_taken_off(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(COLLEAGUE, f"/case {case.reference}")
    bridge.expect(COLLEAGUE, "No such case.")
    await bridge.says(CLERK, f"/liaison {case.reference} Vanna")
    bridge.expect(CLERK, "Chan Vanna is liaison officer now", "off")
    told = bridge.expect(COLLEAGUE, case.reference, "KH officer is liaison officer of this case now")
    assert "Kim Ly" not in told.text
    bridge.expect(DUTY, "KH officer is liaison officer of this case now, named by KH Duty desk")
    await bridge.says(COLLEAGUE, f"/case {case.reference}")
    bridge.expect(COLLEAGUE, f"{case.reference}", "Liaison officers: KH officer")
    await bridge.says(DUTY, f"/note {case.reference} the flat is watched")
    bridge.expect(COLLEAGUE, "the flat is watched")
    await bridge.says(CLERK, f"/liaison {case.reference} Vanna off")
    bridge.expect(CLERK, "Chan Vanna is no liaison officer any more")
    bridge.expect(COLLEAGUE, "you are no liaison officer of it any more")
    bridge.forget()
    await bridge.says(COLLEAGUE, f"/case {case.reference}")
    bridge.expect(COLLEAGUE, "No such case.")
    await bridge.says(DUTY, f"/note {case.reference} they moved")
    bridge.expect_nothing(COLLEAGUE)


async def test_several_people_of_a_side_may_be_liaison_officers_and_none_of_the_other(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(DUTY, f"/liaison {case.reference} Zhou Jun")
    await bridge.says(DUTY, f"/liaison {case.reference} Wang Fang")
    await bridge.says(DUTY, f"/liaison {case.reference} Sok Dara")
    bridge.expect(DUTY, "Who of your side is liaison officer?")
    case = await bridge.case(case)
    assert [(await bridge.person(who)).id for who in (DETECTIVE, THEIR_SUPERVISOR)] == list(case.liaisons)
    await bridge.says(OFFICER, f"/case {case.reference}")
    shown = bridge.expect(OFFICER, "Liaison officers: CN duty, CN supervisor")
    assert "Zhou" not in shown.text


@pytest.mark.parametrize("who", [OFFICER, DETECTIVE, COLLEAGUE])
async def test_only_a_duty_desk_or_a_supervisor_names_liaison_officers(bridge: PlayedBridge, who: str) -> None:
    case = await referable(bridge)
    await bridge.says(who, f"/liaison {case.reference} me")
    assert (await bridge.case(case)).liaisons == ()


async def test_nobody_of_a_support_desk_is_given_a_case(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(CLERK, f"/liaison {case.reference} Meas Rath")
    bridge.expect(CLERK, "Who of your side is liaison officer?")
    await bridge.says(CLERK, f"/assign {case.reference} Meas Rath")
    bridge.expect(CLERK, "To whom?")
    case = await bridge.case(case)
    assert case.workers == ()
    bridge.expect_nothing(SHELTER)


async def test_whoever_is_cut_off_is_no_liaison_officer_any_more(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(DUTY, f"/liaison {case.reference} Zhou Jun")
    await bridge.says(DETECTIVE, "/lost yes")
    assert (await bridge.case(case)).liaisons == ()


async def planned(bridge: PlayedBridge, case: Case) -> None:
    await bridge.says(DUTY, f"/operation {case.reference} when 20 Apr 05:00")
    await bridge.says(CLERK, f"/operation {case.reference} where third house behind the market of Nanchang")
    bridge.forget()


async def test_a_joint_operation_is_planned_by_both_sides_and_confirmed_by_both(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(DUTY, f"/operation {case.reference}")
    bridge.expect(DUTY, "joint operation", "When: not said yet", "Where: not said yet")
    await bridge.says(DUTY, f"/operation {case.reference} confirm")
    bridge.expect(DUTY, "A plan can be confirmed once it says when and where.")
    await bridge.says(DUTY, f"/operation {case.reference} when 20 Apr 05:00")
    bridge.expect(DUTY, "When: Mon 20 Apr 04:00 Phnom Penh / 05:00 Beijing")
    bridge.expect(OWN_GROUP, "CN Duty desk changed the plan", "Mon 20 Apr 04:00 Phnom Penh / 05:00 Beijing")
    await bridge.says(CLERK, f"/operation {case.reference} where third house behind the market of Nanchang")
    told = bridge.expect(DUTY, "KH Duty desk changed the plan", "Both sides confirm it anew")
    assert "third house" not in told.text
    shown = bridge.expect(CLERK, "Where: Nanchang", "exact place is in the secure case", "KH: has not confirmed")
    assert "third house" not in shown.text
    await bridge.taps(DUTY, "Confirm")
    bridge.expect(OWN_GROUP, "CN Duty desk confirmed the plan. It still waits for KH.")
    await bridge.says(CLERK, f"/operation {case.reference} confirm")
    bridge.expect(DUTY, "KH Duty desk confirmed the plan. Both sides have confirmed it.")
    plan = (await bridge.case(case)).plan
    assert plan is not None
    by = {confirmation.party: confirmation.by for confirmation in plan.confirmations}
    assert by == {"CN": (await bridge.person(DUTY)).id, "KH": (await bridge.person(CLERK)).id}
    await bridge.says(OFFICER, f"/case {case.reference}")
    bridge.expect(OFFICER, "Joint operation: Mon 20 Apr 04:00 Phnom Penh / 05:00 Beijing, confirmed by both")


async def test_a_change_asks_both_sides_to_confirm_again_and_every_version_stays(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await planned(bridge, case)
    for who in (DUTY, CLERK):
        await bridge.says(who, f"/operation {case.reference} confirm")
    await bridge.says(CLERK, f"/operation {case.reference} when 21 Apr 05:00")
    bridge.expect(CLERK, "KH: has not confirmed", "CN: has not confirmed")
    plans = (await bridge.case(case)).plans
    assert [len(plan.confirmations) for plan in plans] == [0, 2, 0]
    assert [plan.party for plan in plans] == ["CN", "KH", "KH"]


async def test_a_plan_that_is_near_and_not_confirmed_is_told_once_to_both_duty_desks(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await planned(bridge, case)
    await bridge.says(DUTY, f"/operation {case.reference} confirm")
    bridge.forget()
    await bridge.fast_forward(hours=13)
    bridge.expect_nothing(OWN_GROUP, DUTY, containing="joint operation")
    await bridge.fast_forward(hours=1)
    for address in (OWN_GROUP, DUTY):
        bridge.expect(address, "The joint operation is planned for Mon 20 Apr 04:00 Phnom Penh / 05:00 Beijing",
                      "not confirmed by KH")  # fmt: skip
    bridge.forget()
    await bridge.fast_forward(hours=25)
    bridge.expect_nothing(OWN_GROUP, DUTY, containing="joint operation")


async def test_a_confirmed_plan_is_not_told_again(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await planned(bridge, case)
    for who in (DUTY, CLERK):
        await bridge.says(who, f"/operation {case.reference} confirm")
    bridge.forget()
    await bridge.fast_forward(hours=48)
    bridge.expect_nothing(OWN_GROUP, DUTY, containing="not confirmed by")


async def test_a_time_that_cannot_be_meant_is_asked_again(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(DUTY, f"/operation {case.reference} when 2026-04-01 05:00")
    bridge.expect(DUTY, "That time is over.")
    await bridge.says(DUTY, "soon")
    bridge.expect(DUTY, "Please give the day and the time of day in figures")
    await bridge.says(DUTY, "tomorrow 05:00")
    bridge.expect(DUTY, "When: Sun 19 Apr 04:00 Phnom Penh / 05:00 Beijing")


async def test_where_nobody_asks_for_a_joint_operation_there_is_none(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "25", "send", "send")
    await bridge.says(CLERK, f"/operation {case.reference}")
    bridge.expect(CLERK, "Nobody asks for a joint operation")


async def test_a_liaison_officer_plans_and_only_a_desk_confirms(bridge: PlayedBridge) -> None:
    case = await referable(bridge)
    await bridge.says(DUTY, f"/liaison {case.reference} Zhou Jun")
    await planned(bridge, case)
    await bridge.says(DETECTIVE, f"/operation {case.reference} when 22 Apr 05:00")
    bridge.expect(DETECTIVE, "When: Wed 22 Apr")
    await bridge.says(DETECTIVE, f"/operation {case.reference} confirm")
    bridge.expect(DETECTIVE, "Only the duty desk or a supervisor of CN can confirm")


async def test_a_side_that_the_person_fears_learns_of_no_plan(bridge: PlayedBridge) -> None:
    case = await referable(bridge, "fears: yes", citizenship="China")
    await bridge.says(CLERK, f"/operation {case.reference} when 20 Apr 05:00")
    bridge.expect(CLERK, "It stays on your own side: nothing more is told to CN now.")
    await bridge.says(DUTY, f"/operation {case.reference}")
    shown = bridge.expect(DUTY, "It waits: KH must answer or decide something first.")
    assert "20 Apr" not in shown.text
    await bridge.fast_forward(hours=40)
    bridge.expect_nothing(DUTY, "wechat:night", THEIR_SUPERVISOR, containing="joint operation")
    bridge.expect(OWN_GROUP, "The joint operation is planned for")


async def test_on_wechat_without_buttons_a_plan_is_confirmed_by_a_number(tmp_path: Path) -> None:
    async with supported(tmp_path, messengers=OFFICIAL_ACCOUNT) as bridge:
        case = await referable(bridge)
        await bridge.says(CLERK, f"/operation {case.reference} when 20 Apr 05:00")
        await bridge.says(CLERK, f"/operation {case.reference} where Nanchang")
        await bridge.fast_forward(minutes=1)
        bridge.forget(DUTY)
        await bridge.says(DUTY, f"/operation {case.reference}")
        bridge.expect(DUTY, "KH: has not confirmed this version")
        await bridge.says(DUTY, "1")
        bridge.expect(OWN_GROUP, "CN Duty desk confirmed the plan. It still waits for KH.")
