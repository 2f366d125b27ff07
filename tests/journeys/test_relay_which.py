"""Which case words are for: the bridge never guesses, and nothing goes on before somebody says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.relayed import (
    CLERK,
    DETECTIVE,
    DUTY,
    NIGHT,
    OFFICER,
    OWN_GROUP,
    SENT,
    THEIR_GROUP,
    THEIR_SUPERVISOR,
    head,
    turned_round,
)
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

ASKED = ("Which case are these words for?", "Nothing is sent on before you say", "3 minutes")
PHONE = "+855 10 000 000"


async def test_an_officer_on_wechat_with_two_cases_is_asked_and_the_desk_on_telegram_hears_of_the_right_one(
    tmp_path: Path,
) -> None:
    async with turned_round(tmp_path) as bridge:
        one = await bridge.report_case(*SENT, from_="wechat:officer")
        two = await bridge.report_case(*SENT, from_="wechat:officer", text="/alert somebody cries on a bus")
        bridge.forget()
        await bridge.says("wechat:officer", "they leave tonight")
        bridge.expect("wechat:officer", "Is this a new alert, or about one of your open cases?")
        bridge.expect_nothing(THEIR_GROUP, OWN_GROUP)
        await bridge.says("wechat:officer", "3")
        bridge.expect(THEIR_GROUP, f"{head(one, 'KH officer')}\nthey leave tonight")
        bridge.expect(OWN_GROUP, f"{head(one, 'KH officer')}\nthey leave tonight")
        assert len(await bridge.texts(two)) == 1


async def test_a_desk_that_just_writes_is_asked_though_only_one_case_is_open(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(DUTY, "a patrol is on its way")
    asked = bridge.expect(DUTY, *ASKED)
    assert labels(asked) == [f"{case.reference} · U1 · Locked in or held", "None of these"]
    bridge.expect_nothing(OFFICER, OWN_GROUP)
    await bridge.taps(DUTY, labels(asked)[0])
    bridge.expect(DUTY, f"{case.reference}: Sent to KH Duty desk, KH officer.")
    bridge.expect(OFFICER, f"{head(case, 'CN Duty desk')}\na patrol is on its way")


async def test_the_cases_assigned_to_whoever_writes_come_first_and_eight_at_most(bridge: PlayedBridge) -> None:
    cases = [await bridge.report_case(*SENT, text=f"/alert girl {number}") for number in range(10)]
    await bridge.says(DUTY, f"/assign {cases[0].reference} me")
    await bridge.says(DUTY, "a patrol is on its way")
    offered = [label.split(" ")[0] for label in labels(bridge.expect(DUTY, *ASKED))[:-1]]
    assert offered == [cases[0].reference, *(case.reference for case in cases[:2:-1])]


async def test_words_of_a_desk_that_nobody_places_go_nowhere_and_they_are_told(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, "a patrol is on its way")
    await bridge.fast_forward(minutes=2, seconds=59)
    bridge.forget()
    await bridge.fast_forward(seconds=1)
    bridge.expect(DUTY, "You did not say which case your words belong to, so nothing was sent on.", "/note REFERENCE")
    assert [c.reference for c in await bridge.cases()] == [case.reference]
    assert len(await bridge.texts(case)) == 1
    bridge.expect_nothing(OFFICER, OWN_GROUP)


@pytest.mark.parametrize("said", ["2", "none of these", "[None of these]"])
async def test_words_for_none_of_the_cases_go_nowhere(bridge: PlayedBridge, said: str) -> None:
    case = await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.answers(DUTY, "who has the car?", said)
    bridge.expect(DUTY, "Nothing was sent on or filed.", "/alert", "/note REFERENCE text")
    await bridge.fast_forward(minutes=4)
    assert len(await bridge.texts(case)) == 1
    bridge.expect_nothing(OFFICER, OWN_GROUP)
    bridge.expect_nothing(DUTY, containing="You did not say")


@pytest.mark.parametrize("by_number", [True, False])
async def test_a_desk_places_its_words_by_number_or_reference(bridge: PlayedBridge, by_number: bool) -> None:
    one = await bridge.report_case(*SENT)
    await bridge.report_case(*SENT, text="/alert somebody cries on a bus")
    await bridge.answers(DUTY, "a patrol is on its way", "and a doctor", "2" if by_number else one.reference.lower())
    bridge.expect(OFFICER, f"{head(one, 'CN Duty desk')}\na patrol is on its way\nand a doctor")


async def test_on_wechat_the_desk_taps_or_types_the_number_of_the_case(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, messengers=OFFICIAL_ACCOUNT)
    await bridge.start()
    try:
        case = await bridge.report_case(*SENT)
        await bridge.fast_forward(seconds=2)
        await bridge.says(DUTY, f"/case {case.reference}")
        await bridge.says(DUTY, "a patrol is on its way")
        bridge.forget(OFFICER)
        await bridge.says(DUTY, "1")
        bridge.expect(OFFICER, f"{head(case, 'CN Duty desk')}\na patrol is on its way")
    finally:
        await bridge.stop()


async def test_words_for_a_case_that_is_closed_meanwhile_are_asked_about_again(bridge: PlayedBridge) -> None:
    one = await bridge.report_case(*SENT)
    two = await bridge.report_case(*SENT, text="/alert somebody cries on a bus")
    await bridge.says(DUTY, "a patrol is on its way")
    asked = bridge.expect(DUTY, *ASKED)
    await bridge.says(CLERK, f"/close {one.reference} found_safe she is home")
    await bridge.taps(DUTY, labels(asked)[1], of=asked)
    bridge.expect(DUTY, f"{one.reference} is closed.")
    again = bridge.expect(DUTY, *ASKED)
    assert [label.split(" ")[0] for label in labels(again)] == [two.reference, "None"]
    await bridge.taps(DUTY, labels(again)[0], of=again)
    bridge.expect(OFFICER, f"{head(two, 'CN Duty desk')}\na patrol is on its way")


async def test_a_desk_is_offered_only_cases_that_it_may_see(bridge: PlayedBridge) -> None:
    await bridge.report_case(*SENT)
    await bridge.says(DETECTIVE, "anything for us?")
    bridge.expect(DETECTIVE, "Nothing was filed.")
    await bridge.says("telegram:vn-clerk", "anything for us?")
    bridge.expect("telegram:vn-clerk", "Nothing was filed.")
    await bridge.says("web:admin", "anything for us?")
    bridge.expect("web:admin", "Nothing was filed.")


async def test_a_button_of_a_case_that_is_not_theirs_places_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, "a patrol is on its way")
    asked = bridge.expect(DUTY, *ASKED)
    bridge.forget()
    data = asked.buttons[0][0].data
    await bridge.adapters["telegram"].taps_data("vn-clerk", data, "m1")
    await bridge.fast_forward(seconds=1)
    bridge.expect("telegram:vn-clerk", "No such case.")
    bridge.expect_nothing(OFFICER, OWN_GROUP)
    assert len(await bridge.texts(case)) == 1


async def test_a_number_in_words_that_nobody_places_stays_where_it_came_in(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"who knows {PHONE}?")
    await bridge.says(DUTY, "none of these")
    assert f"who knows {PHONE}?" in [row.message.text for row in bridge.inbox()], "nothing that was written is lost"
    assert await bridge.secure(case) == []
    assert not [shown for shown in bridge.everything_heard() if PHONE in shown.text]


async def test_a_photo_of_a_desk_finds_its_case_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.sends_photo(CLERK)
    bridge.expect(CLERK, *ASKED)
    await bridge.says(CLERK, "1")
    bridge.expect(CLERK, f"Kept with {case.reference}.")
    assert [file.by for file in (await bridge.storage.history(case.id)).files] == [(await bridge.person(CLERK)).id]


async def test_chatter_in_a_group_is_not_asked_about(bridge: PlayedBridge) -> None:
    await bridge.report_case(*SENT)
    bridge.forget()
    await bridge.says(CLERK, "who is on tonight?", at=OWN_GROUP)
    bridge.expect_nothing(OWN_GROUP, CLERK, DUTY, OFFICER)


async def test_a_desk_asked_while_it_had_a_prompt_open_answers_the_prompt(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/close {case.reference} found_safe")
    await bridge.says(DUTY, "she is home")
    assert not (await bridge.case(case)).is_open


async def test_words_of_a_supervisor_reach_the_officer_and_both_desks(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.answers(THEIR_SUPERVISOR, "I take it from here", "1")
    for place in (OFFICER, OWN_GROUP, DUTY):
        bridge.expect(place, f"{head(case, 'CN Duty desk')}\nI take it from here")
    bridge.expect_nothing(NIGHT, THEIR_SUPERVISOR, containing="CN Duty desk · ")


# Loops.


@pytest.mark.parametrize("how", ["note", "reply"])
async def test_our_own_message_that_comes_back_is_not_sent_on(bridge: PlayedBridge, how: str) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/note {case.reference} third floor")
    told = bridge.expect(DUTY, "third floor")
    bridge.forget()
    if how == "note":
        await bridge.says(DUTY, f"/note {case.reference} {told.text}")
    else:
        await bridge.says(DUTY, told.text, reply_to=told.id)
    bridge.expect(DUTY, "That is a message of this bridge, so it was not sent on.")
    bridge.expect_nothing(OFFICER, OWN_GROUP)
    assert len(await bridge.texts(case)) == 2


async def test_what_we_said_word_for_word_is_not_sent_on_whatever_it_is(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} on our way")
    told = bridge.expect(DUTY, "Sent to")
    bridge.forget()
    await bridge.says(DUTY, told.text, reply_to=told.id)
    bridge.expect(DUTY, "not sent on")
    bridge.expect_nothing(OFFICER, OWN_GROUP)


async def test_a_relayed_message_that_was_passed_to_us_is_not_sent_on_when_its_case_is_named(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} on our way")
    told = bridge.expect(OFFICER, "on our way")
    bridge.forget()
    await bridge.says(OFFICER, f"{told.text} - can you read this?")
    bridge.expect(OFFICER, "not sent on")
    bridge.expect_nothing(DUTY, OWN_GROUP)


async def test_two_programs_that_answer_each_other_stop_at_the_first_hop(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    alert = bridge.phones.newest_with(OWN_GROUP, "Show case")
    echo = alert
    bridge.forget()
    hops = 0
    while hops < 10:
        before = len(bridge.phones.at(OWN_GROUP))
        await bridge.says(CLERK, echo.text, at=OWN_GROUP, reply_to=echo.id)
        if len(bridge.phones.at(OWN_GROUP)) == before:
            break
        echo, hops = bridge.phones.at(OWN_GROUP)[-1], hops + 1
    assert hops == 1, "told once, in one sentence, and never again"
    assert len(await bridge.texts(case)) == 1


async def test_what_a_program_brings_in_a_private_chat_is_asked_about_once_only(bridge: PlayedBridge) -> None:
    await bridge.report_case(*SENT)
    await bridge.says(OFFICER, "we wait at the gate")
    asked = bridge.expect(OFFICER, "Is this a new alert")
    bridge.forget()
    await bridge.says(OFFICER, asked.text)
    bridge.expect_nothing(OFFICER)


async def test_a_question_that_comes_back_is_no_answer_to_it(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "girl locked in a flat")
    asked = bridge.expect(OFFICER, "(1 of 14)")
    await bridge.says(OFFICER, asked.text)
    bridge.expect_nothing(OFFICER)
