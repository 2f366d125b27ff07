"""What points to a person never stays on a messenger: it goes to the secure case, and nobody there reads it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.secure_entry import SecureField
from tests.kit.phones import labels
from tests.kit.played import PlayedBridge

OFFICER, CLERK, DUTY = "telegram:officer", "telegram:clerk", "wechat:duty"
PHONE, PASSPORT, MAIL = "+855 10 000 000", "L898902C3", "girl@example.org"
PLEASE = ("secure case", "please delete it here")


def nobody_hears(bridge: PlayedBridge, *identifiers: str) -> None:
    told = [shown.text for shown in bridge.everything_heard()]
    assert told
    assert not [text for text in told for identifier in identifiers if identifier in text]


async def test_a_phone_number_in_the_first_message_opens_the_case_and_goes_to_the_secure_case(
    bridge: PlayedBridge,
) -> None:
    await bridge.says(OFFICER, f"somebody screams for help, call {PHONE}")
    case = await bridge.only_case()
    bridge.expect(OFFICER, case.reference, "(1 of 14)")
    bridge.expect(OFFICER, case.reference, "phone number", *PLEASE)
    (first,) = await bridge.texts(case)
    assert first.text == "somebody screams for help, call [phone number]"
    assert await bridge.secure(case) == [(SecureField.MESSAGE, f"somebody screams for help, call {PHONE}")]
    (entry,) = await bridge.storage.secure_entries(case.id)
    assert (entry.text_id, entry.party) == (first.id, "KH")
    nobody_hears(bridge, PHONE)


async def test_a_document_number_in_an_answer_is_not_read_back_to_anybody(bridge: PlayedBridge) -> None:
    case = await bridge.report_case()
    await bridge.answers(OFFICER, "China", f"Nanchang, passport {PASSPORT}", "unknown", "forced marriage", "1")
    await bridge.answers(OFFICER, "Cambodia", "interpreter", "no", "yes, yes, no", "edit 14", f"write to {MAIL}")
    bridge.expect(OFFICER, "travel document number", *PLEASE)
    bridge.expect(OFFICER, "Area: Nanchang, passport [travel document number]", "Summary: write to [e-mail address]")
    await bridge.says(OFFICER, "send")
    await bridge.says(DUTY, f"/case {case.reference}")
    bridge.expect(DUTY, "Area: Nanchang, passport [travel document number]")
    kept = [words for _, words in await bridge.secure(case)]
    assert kept == [f"Nanchang, passport {PASSPORT}", f"write to {MAIL}"]
    nobody_hears(bridge, PASSPORT, MAIL)


@pytest.mark.parametrize("act", ["note", "memo", "close"])
async def test_the_words_of_an_act_are_screened_too(bridge: PlayedBridge, act: str) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    code = "found_safe " if act == "close" else ""
    await bridge.says(DUTY, f"/{act} {case.reference} {code}she answers at {PHONE}")
    bridge.expect(DUTY, *PLEASE)
    assert (await bridge.texts(case))[-1].text == "she answers at [phone number]"
    assert (await bridge.secure(case))[-1][1].endswith(PHONE)
    nobody_hears(bridge, PHONE)


async def test_words_that_wait_for_their_case_take_what_was_withheld_with_them(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"her brother has {PHONE}")
    bridge.expect(OFFICER, "Stored. Is this a new alert")
    assert await bridge.secure(case) == []
    await bridge.says(OFFICER, "2")
    bridge.expect(OFFICER, case.reference, *PLEASE)
    assert await bridge.secure(case) == [(SecureField.MESSAGE, f"her brother has {PHONE}")]
    nobody_hears(bridge, PHONE)


async def test_words_that_nobody_claims_open_a_case_with_its_secure_case(bridge: PlayedBridge) -> None:
    first = await bridge.report_case("no", "locked in", "16", "send", "send")
    await bridge.says(OFFICER, f"another girl, {PHONE}")
    await bridge.fast_forward(minutes=3)
    (new,) = [case for case in await bridge.cases() if case.id != first.id]
    bridge.expect(OFFICER, new.reference, *PLEASE)
    assert await bridge.secure(new) == [(SecureField.MESSAGE, f"another girl, {PHONE}")]
    nobody_hears(bridge, PHONE)


async def test_an_edit_that_adds_a_number_is_screened(bridge: PlayedBridge) -> None:
    first = await bridge.says(OFFICER, "girl locked in a flat")
    await bridge.edits(first, f"girl locked in a flat, {PHONE}")
    case = await bridge.only_case()
    bridge.expect(OFFICER, *PLEASE)
    assert [text.text for text in await bridge.texts(case)][-1] == "girl locked in a flat, [phone number]"
    assert (await bridge.secure(case))[-1][1].endswith(PHONE)


async def test_a_formal_reference_is_no_identifier(bridge: PlayedBridge) -> None:
    case = await bridge.report_case("no", "locked in", "30", "China", "skip", "unknown", "skip")
    await bridge.answers(OFFICER, "edit 10", "Cambodia", "edit 13a", "yes", "edit 13c", "no", "send", "send")
    await bridge.says(CLERK, f"/handoff {case.reference} police send")
    await bridge.says("wecom:detective", f"/accept {case.reference} police 2026110012345678 Col. Chen")
    accepted = (await bridge.case(case)).handoffs[0]
    assert accepted.formal_reference == "2026110012345678"
    assert await bridge.secure(case) == []


async def test_the_journal_says_that_something_was_secured_and_not_what(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, f"girl locked in a flat, {PHONE}")
    case = await bridge.only_case()
    secured = [entry for entry in await bridge.acts(case) if entry.act == "secured"]
    assert [entry.told["field"] for entry in secured] == ["message"]
    assert PHONE not in str([entry.details for entry in await bridge.acts(case)])


async def test_what_an_unenrolled_sender_writes_is_kept_nowhere(bridge: PlayedBridge) -> None:
    await bridge.says("telegram:stranger", f"my sister, {PHONE}")
    assert PHONE not in str([row.message for row in bridge.inbox()])


async def test_words_with_a_number_that_belong_to_no_case_stay_where_they_came_in(bridge: PlayedBridge) -> None:
    await bridge.says(CLERK, f"who knows {PHONE}?")
    bridge.expect(CLERK, "Nothing was filed")
    assert [row.message.text for row in bridge.inbox()][-1] == f"who knows {PHONE}?"
    nobody_hears(bridge, PHONE)


@pytest.fixture
async def masking(tmp_path: Path) -> AsyncIterator[PlayedBridge]:
    """A bridge whose sides agreed that the last two signs may stay."""
    played = PlayedBridge(tmp_path, identity="masked")
    await played.start()
    yield played
    await played.stop()


async def test_where_it_is_agreed_the_last_two_signs_stay(masking: PlayedBridge) -> None:
    await masking.says(OFFICER, f"girl locked in, passport {PASSPORT}")
    case = await masking.only_case()
    (text,) = await masking.texts(case)
    assert text.text == "girl locked in, passport L•••••C3"
    assert (await masking.secure(case))[0][1].endswith(PASSPORT)


async def test_the_buttons_of_the_question_stay_under_it(bridge: PlayedBridge) -> None:
    await bridge.says(OFFICER, f"somebody screams, {PHONE}")
    assert labels(bridge.expect(OFFICER, "(1 of 14)")) == ["Yes", "No", "Unknown"]
