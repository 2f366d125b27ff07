"""What a duty desk does with a case, by button and by command, and what it hears back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.agreement import Urgency
from bot.domain.case import Case, DeadlineKind, DeadlineState, Status, TextKind
from bot.domain.messages import DeliveryState
from tests.kit.clock import START
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
SENT = ("no", "locked in", "15", "send", "send")


async def test_an_acknowledgment_is_told_to_everybody_and_does_not_stop_the_clock(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.expect("wechat:duty", f"{case.reference}: you have acknowledged", "Next: police channel by Sat 18 Apr 15:05")
    for address in (OFFICER, "telegram:kh-group"):
        told = bridge.expect(address, case.reference, "Acknowledged by CN Duty desk")
        assert "Li Wei" not in told.text
    case = await bridge.case(case)
    assert (case.status, case.acknowledged_at) == (Status.ACKNOWLEDGED, START)
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).state is DeadlineState.MET
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running
    bridge.forget()
    await bridge.fast_forward(minutes=59)
    bridge.expect_nothing("wechat:duty", "wecom:supervisor", "wecom:secretariat")


@pytest.mark.parametrize(
    "who", [OFFICER, "telegram:clerk", "telegram:kh-supervisor", "wecom:detective", "web:admin", "telegram:colleague"]
)
async def test_only_the_requested_duty_desk_acknowledges(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(who, f"ack {case.reference}")
    outsider = who in ("telegram:colleague", "wecom:detective", "web:admin")
    bridge.expect(who, "No such case." if outsider else "Only the requested side can acknowledge: CN Duty desk.")
    assert (await bridge.due(case, DeadlineKind.ACKNOWLEDGE)).is_running


async def test_a_second_acknowledgment_is_welcome_and_changes_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(minutes=1)
    bridge.forget()
    await bridge.taps("wechat:duty", "Acknowledge")
    bridge.expect("wechat:duty", "acknowledged already, Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing")
    bridge.expect_nothing(OFFICER)
    assert all(shown.edits for shown in bridge.phones.take("telegram:kh-group")), (
        "at most its alert is brought up to date"
    )
    assert (await bridge.case(case)).acknowledged_at == START


async def test_a_button_from_yesterday_is_refused_with_what_can_be_done_now(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "in a safe place", "25", "send", "send")
    alert = bridge.phones.newest_with("wechat:duty", "Assign to me")
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.fast_forward(days=1)
    bridge.forget()
    await bridge.taps("wechat:duty", "Assign to me", of=alert)
    refused = bridge.expect("wechat:duty", f"{case.reference} has moved on", "Nothing was changed")
    assert labels(refused) == ["Remind them", "Close", "Assign to me"]
    assert not (await bridge.case(case)).assignees
    await bridge.taps("wechat:duty", "Assign to me", of=refused)
    bridge.expect("wechat:duty", "assigned to Li Wei")


async def test_an_acknowledgment_from_yesterdays_button_is_never_refused(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    alert = bridge.phones.newest_with("wechat:duty", "Acknowledge")
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    await bridge.fast_forward(hours=20)
    await bridge.taps("wechat:duty", "Acknowledge", of=alert)
    bridge.expect("wechat:duty", f"{case.reference}: you have acknowledged")
    assert (await bridge.case(case)).acknowledged_at == bridge.now


async def test_a_double_tap_acts_once(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.taps("wechat:duty", "Acknowledge")
    await bridge.says("wechat:duty", f"/case {case.reference}")
    shown = bridge.phones.newest_with("wechat:duty", "Assign to me")
    bridge.forget()
    await bridge.taps("wechat:duty", "Assign to me", of=shown)
    await bridge.taps("wechat:duty", "Assign to me", of=shown)
    assert len((await bridge.case(case)).assignees) == 1


async def test_a_redelivered_message_makes_one_case_and_one_answer(bridge: PlayedBridge) -> None:
    first = await bridge.says(OFFICER, "girl locked in a flat")
    bridge.forget()
    await bridge.redelivers(first)
    await bridge.restart()
    await bridge.redelivers(first)
    assert len(await bridge.cases()) == 1
    bridge.expect_nothing(OFFICER)
    assert len([row for row in bridge.inbox() if row.message.external_id == first.external_id]) == 1


async def test_a_redelivered_tap_acts_once(bridge: PlayedBridge) -> None:
    await bridge.report_case(*SENT)
    tap = await bridge.taps("wechat:duty", "Acknowledge")
    bridge.forget()
    await bridge.redelivers(tap)
    bridge.expect_nothing("wechat:duty", OFFICER, "telegram:kh-group")


async def test_a_case_is_assigned_to_a_colleague_of_the_own_side_who_is_pinged_then_on_duty_or_not(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says("wechat:duty", f"/assign {case.reference} Kim Ly")
    bridge.expect("wechat:duty", "To whom?", "Li Wei", "Zhao Min")
    await bridge.says("wechat:duty", "zhao min")
    bridge.expect("wechat:duty", "assigned to Zhao Min")
    bridge.expect("wechat:night", case.reference, "Assigned to you by CN Duty desk")
    await bridge.fast_forward(minutes=15)
    bridge.expect("wechat:night", "ping 1")


async def test_a_note_reaches_the_other_side_and_the_own_desk_in_words(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says("wechat:duty", f"/note {case.reference} patrol sent to the flat")
    bridge.expect("wechat:duty", "Sent to KH Duty desk, KH officer.")
    for address in (OFFICER, "telegram:kh-group"):
        bridge.expect(address, f"{case.reference} · CN Duty desk · ", "patrol sent to the flat")
    assert (await bridge.texts(case))[-1].kind is TextKind.NOTE


async def test_a_memo_stays_on_the_own_side_and_nobody_is_told(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says("telegram:clerk", f"/memo {case.reference} ask the aunt first")
    bridge.expect("telegram:clerk", "kept for your side only")
    bridge.expect_nothing("wechat:duty", OFFICER, "wecom:supervisor")
    memo = (await bridge.texts(case))[-1]
    assert (memo.kind, memo.own_side_only, memo.party) == (TextKind.MEMO, True, "KH")


async def test_a_note_and_a_memo_can_be_amended(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    memo = await bridge.says("telegram:clerk", f"/memo {case.reference} ask the ant first")
    await bridge.edits(memo, f"/memo {case.reference} ask the aunt first")
    original, amended = (await bridge.texts(case))[-2:]
    assert (amended.amends, amended.own_side_only, amended.text) == (original.id, True, "ask the aunt first")


async def test_a_reply_to_an_alert_is_a_note_to_its_case(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    alert = bridge.phones.newest_with("wechat:duty", "Acknowledge")
    await bridge.says("wechat:duty", "which floor is it?", reply_to=alert.id)
    bridge.expect(OFFICER, f"{case.reference} · CN Duty desk · ", "which floor is it?")
    assert (await bridge.texts(case))[-1].text == "which floor is it?"


async def test_a_case_shows_its_state_its_deadlines_and_how_to_say_its_reference(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.taps("wechat:duty", "Show case")
    shown = bridge.expect("wechat:duty", "U1 immediate", case.reference, "Say: Kilo Charlie 2 6,")
    assert "Police channel: by Sat 18 Apr 15:05 Phnom Penh / 16:05 Beijing (in 1 h)" in shown.text


async def test_an_act_proves_that_the_desk_has_seen_the_alert(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    alert = next(d for d in await bridge.deliveries(case) if d.message.address.peer == "duty")
    assert alert.state is DeliveryState.SENT
    await bridge.taps("wechat:duty", "Acknowledge")
    alert = next(d for d in await bridge.deliveries(case) if d.message.address.peer == "duty")
    assert alert.state is DeliveryState.SEEN


async def test_the_list_of_cases_is_that_of_the_person(bridge: PlayedBridge) -> None:
    mine = await bridge.report_case(*SENT)
    theirs = await bridge.report_case(*SENT, from_="telegram:vn-officer")
    for who, references in {
        OFFICER: [mine],
        "telegram:clerk": [mine],
        "telegram:vn-clerk": [theirs],
        "wechat:duty": [mine, theirs],
        "telegram:colleague": [],
    }.items():
        bridge.forget(who)
        await bridge.says(who, "/cases")
        (listed,) = bridge.heard(who)
        assert {c.reference for c in (mine, theirs) if c.reference in listed} == {c.reference for c in references}


def _with_another_check(case: Case) -> str:
    return case.reference[:-1] + ("3" if case.reference[-1] != "3" else "4")


async def test_a_near_miss_is_never_looked_up(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(OFFICER, f"/case {_with_another_check(case)}")
    bridge.expect(OFFICER, "No such case: the reference has a typing error.", f"Your open cases: {case.reference}")
    await bridge.says("telegram:colleague", f"/ack {_with_another_check(case)}")
    assert case.reference not in bridge.expect("telegram:colleague", "typing error").text
    await bridge.says("wechat:duty", f"/close {_with_another_check(case)} error mistake")
    bridge.expect("wechat:duty", "typing error")
    assert (await bridge.case(case)).is_open


@pytest.mark.parametrize("command", ["case", "plan", "ack", "note", "close", "handoff", "standdown"])
async def test_for_people_outside_it_a_case_does_not_exist_in_the_same_words(
    bridge: PlayedBridge, command: str
) -> None:
    case = await bridge.report_case(*SENT)
    for who in ("telegram:vn-clerk", "telegram:vn-officer", "telegram:colleague"):
        bridge.forget(who)
        await bridge.says(who, f"/{command} {case.reference} police because")
        await bridge.says(who, f"/{command} KC26-M9S35-2 police because")
        hidden, absent = bridge.heard(who)
        assert hidden == absent == "No such case."


async def test_a_reference_is_read_however_it_is_typed(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says("wechat:duty", f"ACK {case.reference.lower().replace('-', ' ')}")
    bridge.expect("wechat:duty", "you have acknowledged")


async def test_a_question_of_an_act_lapses_after_ten_minutes(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says("wechat:duty", f"/close {case.reference} found_safe")
    await bridge.fast_forward(minutes=10, seconds=1)
    bridge.forget()
    await bridge.says("wechat:duty", "she is home")
    bridge.expect("wechat:duty", "Which case are these words for?")
    assert (await bridge.case(case)).is_open


async def test_words_of_a_duty_officer_never_open_a_case_by_accident(bridge: PlayedBridge) -> None:
    await bridge.says("telegram:clerk", "who is on tonight?")
    bridge.expect("telegram:clerk", "Nothing was filed")
    assert not await bridge.cases()
    await bridge.says("telegram:clerk", "/alert girl locked in a flat")
    assert len(await bridge.cases()) == 1


async def test_an_act_on_another_case_does_not_lose_a_duty_officers_own_intake(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    own = await bridge.report_case("no", from_="telegram:clerk", text="/alert boy on a bus")
    await bridge.says("telegram:clerk", f"/close {case.reference} found_safe")
    await bridge.says("telegram:clerk", "she is home")
    bridge.expect("telegram:clerk", f"{case.reference}: closed")
    await bridge.says("telegram:clerk", "being moved")
    assert (await bridge.case(own)).value("situation") == "being_moved"


async def test_an_unknown_command_files_nothing_and_says_how_to_report(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/alrt girl locked in a flat")
    bridge.expect(OFFICER, "/alrt is not known, and nothing was filed", "/alert")
    assert not await bridge.cases()


async def test_deadlines_of_urgent_cases_come_first_in_the_answer(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    due = await bridge.due(case, DeadlineKind.ACKNOWLEDGE)
    assert due.due_at - START == timedelta(minutes=15)
    await bridge.says("telegram:clerk", f"/handoff {case.reference} police send")
    bridge.expect("telegram:clerk", "Next: acknowledge by Sat 18 Apr 14:20 Phnom Penh / 15:20 Beijing (in 15 min).")


async def test_what_a_supervisor_lowered_stays_so_until_an_answer_says_more(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    assert case.urgency is Urgency.U1
    await bridge.says("wecom:supervisor", f"/urgency {case.reference} U3 her mother sits beside her")
    await bridge.says("telegram:clerk", f"/interest {case.reference} she asked for it")
    await bridge.answers(OFFICER, "edit 9", "1")
    assert (await bridge.case(case)).urgency is Urgency.U3
    await bridge.answers(OFFICER, "edit 1", "yes")
    assert (await bridge.case(case)).urgency is Urgency.U1


@pytest.mark.parametrize("words", ["/urgency {} U3 her mother sits beside her", "/snooze {} 10m her mother calls us"])
async def test_the_reason_that_is_said_to_be_on_the_page_is_there(bridge: PlayedBridge, words: str) -> None:
    case = await bridge.report_case("no", "locked in", "15", "send", "send")
    await bridge.says("wecom:supervisor", words.format(case.reference))
    bridge.expect("telegram:kh-group", "The reason is on the page.")
    assert "her mother" in str([text.text for text in await bridge.texts(case) if text.kind is TextKind.REASON])
