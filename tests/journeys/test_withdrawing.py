"""An officer takes an alert back, by themselves at first, later with their own desk; and disputes a closure."""

from __future__ import annotations

import pytest

from bot.domain.case import ClosureCode, Status, TextKind
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, CLERK = "telegram:officer", "telegram:clerk"
DUTY, OWN_GROUP = "wechat:duty", "telegram:kh-group"
SENT = ("no", "locked in", "15", "send", "send")
WORDS = ["cancel", "Stop!", "false alarm", "sorry, false alarm", "/cancel", "取消", "误报", "បោះបង់", "báo nhầm"]


@pytest.mark.parametrize("words", WORDS)
async def test_an_alert_is_withdrawn_by_a_word_and_a_tap_and_the_desks_are_told(
    bridge: PlayedBridge, words: str
) -> None:
    case = await bridge.report_case()
    bridge.forget()
    await bridge.says(OFFICER, words)
    asked = bridge.expect(OFFICER, f"Withdraw {case.reference}? Tap why")
    assert labels(asked) == ["No, it goes on", "Sent by mistake", "Only a test", "Reported twice", "I was told wrong"]
    assert (await bridge.case(case)).is_open, "a word alone closes nothing"
    await bridge.taps(OFFICER, "Sent by mistake")
    done = bridge.expect(OFFICER, f"{case.reference}: withdrawn.")
    assert labels(done) == ["This is wrong"]
    for desk in (DUTY, OWN_GROUP):
        bridge.expect(desk, case.reference, "Withdrawn by the officer", "Sent by mistake", f"/reopen {case.reference}")
    case = await bridge.case(case)
    assert (case.status, case.closure) == (Status.CLOSED, ClosureCode.ERROR)
    bridge.forget()
    await bridge.fast_forward(hours=9)
    bridge.expect_nothing(DUTY, OWN_GROUP, OFFICER)


async def test_on_a_messenger_without_buttons_a_number_says_why(bridge_on_wechat: PlayedBridge) -> None:
    bridge, officer = bridge_on_wechat, "wechat:officer"
    case = await bridge.report_case("no", "locked in", "16", from_=officer)
    await bridge.answers(officer, "取消", "3")
    bridge.expect(OWN_GROUP, case.reference, "Withdrawn by the officer", "Only a test")
    assert (await bridge.case(case)).closure is ClosureCode.ERROR


async def test_who_was_never_told_of_it_is_not_told_that_it_is_withdrawn(bridge: PlayedBridge) -> None:
    await bridge.answers(OFFICER, "somebody screams for help", "cancel", "[Only a test]")
    case = await bridge.only_case()
    bridge.expect(OWN_GROUP, case.reference, "Withdrawn by the officer")
    bridge.expect_nothing(DUTY)


async def test_it_goes_on_where_it_was_when_the_officer_thinks_better_of_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no")
    await bridge.answers(OFFICER, "cancel", "[No, it goes on]")
    bridge.expect(OFFICER, f"{case.reference} goes on.", "(2 of 14)")
    await bridge.says(OFFICER, "locked in")
    assert (await bridge.case(case)).value("situation") == "confined"


async def test_an_answer_typed_instead_of_a_reason_withdraws_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in")
    await bridge.answers(OFFICER, "stop", "16")
    case = await bridge.case(case)
    assert (case.is_open, case.value("age_group")) == (True, "12_17")


async def test_a_typed_reason_stays_on_the_page_of_the_own_side(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.says(OFFICER, f"/withdraw {case.reference} her brother was only angry")
    told = bridge.expect(DUTY, "Withdrawn by the officer, nobody had acknowledged.")
    assert "brother" not in told.text
    assert "on the page" not in told.text, "only the officer's own side reads it there"
    assert "The reason is on the page." in bridge.expect("telegram:kh-group", "Withdrawn by the officer").text
    kept = [t for t in await bridge.texts(case) if t.kind is TextKind.REASON]
    assert [(t.text, t.own_side_only) for t in kept] == [("her brother was only angry", True)]


@pytest.mark.parametrize("is_acknowledged", [True, False])
async def test_later_the_own_desk_is_asked_and_one_tap_grants_it(bridge: PlayedBridge, is_acknowledged: bool) -> None:
    case = await bridge.report_case(*SENT)
    if is_acknowledged:
        await bridge.taps(DUTY, "Acknowledge")
    else:
        await bridge.fast_forward(minutes=11)
    bridge.forget()
    await bridge.says(OFFICER, "false alarm")
    bridge.expect(OFFICER, f"{case.reference} is with the desks, so your own desk decides.")
    await bridge.taps(OFFICER, "Reported twice")
    bridge.expect(OFFICER, f"{case.reference}: KH Duty desk is asked.", "the clock goes on")
    asked = bridge.expect(OWN_GROUP, "the officer asks to withdraw it: Reported twice")
    assert labels(asked) == ["Close as an error", "Show case"]
    bridge.expect_nothing(DUTY)
    assert (await bridge.case(case)).is_open
    await bridge.taps(CLERK, "Close as an error", at=OWN_GROUP)
    assert (await bridge.case(case)).closure is ClosureCode.ERROR
    bridge.expect(DUTY, "Closed by KH Duty desk: Opened in error")
    bridge.expect(OFFICER, "Closed by KH Duty desk: Opened in error")


async def test_a_tap_on_the_reason_that_comes_after_the_acknowledgment_asks_the_desk(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, "cancel")
    await bridge.taps(DUTY, "Acknowledge")
    await bridge.taps(OFFICER, "Sent by mistake")
    bridge.expect(OWN_GROUP, "the officer asks to withdraw it")
    assert (await bridge.case(case)).is_open


@pytest.mark.parametrize("who", [CLERK, DUTY, "telegram:kh-supervisor", "wecom:supervisor"])
async def test_nobody_else_withdraws_it(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(who, f"/withdraw {case.reference} mistake")
    bridge.expect(who, "Only whoever reported the case can ask for that.")
    assert (await bridge.case(case)).is_open


async def test_with_several_alerts_the_officer_is_asked_which(bridge: PlayedBridge) -> None:
    first = await bridge.report_case(*SENT)
    second = await bridge.report_case(*SENT, text="/alert two boys in Kunming bus station")
    await bridge.says(OFFICER, "cancel")
    asked = bridge.expect(OFFICER, "Which alert do you want to withdraw?")
    assert [label.split(" ")[0] for label in labels(asked)] == [second.reference, first.reference]
    await bridge.taps(OFFICER, next(label for label in labels(asked) if first.reference in label))
    await bridge.taps(OFFICER, "Sent by mistake")
    assert [(await bridge.case(k)).is_open for k in (first, second)] == [False, True]


async def test_cancel_with_nothing_open_is_answered_and_opens_nothing(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "cancel")
    bridge.expect(OFFICER, "You have no open alert, so there is nothing to withdraw.")
    await bridge.answers(OFFICER, "/alert", "stop", "thanks")
    bridge.expect(OFFICER, "No alert was opened.")
    await bridge.fast_forward(minutes=5)
    assert await bridge.cases() == []


async def test_cancel_takes_back_a_question_of_ours_and_is_sent_to_nobody(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/note {case.reference}")
    bridge.forget()
    await bridge.says(OFFICER, "cancel")
    bridge.expect(OFFICER, "That was not done. Nothing was changed or sent.")
    bridge.expect_nothing(DUTY, OWN_GROUP)
    assert [t.kind for t in await bridge.texts(case)] == [TextKind.FIRST]


async def test_false_alarm_may_be_the_reason_that_was_asked_for(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.answers("telegram:kh-supervisor", f"/standdown {case.reference}", "false alarm")
    assert (await bridge.case(case)).stood_down_at is not None


async def test_a_lasting_danger_is_no_false_alarm(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "false alarm? no, she is really locked in")
    assert (await bridge.only_case()).is_open


# A closure.


async def test_an_officer_is_offered_to_say_that_a_closure_is_wrong_and_the_desk_is_asked(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(DUTY, f"/close {case.reference} found_safe found at her aunt's")
    told = bridge.expect(OFFICER, "Closed by CN Duty desk: Found safe")
    assert "/reopen" not in told.text
    assert labels(told) == ["This is wrong"]
    assert "/reopen" in bridge.expect(OWN_GROUP, "Closed by CN Duty desk").text
    await bridge.taps(OFFICER, "This is wrong")
    bridge.expect(OFFICER, "KH Duty desk is asked.", "/alert and what happened")
    asked = bridge.expect(OWN_GROUP, "the officer says that this closure is wrong: Found safe")
    assert labels(asked) == ["Reopen", "Show case"]
    assert not (await bridge.case(case)).is_open
    await bridge.taps(CLERK, "Reopen", at=OWN_GROUP)
    assert (await bridge.case(case)).status is Status.OPEN
    bridge.expect(DUTY, "Opened again by KH Duty desk")
    assert "/ack" not in bridge.expect(OFFICER, "Opened again by KH Duty desk").text


async def test_nobody_is_told_to_reopen_who_may_not(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(CLERK, f"/close {case.reference} found_safe found at her aunt's")
    await bridge.answers(
        OFFICER, f"/note {case.reference} she is not", f"/reopen {case.reference} she is not", "status"
    )
    assert all("/reopen" not in text for text in bridge.heard(OFFICER))


async def test_on_a_page_of_a_closed_case_words_may_say_why_it_is_wrong(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/close {case.reference} found_safe found at her aunt's")
    await bridge.says(OFFICER, f"/wrong {case.reference} her sister saw her in the flat")
    asked = bridge.expect(OWN_GROUP, "the officer says that this closure is wrong")
    assert "sister" not in asked.text
    kept = [t for t in await bridge.texts(case) if t.kind is TextKind.REASON]
    assert [(t.text, t.own_side_only) for t in kept] == [("her sister saw her in the flat", True)]
