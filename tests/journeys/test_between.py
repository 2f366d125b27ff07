"""Between hand-off and its answer: questions with a deadline of their own, refusals with a reason, who will be late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.case import DeadlineKind, DeadlineState, HandoffState, RefusalCode, Status
from tests.journeys.gated import (
    CLERK,
    DETECTIVE,
    DUTY,
    OFFICER,
    OWN_GROUP,
    POLICE,
    WILLING,
    adult_case,
    feared_case,
    handed,
    page_of,
)
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

# Questions.


async def test_a_question_has_a_deadline_of_its_own_until_it_is_answered(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DETECTIVE, f"/clarify {case.reference} Which floor is it")
    bridge.expect(DETECTIVE, "KH is to answer by")
    asked = bridge.expect(OWN_GROUP, "Which floor is it")
    assert "Answer" in labels(asked)
    reply = await bridge.due(await bridge.case(case), DeadlineKind.REPLY)
    assert (reply.due_at, reply.party) == (bridge.now + timedelta(hours=2), "KH")
    await bridge.taps(CLERK, "Answer", at=OWN_GROUP)
    await bridge.replies(CLERK, "The third floor", at=OWN_GROUP)
    bridge.expect(POLICE, "The third floor")
    assert (await bridge.due(await bridge.case(case), DeadlineKind.REPLY)).state is DeadlineState.MET


async def test_a_question_that_nobody_answers_is_asked_for_at_the_side_that_owes_it(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/clarify {case.reference} Which floor is it?")
    bridge.forget()
    await bridge.fast_forward(hours=2, minutes=1)
    asked = bridge.expect(OWN_GROUP, "Answer the question: due", "A question of the other side waits for you")
    assert "Answer" in labels(asked)
    bridge.expect_nothing(DUTY, containing="Answer the question")


async def test_what_the_officer_says_next_answers_the_question(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/clarify {case.reference} Which floor is it?")
    await bridge.says(OFFICER, "third floor, blue door")
    bridge.expect(DUTY, "third floor, blue door")
    assert (await bridge.due(await bridge.case(case), DeadlineKind.REPLY)).state is DeadlineState.MET


async def test_a_note_that_answers_nothing_leaves_the_question_open(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/clarify {case.reference} Which floor is it?")
    await bridge.says(CLERK, f"/note {case.reference} We look into it.")
    assert (await bridge.due(await bridge.case(case), DeadlineKind.REPLY)).is_running


async def test_both_sides_may_owe_an_answer_at_the_same_time(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/clarify {case.reference} Which floor is it?")
    await bridge.says(CLERK, f"/clarify {case.reference} Is a doctor with you?")
    await bridge.says(DUTY, f"/answer {case.reference} Yes, one.")
    running = [d for d in (await bridge.case(case)).deadlines if d.kind is DeadlineKind.REPLY and d.is_running]
    assert [d.party for d in running] == ["KH"]


async def test_no_question_crosses_to_a_state_that_is_feared(bridge: PlayedBridge) -> None:
    case = await feared_case(bridge)
    await bridge.says(CLERK, f"/clarify {case.reference} Is she with you?")
    bridge.expect(CLERK, "It stays on your own side")
    bridge.expect_nothing(DUTY, POLICE, containing="Is she with you")
    assert not [d for d in (await bridge.case(case)).deadlines if d.kind is DeadlineKind.REPLY]


async def test_nobody_who_was_not_asked_can_answer(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(CLERK, f"/answer {case.reference} third floor")
    bridge.expect(CLERK, "That does not apply")


@pytest.mark.parametrize("ends", ["close", "standdown"])
async def test_a_question_that_nobody_had_answered_is_waited_for_again_when_the_case_opens_again(
    bridge: PlayedBridge, ends: str
) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(DUTY, f"/clarify {case.reference} Which floor is it?")
    if ends == "close":
        await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    else:
        await bridge.says("telegram:kh-supervisor", f"/standdown {case.reference} wait for her")
    await bridge.says(CLERK, f"/reopen {case.reference} taken again")
    reply = await bridge.due(await bridge.case(case), DeadlineKind.REPLY)
    assert (reply.is_running, reply.due_at, reply.party) == (True, bridge.now + timedelta(hours=2), "KH")
    bridge.forget()
    await bridge.fast_forward(hours=2, minutes=1)
    bridge.expect(OWN_GROUP, "Answer the question: due", "A question of the other side waits for you")


async def test_a_question_that_was_answered_is_not_waited_for_again(bridge: PlayedBridge) -> None:
    case = await adult_case(bridge, WILLING)
    await bridge.says(DUTY, f"/clarify {case.reference} Which floor is it?")
    await bridge.says(CLERK, f"/answer {case.reference} The third floor")
    await bridge.says(CLERK, f"/close {case.reference} found_safe She is home.")
    await bridge.says(CLERK, f"/reopen {case.reference} taken again")
    assert (await bridge.due(await bridge.case(case), DeadlineKind.REPLY)).state is DeadlineState.MET


# Refusals.


@pytest.mark.parametrize("accepted", [False, True], ids=["sent", "accepted"])
async def test_a_channel_refuses_for_one_of_the_agreed_reasons(bridge: PlayedBridge, accepted: bool) -> None:
    case = await handed(bridge, accepted=accepted)
    await bridge.says(DETECTIVE, f"/refuse {case.reference} police")
    asked = bridge.expect(DETECTIVE, "Why is it refused?")
    assert "it needs a judge's permission" in labels(asked)
    await bridge.taps(DETECTIVE, "it needs a judge's permission")
    bridge.expect(DETECTIVE, "one line in English")
    await bridge.says(DETECTIVE, "A warrant is needed first.")
    bridge.expect(DETECTIVE, "refused: it needs a judge's permission")
    bridge.expect(OWN_GROUP, "Refused by the police channel: it needs a judge's permission")
    case = await bridge.case(case)
    (handoff,) = case.handoffs
    assert (handoff.state, handoff.refusal) == (HandoffState.RETURNED, RefusalCode.JUDICIAL_PERMISSION)
    assert case.status is Status.ACKNOWLEDGED
    assert (await bridge.due(case, DeadlineKind.POLICE)).is_running
    assert not any(d.is_running for d in case.deadlines if d.kind in (DeadlineKind.ANSWER, DeadlineKind.WRITTEN))


async def test_a_refusal_is_typed_in_one_line(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DETECTIVE, f"/refuse {case.reference} not available: no such street")
    bridge.expect(DETECTIVE, "refused: what is asked is not available")


@pytest.mark.parametrize("typed", ["/return {} police 不属本省", "/refuse {} police not_available 没有此街"])
async def test_why_a_channel_returns_it_gets_its_english_and_nothing_waits_for_that(
    bridge: PlayedBridge, typed: str
) -> None:
    case = await handed(bridge)
    await bridge.says(DETECTIVE, typed.format(case.reference))
    bridge.expect(DETECTIVE, "runs again", "It is written in Chinese; your duty desk is asked")
    bridge.expect(OWN_GROUP, "by the police channel")
    bridge.expect(DUTY, f"Please say it in English too: /english {case.reference} reason")
    await bridge.says(DUTY, f"/english {case.reference} reason It is another province.")
    bridge.expect(DUTY, "kept beside the original", "In English: It is another province.")
    told = bridge.expect(OWN_GROUP, "An English version of a reason was added by CN Duty desk.")
    assert "province" not in told.text
    assert "It is another province." in str(await page_of(bridge, CLERK, case))


async def test_why_it_is_taken_back_gets_its_english_too(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(CLERK, f"/recall {case.reference} police គាត់បានត្រឡប់មកវិញ")
    bridge.expect(CLERK, "taken back", f"Please say it in English too: /english {case.reference} reason")
    await bridge.says(CLERK, f"/english {case.reference} reason She came back.")
    bridge.expect(DUTY, "An English version of a reason was added")


# Who will be late.


async def test_who_will_be_late_says_so_and_the_clock_asks_at_the_new_time_once(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    due = await bridge.due(case, DeadlineKind.POLICE)
    await bridge.says(DUTY, f"/late {case.reference} police 10h waiting for the provincial office")
    bridge.expect(DUTY, "police channel by", "the clock asks then")
    told = bridge.expect(OWN_GROUP, "CN Duty desk will be late: police channel by Sun 19 Apr 00:05 Phnom Penh")
    assert "provincial" not in told.text
    await bridge.says(DETECTIVE, f"/return {case.reference} police not ours")
    bridge.forget()
    await bridge.fast_forward(hours=9, minutes=50)
    assert bridge.now > due.due_at
    bridge.expect_nothing(OWN_GROUP, containing="Police channel: due")
    await bridge.fast_forward(minutes=11)
    bridge.expect(OWN_GROUP, "Police channel: due", "ping 1")
    await bridge.says(DUTY, f"/late {case.reference} police 2h again")
    bridge.expect(DUTY, "said before it is due, and once")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("police", "By when, and why?"),
        ("police 1h30 two readings", "By when, and why?"),
        ("police 明天9点等省厅", "By when, and why?"),
        ("police 30m too early", "must be after"),
        ("police 40h much too late", "no later than"),
        ("police 25:99 no such time", "By when, and why?"),
    ],
)
async def test_a_new_time_that_is_none_is_asked_for_again(bridge: PlayedBridge, words: str, answer: str) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/late {case.reference} {words}")
    bridge.expect(DUTY, answer)
    assert (await bridge.due(await bridge.case(case), DeadlineKind.POLICE)).promised_at is None


@pytest.mark.parametrize("typed", ["tomorrow 00:10", "19 Apr 00:10", "明天0:10"])
async def test_a_new_time_in_usual_words_is_shown_back_and_its_reason_asked_for(
    bridge: PlayedBridge, typed: str
) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/late {case.reference} police {typed}")
    bridge.expect(DUTY, "By Sat 18 Apr 23:10 Phnom Penh / Sun 19 Apr 00:10 Beijing. Why?")
    await bridge.says(DUTY, "the minister is away")
    bridge.expect(DUTY, "police channel by Sat 18 Apr 23:10 Phnom Penh", "The other side is told")
    promised = (await bridge.due(await bridge.case(case), DeadlineKind.POLICE)).promised_at
    assert promised is not None
    assert f"{promised:%d %H:%M}" == "18 16:10"


async def test_a_time_of_day_is_read_in_the_writers_own_zone(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(DUTY, f"/late {case.reference} answer 18:10 a meeting")
    bridge.expect(DUTY, "17:10 Phnom Penh / 18:10 Beijing")


async def test_only_who_owes_it_says_that_it_will_be_late(bridge: PlayedBridge) -> None:
    case = await handed(bridge)
    await bridge.says(CLERK, f"/late {case.reference} 10h we wait")
    bridge.expect(CLERK, "Nothing of your side is due")
    await bridge.says(DETECTIVE, f"/accept {case.reference} police MPS-77/26")
    await bridge.says(CLERK, f"/late {case.reference} 80h the minister is away")
    bridge.expect(CLERK, "confirm in writing by")


async def test_a_question_goes_on_in_the_older_case_and_is_met_there(bridge: PlayedBridge) -> None:
    older, younger = await adult_case(bridge, WILLING), await adult_case(bridge, WILLING)
    await bridge.says(DUTY, f"/clarify {younger.reference} Which floor is it")
    await bridge.says(CLERK, f"/same {younger.reference} {older.reference}")
    reply = await bridge.due(await bridge.case(older), DeadlineKind.REPLY)
    assert (reply.party, reply.state) == ("KH", DeadlineState.RUNNING)
    await bridge.says(CLERK, f"/answer {older.reference} The third floor")
    assert (await bridge.due(await bridge.case(older), DeadlineKind.REPLY)).state is DeadlineState.MET
