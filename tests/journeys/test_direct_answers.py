"""An answer to what somebody just wrote about a case is about that case; one tap says that it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.case import TextKind
from bot.domain.messages import Kind
from tests.journeys.either_phone import BOTH, DUTY, OWN_GROUP, Phone, officer_on
from tests.journeys.relayed import CLERK, SENT
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"


async def _asks(phone: Phone, reference: str, words: str = "Which floor?") -> None:
    await phone.bridge.says(DUTY, f"/note {reference} {words}")
    phone.bridge.expect(phone.who, words)
    await phone.bridge.fast_forward(minutes=1)
    phone.bridge.forget()


@BOTH
async def test_the_answer_to_the_desks_question_is_filed_and_said_back_in_one_line(
    tmp_path: Path, messenger: str
) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(*SENT)
        await _asks(phone, case.reference)
        await phone.bridge.fast_forward(minutes=9)
        await phone.does("third floor")
        answer = phone.bridge.expect(phone.who, f"{case.reference}: Sent to")
        assert "\n" not in answer.text.partition("\n\n1.")[0]
        assert "Not this case" in (*labels(answer), *answer.text.replace("1. ", "").split("\n"))
        phone.bridge.expect(DUTY, "third floor")
        phone.bridge.expect(OWN_GROUP, "third floor")
        await phone.does("the blue door")
        phone.bridge.expect(DUTY, "the blue door")
        await phone.bridge.fast_forward(minutes=5)
        assert len(await phone.bridge.cases()) == 1
        assert [t.kind for t in await phone.bridge.texts(case)] == [TextKind.FIRST, *[TextKind.NOTE] * 3]


@BOTH
async def test_not_this_case_takes_it_back_and_the_words_find_their_own(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(*SENT)
        await _asks(phone, case.reference)
        await phone.does("boy of 9 on a bus to the border")
        phone.bridge.expect(DUTY, "boy of 9")
        await phone.does("[Not this case]")
        phone.bridge.expect(DUTY, case.reference, "is not about this case")
        phone.bridge.expect(OWN_GROUP, case.reference, "is not about this case")
        phone.bridge.expect(phone.who, "Is somebody in danger?")
        await phone.bridge.fast_forward(minutes=3)
        _, opened = await phone.bridge.cases()
        assert [t.text for t in await phone.bridge.texts(opened)] == ["boy of 9 on a bus to the border"]
        phone.bridge.expect(phone.who, opened.reference)


async def test_a_second_tap_on_not_this_case_does_nothing(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} Which floor?")
    await bridge.says(OFFICER, "boy of 9 on a bus")
    shown = bridge.phones.newest_with(OFFICER, "Not this case")
    await bridge.answers(OFFICER, "[Not this case]", "[Yes, alert]")
    bridge.forget()
    await bridge.taps(OFFICER, "Not this case", of=shown)
    bridge.expect(OFFICER, "found their case already")
    bridge.expect_nothing(DUTY, OWN_GROUP)
    assert len(await bridge.cases()) == 2


@BOTH
async def test_a_question_of_the_desk_has_an_answer_button(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(*SENT)
        await phone.bridge.says(DUTY, f"/note {case.reference} Which floor?")
        await phone.bridge.fast_forward(minutes=11)
        await phone.does("[Answer]")
        phone.bridge.expect(phone.who, "What do you want to tell the other side?")
        await phone.does("third floor")
        phone.bridge.expect(DUTY, "third floor")


async def test_what_asks_nothing_has_no_answer_button(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} We are on the way.")
    assert "Answer" not in labels(bridge.expect(OFFICER, "We are on the way."))


async def test_some_minutes_later_words_are_asked_about_as_before(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} Which floor?")
    await bridge.fast_forward(minutes=11)
    bridge.forget()
    await bridge.says(OFFICER, "third floor")
    bridge.expect(OFFICER, "Is this a new alert, or about one of your open cases?")
    bridge.expect_nothing(DUTY)


async def test_what_an_officer_forwards_after_a_question_is_asked_about(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} Which floor?")
    bridge.forget()
    await bridge.sends(OFFICER, Kind.TEXT, text="third floor, the red door", origin="a neighbour")
    bridge.expect(OFFICER, "Is this a new alert, or about one of your open cases?")
    bridge.expect_nothing(DUTY)


async def test_when_something_was_said_about_two_cases_the_officer_is_asked(bridge: PlayedBridge) -> None:
    one = await bridge.report_case(*SENT)
    two = await bridge.report_case(*SENT, text="/alert somebody cries on a bus")
    await bridge.fast_forward(minutes=15)
    await bridge.says(DUTY, f"/note {one.reference} Which floor?")
    await bridge.says(DUTY, f"/note {two.reference} Which bus?")
    bridge.forget()
    await bridge.says(OFFICER, "the third")
    bridge.expect(OFFICER, "Is this a new alert, or about one of your open cases?")
    bridge.expect_nothing(DUTY)


async def test_of_two_cases_the_one_that_was_just_spoken_of_is_meant(bridge: PlayedBridge) -> None:
    one = await bridge.report_case(*SENT)
    two = await bridge.report_case(*SENT, text="/alert somebody cries on a bus")
    await bridge.fast_forward(minutes=12)
    await bridge.says(DUTY, f"/note {one.reference} Which floor?")
    await bridge.says(OFFICER, "third floor")
    assert [t.text for t in await bridge.texts(one)][-1] == "third floor"
    assert len(await bridge.texts(two)) == 1


async def test_a_new_alert_by_its_word_is_one_whatever_was_just_asked(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} Which floor?")
    await bridge.says(OFFICER, "urgent, boy of 9 on a bus")
    assert len(await bridge.cases()) == 2


@BOTH
async def test_in_the_middle_of_the_intake_the_desk_gets_its_answer_and_the_question_is_asked_again(
    tmp_path: Path, messenger: str
) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports("no", "locked in", "16", "China")
        await _asks(phone, case.reference)
        await phone.does("third floor")
        phone.bridge.expect(DUTY, "third floor")
        phone.bridge.expect(phone.who, f"{case.reference}: Sent to")
        phone.bridge.expect(phone.who, "(5 of 14)")
        assert (await phone.case(case)).value("area") is None
        await phone.does("Nanchang")
        area = (await phone.case(case)).answers["area"].value
        assert str(area) != "third floor"
        assert "(6 of 14)" in phone.screen.text


async def test_what_answers_the_question_of_the_intake_beyond_doubt_still_answers_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16")
    await bridge.says(DUTY, f"/note {case.reference} Which floor?")
    await bridge.says(OFFICER, "China")
    assert (await bridge.case(case)).value("country") == "CN"


async def test_words_that_were_for_the_question_after_all_go_there(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "China")
    await bridge.says(DUTY, f"/note {case.reference} Which floor?")
    await bridge.answers(OFFICER, "Jiangxi, Nanchang", "[Not this case]", "[The answer: Area]")
    assert "(6 of 14)" in bridge.phones.at(OFFICER)[-1].text
    assert (await bridge.case(case)).value("area") is not None


async def test_a_desk_answers_the_officer_the_same_way(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.fast_forward(minutes=15)
    await bridge.says(OFFICER, f"/note {case.reference} Do you have a car?")
    bridge.forget()
    await bridge.says(DUTY, "a patrol is on its way")
    answer = bridge.expect(DUTY, f"{case.reference}: Sent to")
    assert labels(answer) == ["Not this case"]
    bridge.expect(OFFICER, "a patrol is on its way")
    await bridge.taps(DUTY, "Not this case")
    bridge.expect(OFFICER, "is not about this case")
    bridge.expect(DUTY, "Which case are these words for?")


async def test_identifiers_in_an_answer_stay_out_of_it(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(DUTY, f"/note {case.reference} What is the number?")
    bridge.forget()
    await bridge.says(OFFICER, "call +855 10 000 000")
    bridge.expect(DUTY, "call [phone number]")
    assert not [m for m in bridge.everything_heard() if "000 000" in m.text]
    bridge.expect(OFFICER, "It is stored in the secure case")


@pytest.mark.parametrize("who", [OFFICER, CLERK])
async def test_nobody_takes_back_what_another_wrote(bridge: PlayedBridge, who: str) -> None:
    case = await bridge.report_case(*SENT)
    await bridge.says(OFFICER, f"/note {case.reference} Do you have a car?")
    await bridge.says(DUTY, "a patrol is on its way")
    button = bridge.phones.newest_with(DUTY, "Not this case").data("Not this case")
    bridge.forget()
    await bridge.adapters["telegram"].taps_data(who, button, "m1")
    await bridge.tick()
    bridge.expect_nothing(OFFICER, OWN_GROUP, containing="is not about this case")
    assert len(await bridge.texts(case)) == 3
