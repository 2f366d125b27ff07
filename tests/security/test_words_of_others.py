"""Words of others: forwarded, for another bot, on a card, on a poster. Nobody acts by them, and no name crosses."""

from __future__ import annotations

import pytest

from bot.domain.messages import Kind
from bot.domain.secure_entry import SecureField
from bot.people.guess_limits import WRONG_CODES
from tests.kit.played import CODE, invited
from tests.security.story import mark, whole_story
from tests.security.stronghold import CLERK, DUTY, KH_SUPERVISOR, OFFICER, STRANGER, SUPERVISOR, Stronghold
from tests.security.ways_in import COMMANDS

GROUP = "telegram:kh-group"
ORIGIN = "Sokha Chan"


@pytest.mark.parametrize("who", [OFFICER, CLERK, KH_SUPERVISOR, DUTY, SUPERVISOR])
async def test_no_forwarded_command_is_carried_out_whoever_forwards_it(bridge: Stronghold, who: str) -> None:
    reference = await whole_story(bridge, mark)
    before, people = await bridge.case(reference), await bridge.storage.directory()
    for typed in COMMANDS.values():
        await bridge.sends(who, Kind.TEXT, text=typed.format(ref=reference), origin=ORIGIN)
    after = await bridge.case(reference)
    assert (after.status, after.stood_down_at, after.handoffs) == (before.status, before.stood_down_at, before.handoffs)
    assert (await bridge.storage.directory()).people == people.people


async def test_forwarded_words_answer_no_question(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "16", "China")
    answered = (await bridge.case(reference)).answers
    for words in ("Nanchang", "yes", "1", "danger: yes", "send"):
        await bridge.sends(OFFICER, Kind.TEXT, text=words, origin=ORIGIN)
    case = await bridge.case(reference)
    assert (case.answers, case.sent_at, len(await bridge.cases())) == (answered, None, 1)


async def test_a_forwarded_code_enrols_nobody(bridge: Stronghold) -> None:
    await invited(bridge)
    await bridge.sends(STRANGER, Kind.TEXT, text=f"/start {CODE}", origin=ORIGIN)
    bridge.expect(STRANGER, "for enrolled officers")


async def test_a_caption_for_another_bot_closes_nothing(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.sends_photo(CLERK, f"/close@other_bot {reference} found_safe she is home")
    assert (await bridge.case(reference)).is_open


async def test_who_said_first_what_is_forwarded_is_in_the_secure_case_only(bridge: Stronghold) -> None:
    await bridge.sends(OFFICER, Kind.TEXT, text="she is at the border", origin=ORIGIN)
    case = await bridge.case(bridge.reference_at(OFFICER))
    ((_, secured),) = await bridge.secure(case)
    assert secured == f"Forwarded, first said by {ORIGIN}: she is at the border"
    assert not any(ORIGIN in text.text for text in await bridge.texts(case))
    assert not any(ORIGIN in shown.text for shown in bridge.everything_heard())


async def test_a_contact_card_is_in_the_secure_case_only(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.sends(OFFICER, Kind.CONTACT, text=f"{ORIGIN}\n/close {reference}")
    case = await bridge.case(reference)
    assert await bridge.secure(case) == [(SecureField.MESSAGE, f"{ORIGIN}\n/close {reference}")]
    assert not any(ORIGIN in text.text for text in await bridge.texts(case))
    assert not any(ORIGIN in shown.text for shown in bridge.everything_heard())
    assert case.is_open


async def test_a_posters_code_locks_no_stranger_out(bridge: Stronghold) -> None:
    await invited(bridge)
    for _ in range(WRONG_CODES + 1):
        await bridge.says(STRANGER, "/start exhibition-hall")
    await bridge.says(STRANGER, f"/start {CODE}")
    bridge.expect(STRANGER, "You are enrolled")


async def test_whoever_writes_as_a_group_does_nothing_and_is_answered_in_a_desks_group_only(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    bridge.forget()
    for place in (GROUP, "telegram:-1009999"):
        await bridge.sends(STRANGER, Kind.TEXT, text=f"/ack {reference}", at=place, sender=None)
    assert reference not in bridge.expect(GROUP, "Nothing was done").text
    bridge.expect_nothing("telegram:-1009999")
    assert (await bridge.case(reference)).acknowledged_at is None
