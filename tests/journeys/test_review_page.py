"""The page that shows all answers back: send, edit and back are the only answers there; other words are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.messages import Address
from tests.journeys.either_phone import BOTH, DUTY, OWN_GROUP, REST, UP_TO_ASSISTANCE, officer_on
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"
WORDS = ["ok thanks", "yes", "send please", "send it now", "is it done?", "third floor", "1 girl more"]


@BOTH
@pytest.mark.parametrize("said", WORDS)
async def test_words_at_the_review_are_no_summary_and_do_not_send(tmp_path: Path, messenger: str, said: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(*UP_TO_ASSISTANCE, "rescue", *REST)
        assert "14. Summary: door locked" in phone.screen.text
        phone.bridge.forget()
        await phone.does(said)
        answer = phone.bridge.expect(phone.who, "Your words are kept", "nothing is sent yet", "Type 'send'")
        assert "14. Summary" not in answer.text
        case = await phone.case(case)
        assert case.sent_at is None
        assert case.answers["summary"].source == "typed"
        await phone.does("summary")
        assert "14. Summary: door locked" in phone.screen.text
        kept = await phone.bridge.texts(case)
        assert [(t.text, t.own_side_only) for t in kept[1:]] == [(said, True)]
        await phone.does("send")
        phone.bridge.expect(phone.who, f"{case.reference} is sent")
        await phone.bridge.fast_forward(minutes=1)
        for place in (DUTY, OWN_GROUP):
            assert not [m for m in phone.bridge.phones.at(place) if said in m.text]


async def test_words_that_were_kept_at_the_review_go_to_the_other_side_when_the_officer_says_so(
    bridge: PlayedBridge,
) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "rescue", *REST)
    await bridge.says(OFFICER, "he has a dog")
    await bridge.taps(OFFICER, "Tell both desks")
    bridge.expect(OFFICER, f"{case.reference}: Sent to")
    bridge.expect(DUTY, "he has a dog")


async def test_back_at_the_review_asks_the_last_question_and_edit_without_a_number_says_how(
    bridge: PlayedBridge,
) -> None:
    await bridge.report_case(*UP_TO_ASSISTANCE, "rescue", *REST)
    await bridge.says(OFFICER, "edit")
    bridge.expect(OFFICER, "Type for example: edit 4")
    await bridge.says(OFFICER, "back")
    bridge.expect(OFFICER, "(14 of 14)", "Now: door locked")
    await bridge.says(OFFICER, "a dog barks")
    bridge.expect(OFFICER, "14. Summary: a dog barks")


async def test_a_photo_at_the_review_shows_the_review_again(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "rescue", *REST)
    bridge.forget()
    await bridge.sends_photo(OFFICER, "the door")
    bridge.expect(OFFICER, f"secure case of {case.reference}", "14. Summary: door locked")


async def test_the_button_that_sends_the_answers_is_named_apart_from_the_one_that_sends_a_message(
    bridge: PlayedBridge,
) -> None:
    await bridge.report_case(*UP_TO_ASSISTANCE, "rescue", *REST)
    assert "Send to the desks" in labels(bridge.phones.at(OFFICER)[-1])
    assert "Send" not in labels(bridge.phones.at(OFFICER)[-1])


async def test_the_review_is_where_it_was_on_the_other_phone(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "rescue", *REST)
    await bridge.change(OFFICER, addresses=(Address.parse(OFFICER), Address.parse("web:second")))
    await bridge.says("web:second", "door is blue")
    assert (await bridge.case(case)).value("summary") != "door is blue"
