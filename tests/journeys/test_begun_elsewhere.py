"""A report that goes on at another messenger, and one that begins with a tap on the menu."""

from __future__ import annotations

from pathlib import Path

from bot.domain.case import TextKind
from bot.domain.messages import Address
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge
from tests.kit.world import OFFICIAL_ACCOUNT

OFFICER, PHONE = "telegram:officer", "wechat:officer"


async def with_phone(bridge: PlayedBridge) -> None:
    person = await bridge.person(OFFICER)
    await bridge.change(OFFICER, addresses=(*person.addresses, Address.parse(PHONE)))


async def begun(bridge: PlayedBridge, *answers: str) -> str:
    """A report on Telegram, and the same officer with WeChat in hand."""
    await with_phone(bridge)
    await bridge.says(OFFICER, "somebody screams for help in a flat")
    await bridge.answers(OFFICER, *answers)
    bridge.forget()
    return (await bridge.only_case()).reference


async def test_an_officer_moves_from_telegram_to_wechat_in_the_middle(bridge: PlayedBridge) -> None:
    reference = await begun(bridge, "[No]", "locked in")
    await bridge.says(PHONE, "16")
    bridge.expect(PHONE, f"You go on here with {reference}.", "country")
    bridge.expect_nothing(OFFICER)
    await bridge.says(PHONE, "China")
    assert "You go on here" not in bridge.expect(PHONE, "province").text
    case = await bridge.only_case()
    assert (case.value("age_group"), case.value("country")) == ("12_17", "CN")


async def test_asking_for_the_summary_goes_on_too(bridge: PlayedBridge) -> None:
    reference = await begun(bridge, "[No]")
    await bridge.says(PHONE, "/summary")
    bridge.expect(PHONE, f"{reference}: what you have told us.", "Type 'send' to confirm")


async def test_a_yes_counts_wherever_it_is_said(bridge: PlayedBridge) -> None:
    await begun(bridge, "[No]", "locked in", "16", "[China]", "Jiangxi, Nanchang", "yesterday 21:00")
    await bridge.says(PHONE, "yes")
    assert "last_contact_at" in (await bridge.only_case()).answers


async def test_words_that_may_be_somebody_new_wait_until_they_are_said_to_be_the_answer(bridge: PlayedBridge) -> None:
    reference = await begun(bridge, "[No]", "locked in", "16", "[China]")
    await bridge.says(PHONE, "Jiangxi, Nanchang, a flat above the market")
    asked = bridge.expect(PHONE, f"Or is it the answer to what was asked about {reference}?")
    assert "province" in asked.text
    assert "area" not in (await bridge.only_case()).answers
    await bridge.says(PHONE, "answer")
    assert "area" in (await bridge.only_case()).answers
    bridge.expect(PHONE, "last known to be safe")


async def test_the_answer_can_be_tapped_where_there_are_buttons(bridge: PlayedBridge) -> None:
    await bridge.change(OFFICER, addresses=(Address.parse(OFFICER), Address.parse("web:officer")))
    await bridge.says(OFFICER, "somebody screams for help in a flat")
    await bridge.answers(OFFICER, "[No]", "locked in", "16", "[China]")
    await bridge.says("web:officer", "Jiangxi, Nanchang")
    (label,) = [each for each in labels(bridge.expect("web:officer", "Stored.")) if each.startswith("The answer: ")]
    await bridge.taps("web:officer", label)
    assert "area" in (await bridge.only_case()).answers
    await bridge.taps("web:officer", label)
    bridge.expect("web:officer", "These words have found their case already.")


async def test_an_old_tap_that_it_was_the_answer_answers_no_later_question(bridge: PlayedBridge) -> None:
    await bridge.change(OFFICER, addresses=(Address.parse(OFFICER), Address.parse("web:officer")))
    await bridge.says(OFFICER, "somebody screams for help in a flat")
    await bridge.answers(OFFICER, "[No]", "locked in", "16", "[China]")
    await bridge.says("web:officer", "Jiangxi, Nanchang")
    old = bridge.phones.newest_saying("web:officer", "Or is it the answer")
    (label,) = [each for each in labels(old) if each.startswith("The answer: ")]
    await bridge.says(OFFICER, "answer")
    before = (await bridge.only_case()).answers
    await bridge.says(OFFICER, "another girl on a bus")
    await bridge.taps("web:officer", label, of=old)
    assert (await bridge.cases())[0].answers == before


async def test_a_photo_that_says_it_was_the_answer_is_kept_too(bridge: PlayedBridge) -> None:
    await begun(bridge, "[No]", "locked in", "16", "[China]")
    await bridge.says(PHONE, "Jiangxi, Nanchang")
    await bridge.sends_photo(PHONE, "answer")
    case = await bridge.only_case()
    assert "area" in case.answers
    assert [t.kind for t in await bridge.texts(case)].count(TextKind.FILE) == 1


async def test_unanswered_the_words_open_a_case_all_the_same(bridge: PlayedBridge) -> None:
    await begun(bridge, "[No]", "locked in", "16", "[China]")
    await bridge.says(PHONE, "another girl, on a bus to the border")
    await bridge.fast_forward(minutes=3)
    bridge.expect(PHONE, "You did not say which case your words belong to, so they are a new alert.")
    assert len(await bridge.cases()) == 2


async def test_what_points_to_a_person_waits_hidden_and_goes_to_the_secure_case(bridge: PlayedBridge) -> None:
    await begun(bridge, "[No]", "locked in", "16", "[China]")
    await bridge.says(PHONE, "Nanchang, call +86 139 1234 5678")
    await bridge.says(PHONE, "answer")
    case = await bridge.only_case()
    assert "1234 5678" not in str(case.answers["area"].value)
    assert any("1234 5678" in value for _, value in await bridge.secure(case))


async def test_words_after_an_hour_of_silence_can_be_the_answer_too(bridge: PlayedBridge) -> None:
    await begun(bridge, "[No]", "locked in", "16", "[China]")
    await bridge.fast_forward(hours=2, minutes=1)  # they were asked once more after the first hour
    await bridge.says(OFFICER, "Jiangxi, Nanchang")
    bridge.expect(OFFICER, "Or is it the answer to what was asked about")
    await bridge.says(OFFICER, "answer")
    assert "area" in (await bridge.only_case()).answers


async def test_a_tap_on_the_menu_asks_before_it_alerts_anybody(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/alert")
    bridge.expect(OFFICER, "What happened? Your next words, photo or location open the alert.")
    assert not await bridge.cases()
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    assert [(t.kind, t.text) for t in await bridge.texts(case)] == [(TextKind.FIRST, "somebody screams for help")]
    bridge.expect(OFFICER, case.reference, "The clock runs")


async def test_a_second_tap_opens_it_without_a_word(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "alert")
    await bridge.taps(OFFICER, "Open it now, without words")
    bridge.expect(OFFICER, (await bridge.only_case()).reference, "The clock runs")
    await bridge.taps(OFFICER, "Open it now, without words")
    bridge.expect(OFFICER, "What happened?")
    await bridge.only_case()


async def test_the_next_words_open_a_new_case_in_the_middle_of_another(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await bridge.says(OFFICER, "/alert")
    await bridge.says(OFFICER, "boy on a bus to the border")
    first, second = await bridge.cases()
    assert [t.text for t in await bridge.texts(second)] == ["boy on a bus to the border"]
    assert not [t for t in await bridge.texts(first) if "bus" in t.text]


async def test_a_photo_or_a_place_begins_it_too(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/alert")
    await bridge.shares_location(OFFICER, 28.68, 115.86)
    assert [value for _, value in await bridge.secure(await bridge.only_case())] == ["28.680000, 115.860000"]


async def test_it_may_be_said_on_the_other_messenger(bridge: PlayedBridge) -> None:
    await with_phone(bridge)
    await bridge.says(PHONE, "/alert")
    await bridge.says(OFFICER, "somebody screams for help")
    case = await bridge.only_case()
    assert "somebody screams for help" in [written.text for written in await bridge.texts(case)]


async def test_a_tap_that_is_forgotten_takes_no_words_an_hour_later(bridge: PlayedBridge) -> None:
    await bridge.report_case()
    await bridge.says(OFFICER, "/alert")
    await bridge.fast_forward(minutes=11)
    await bridge.says(OFFICER, "China")
    assert (await bridge.only_case()).value("country") == "CN"


async def test_alert_with_words_alerts_at_once(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, "/alert somebody screams for help")
    await bridge.only_case()
    await bridge.says("telegram:colleague", "urgent")
    assert len(await bridge.cases()) == 2


async def test_without_buttons_numbers_stand_for_these_choices(tmp_path: Path) -> None:
    bridge = PlayedBridge(tmp_path, messengers=OFFICIAL_ACCOUNT)
    await bridge.start()
    await begun(bridge, "[No]", "locked in", "16", "[China]")
    await bridge.says(PHONE, "Jiangxi, Nanchang")
    bridge.expect(PHONE, "3. The answer: ")
    await bridge.says(PHONE, "3")
    assert "area" in (await bridge.only_case()).answers
    await bridge.says(PHONE, "/alert")
    bridge.expect(PHONE, "1. Open it now, without words")
    await bridge.says(PHONE, "1")
    assert len(await bridge.cases()) == 2
    await bridge.stop()
