"""Standing down, closing and opening again: who may, who hears of it, and what the clock does then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.case import ClosureCode, DeadlineKind, Status, TextKind
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
SENT = ("no", "locked in", "15", "send", "send")


@pytest.mark.parametrize("who", [OFFICER, "telegram:clerk", "wechat:duty", "wecom:supervisor"])
async def test_a_stand_down_is_refused_to_anybody_but_the_reporting_sides_supervisor(
    bridge: PlayedBridge, who: str
) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(who, f"/standdown {case.reference} she is back")
    bridge.expect(who, "Only a supervisor of KH can stand this case down.")
    assert (await bridge.case(case)).stood_down_at is None
    assert "refused" in [entry.act for entry in await bridge.acts(case)]


async def test_a_stand_down_ends_everything_but_the_review(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("telegram:kh-supervisor", f"/standdown {case.reference}")
    bridge.expect("telegram:kh-supervisor", "Why is it stood down?")
    await bridge.says("telegram:kh-supervisor", "she is back with her aunt")
    bridge.expect("telegram:kh-supervisor", f"{case.reference}: stood down. Only the review goes on.")
    told = bridge.expect("wechat:duty", "Stood down by KH Duty desk")
    assert "aunt" not in told.text
    case = await bridge.case(case)
    assert [d.kind for d in case.deadlines if d.is_running] == [DeadlineKind.REVIEW]
    assert case.is_open
    bridge.forget()
    await bridge.fast_forward(hours=5, minutes=59)
    bridge.expect_nothing("wechat:duty", "telegram:kh-group", "wecom:supervisor", "telegram:kh-secretariat")
    await bridge.fast_forward(minutes=1)
    bridge.expect("wechat:duty", "Review: due")
    await bridge.fast_forward(hours=1)
    bridge.expect_nothing("wechat:duty", containing="Acknowledge: due")


async def test_closing_asks_for_a_code_and_one_line_in_english_and_tells_both_sides(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says("wechat:duty", f"/close {case.reference}")
    asked = bridge.expect("wechat:duty", f"Why is {case.reference} closed?")
    assert len(labels(asked)) == len(ClosureCode)
    await bridge.taps("wechat:duty", "Found safe")
    bridge.expect("wechat:duty", "one line in English")
    await bridge.says("wechat:duty", "她安全了")
    bridge.expect("wechat:duty", "one line in English")
    assert (await bridge.case(case)).is_open
    await bridge.says("wechat:duty", "found at her aunt's in Nanchang")
    bridge.expect("wechat:duty", f"{case.reference}: closed: Found safe")
    told = bridge.expect("telegram:kh-group", "Closed by CN Duty desk: Found safe", f"/reopen {case.reference}")
    assert "aunt" not in told.text
    told = bridge.expect(OFFICER, "Closed by CN Duty desk: Found safe")
    assert "aunt" not in told.text
    assert "/reopen" not in told.text, "an officer may not reopen"
    case = await bridge.case(case)
    assert (case.status, case.closure) == (Status.CLOSED, ClosureCode.FOUND_SAFE)
    assert not [d for d in case.deadlines if d.is_running]
    assert (await bridge.texts(case))[-1].kind is TextKind.OUTCOME
    bridge.forget()
    await bridge.fast_forward(days=8)
    bridge.expect_nothing("wechat:duty", "telegram:kh-group", "wecom:supervisor", OFFICER)


@pytest.mark.parametrize("who", ["telegram:clerk", "telegram:kh-supervisor", "wechat:duty", "wecom:supervisor"])
async def test_either_side_closes_and_either_side_opens_again(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(who, f"/close {case.reference} duplicate same as another")
    bridge.expect(who, "closed: Duplicate")
    other = "telegram:clerk" if who.startswith("we") else "wechat:duty"
    await bridge.says(other, f"/reopen {case.reference} it is not the same girl")
    bridge.expect(other, f"{case.reference}: open again")
    assert (await bridge.case(case)).status is Status.OPEN


async def test_an_officer_does_not_close(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/close {case.reference} error mistake")
    bridge.expect(OFFICER, "That is for the duty desk or a supervisor of either side", f"/note {case.reference}")
    assert (await bridge.case(case)).is_open


async def test_a_reopened_case_asks_for_an_acknowledgment_anew_and_its_clock_starts_then(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe she called")
    await bridge.fast_forward(hours=30)
    bridge.forget()
    await bridge.says("telegram:clerk", f"/reopen {case.reference} it was not her")
    bridge.expect("wechat:duty", "Opened again by KH Duty desk", f"/ack {case.reference}")
    case = await bridge.case(case)
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).due_at == START + timedelta(hours=30, minutes=15)
    bridge.forget()
    await bridge.fast_forward(minutes=15)
    bridge.expect("wechat:duty", "Acknowledge: due", "ping 1")
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.expect("wechat:duty", "you have acknowledged")


async def test_a_case_closed_before_anybody_was_told_is_told_when_it_is_opened_again(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    await bridge.says("telegram:clerk", f"/close {case.reference} error typed by mistake")
    await bridge.fast_forward(minutes=5)
    bridge.expect_nothing("wechat:duty", containing="Acknowledge by")
    await bridge.says("telegram:clerk", f"/reopen {case.reference} no mistake after all")
    await bridge.fast_forward(seconds=1)
    bridge.expect("wechat:duty", "U2 urgent", case.reference, "Acknowledge by")


async def test_what_an_officer_answers_after_the_closure_is_not_lost_in_a_closed_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15")
    await bridge.says("telegram:clerk", f"/close {case.reference} error typed by mistake")
    bridge.forget()
    await bridge.taps(OFFICER, "China")
    bridge.expect(OFFICER, f"{case.reference} is closed")
    await bridge.says(OFFICER, "they are leaving now")
    cases = await bridge.cases()
    assert len(cases) == 2
    assert [t.text for t in await bridge.texts(cases[1])] == ["they are leaving now"]
