"""Questions with several choices: what was tapped and what was typed add up, and nothing of it vanishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.case import Case
from tests.journeys.either_phone import BOTH, REST, UP_TO_ASSISTANCE, Phone, officer_on
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER = "telegram:officer"


async def _assistance(phone: Phone, case: Case) -> object:
    return (await phone.case(case)).value("assistance")


@BOTH
async def test_typed_words_add_to_what_was_tapped_and_done_closes_it(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(*UP_TO_ASSISTANCE, "[Urgent rescue]" if messenger == "telegram" else "edit 11")
        if messenger == "wechat":
            await phone.does("1", "edit 11")
        await phone.does("interpreter")
        assert "Chosen: Urgent rescue, Interpreter." in phone.screen.text
        await phone.does("done")
        assert await _assistance(phone, case) == ("urgent_rescue", "interpreter")
        assert (
            "(12 of 14)" in phone.screen.text or "11. Assistance asked: Urgent rescue, Interpreter" in phone.screen.text
        )


@BOTH
async def test_a_word_that_is_no_choice_loses_none_and_the_next_tap_adds(tmp_path: Path, messenger: str) -> None:
    async with officer_on(messenger, tmp_path) as phone:
        case = await phone.reports(*UP_TO_ASSISTANCE, "rescue, medical care", "edit 11", "with a lot of care")
        assert "Chosen: Urgent rescue, Medical care." in phone.screen.text
        await phone.does("[Interpreter]", "done")
        assert await _assistance(phone, case) == ("urgent_rescue", "medical_care", "interpreter")


async def test_the_next_question_closes_what_was_tapped(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "[Urgent rescue]", "[Medical care]", "edit 12", "no")
    assert (await bridge.case(case)).value("assistance") == ("urgent_rescue", "medical_care")


@pytest.mark.parametrize("between", ["summary", "back", "/cases", "/alert boy of 9 on a bus", "hello there"])
async def test_whatever_comes_between_what_was_tapped_stays(bridge: PlayedBridge, between: str) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "[Urgent rescue]", "[Medical care]")
    await bridge.says(OFFICER, between)
    assert (await bridge.case(case)).value("assistance") == ("urgent_rescue", "medical_care")


async def test_a_tap_that_arrives_twice_takes_nothing_out(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE)
    shown = bridge.phones.newest_with(OFFICER, "Urgent rescue")
    await bridge.taps(OFFICER, "Urgent rescue", of=shown)
    await bridge.taps(OFFICER, "Urgent rescue", of=shown)
    assert (await bridge.case(case)).value("assistance") == ("urgent_rescue",)


async def test_a_tap_on_a_mark_takes_a_choice_out_and_so_do_words(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "[Urgent rescue]", "[Medical care]", "[Interpreter]")
    await bridge.taps(OFFICER, "✔ Medical care")
    bridge.expect(OFFICER, "Chosen: Urgent rescue, Interpreter.")
    await bridge.says(OFFICER, "not interpreter")
    assert "Chosen: Urgent rescue." in bridge.phones.at(OFFICER)[-1].text
    await bridge.says(OFFICER, "not 1")
    assert "At least one stays chosen" in bridge.phones.at(OFFICER)[-1].text
    assert (await bridge.case(case)).value("assistance") == ("urgent_rescue",)


async def test_a_tap_of_an_earlier_question_adds_and_leaves_the_question_that_is_asked(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "[Urgent rescue]", "[Done]")
    older = next(m for m in reversed(bridge.phones.at(OFFICER)) if "Medical care" in labels(m))
    await bridge.taps(OFFICER, "Medical care", of=older)
    answer = bridge.phones.at(OFFICER)[-1]
    assert "Assistance asked is now Urgent rescue, Medical care" in answer.text
    assert "(12 of 14)" in answer.text
    await bridge.answers(OFFICER, *REST)
    assert (await bridge.case(case)).value("assistance") == ("urgent_rescue", "medical_care")
    assert (await bridge.case(case)).value("safe_to_contact") == "only_via_reporter"


async def test_a_misspelt_country_adds_when_it_is_confirmed(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE[:-1], "[China]", "Camboda")
    await bridge.taps(OFFICER, "Yes, that is right")
    assert (await bridge.case(case)).value("citizenship") == ("CN", "KH")


async def test_a_pasted_line_and_a_changed_message_add_too(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE, "[Urgent rescue]")
    await bridge.says(OFFICER, "assistance: interpreter\nsafe to contact: no")
    assert (await bridge.case(case)).value("assistance") == ("urgent_rescue", "interpreter")
    await bridge.says(OFFICER, "edit 11")
    typed = await bridge.says(OFFICER, "shelter")
    await bridge.edits(typed, "family contact")
    assert set(str((await bridge.case(case)).value("assistance")).split("'")) >= {
        "urgent_rescue",
        "interpreter",
        "family_contact",
    }


async def test_unknown_takes_no_choice_away(bridge: PlayedBridge) -> None:
    case = await bridge.report_case(*UP_TO_ASSISTANCE[:-1], "[China]")
    older = next(m for m in bridge.phones.at(OFFICER) if "Unknown" in labels(m) and "(10 of 14)" in m.text)
    await bridge.taps(OFFICER, "Unknown", of=older)
    assert "Chosen: China." in bridge.phones.at(OFFICER)[-1].text
    await bridge.says(OFFICER, "unknown")
    assert (await bridge.case(case)).value("citizenship") == ("CN",)
    await bridge.answers(OFFICER, "not china", "Viet Nam", "done")
    assert (await bridge.case(case)).value("citizenship") == ("VN",)
