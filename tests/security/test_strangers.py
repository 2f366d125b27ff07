"""People who are not enrolled: in private, in a desk's group, under a borrowed name, on every page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.messages import Address, Inbound, Kind
from tests.kit.keys import RECIPIENT
from tests.security.story import file_of, mark, whole_story
from tests.security.stronghold import ADMIN, DUTY, KH_SUPERVISOR, OFFICER, STRANGER, SUPERVISOR, Stronghold
from tests.security.ways_in import COMMANDS, ROUTES, For

GROUP = "telegram:kh-group"


@pytest.mark.parametrize("place", ["", GROUP])
async def test_no_command_works_for_somebody_who_is_not_enrolled(bridge: Stronghold, place: str) -> None:
    reference = await whole_story(bridge, mark)
    before, people = await bridge.cases(), await bridge.storage.directory()
    for typed in COMMANDS.values():
        bridge.forget()
        await bridge.says(STRANGER, typed.format(ref=reference), at=place)
        assert not [text for text in bridge.heard(place or STRANGER) if reference in text or "§" in text], typed
    assert await bridge.cases() == before
    assert (await bridge.storage.directory()).people == people.people


async def test_a_group_hears_nothing_for_a_member_who_is_not_enrolled(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    bridge.forget()
    await bridge.says(STRANGER, f"/case {reference}", at=GROUP)
    await bridge.replies(STRANGER, "what is this about?", at=GROUP)
    bridge.expect_nothing(GROUP)
    kept = [row for row in bridge.inbox() if row.message.sender == Address.parse(STRANGER)]
    assert kept
    assert not [row for row in kept if row.message.text or row.message.raw]


@pytest.mark.parametrize("name", ["Keo Sophea", "Sok Dara", "kh-supervisor", "12", "Li Wei (CN duty)"])
async def test_a_display_name_makes_nobody_of_anybody(bridge: Stronghold, name: str) -> None:
    reference = await whole_story(bridge, mark)
    before, people = await bridge.case(reference), (await bridge.storage.directory()).people
    texts = (f"/case {reference}", f"/reopen {reference} I said so", "/cases", "/offduty", "/lost yes")
    for number, text in enumerate(texts):
        sender = Address.parse(STRANGER)
        message = Inbound("telegram", "1", f"spoof-{name}-{number}", Kind.TEXT, bridge.now, sender, sender, text)
        await bridge.redelivers(replace(message, sender_name=name))
        assert not [text for text in bridge.heard(STRANGER) if reference in text]
    assert await bridge.case(reference) == before
    assert (await bridge.storage.directory()).people == people


async def test_an_enrolled_officer_under_a_supervisors_name_stays_an_officer(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    name = (await bridge.person(KH_SUPERVISOR)).name
    sender = Address.parse(OFFICER)
    text = f"/standdown {reference} all is well"
    await bridge.redelivers(
        Inbound("telegram", "1", "spoof", Kind.TEXT, bridge.now, sender, sender, text, sender_name=name)
    )
    assert (await bridge.case(reference)).stood_down_at is None


async def test_the_same_number_on_another_messenger_is_somebody_else(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.answers(OFFICER, "no", "locked in", "16")
    peer = DUTY.partition(":")[2]
    for messenger in ("telegram", "wecom", "web"):
        who = f"{messenger}:{peer}"
        await bridge.says(who, f"/ack {reference}")
        assert not [text for text in bridge.heard(who) if reference in text]
    assert (await bridge.case(reference)).acknowledged_at is None


async def test_whoever_was_cut_off_is_answered_as_a_stranger_and_opens_nothing(bridge: Stronghold) -> None:
    reference = await bridge.opens_case()
    await bridge.change(OFFICER, revoked_at=bridge.now)
    before = await bridge.cases()
    for text in ("another girl, locked in", f"/case {reference}", "/cases", f"/note {reference} x", "/help"):
        bridge.forget()
        await bridge.says(OFFICER, text)
        assert not [heard for heard in bridge.heard(OFFICER) if "for enrolled officers" not in heard], text
    assert await bridge.cases() == before


async def test_no_page_is_for_somebody_without_a_session(bridge: Stronghold) -> None:
    reference = await whole_story(bridge, mark)
    file = next(f.name for f in bridge.exports.glob("*.csv"))
    kept = await file_of(bridge, reference)
    client = bridge.browser()
    for (method, path), way in ROUTES.items():
        address = way.at(reference, file=file, kept=kept)
        answer = await client.request(method, address, data={"text": "x"} if method == "POST" else None)
        if way.serves not in (For.ANYBODY, For.MACHINES):
            assert answer.status_code == 401, path
        assert reference not in answer.text, path
        assert "§" not in answer.text, path


@pytest.mark.parametrize("who", [OFFICER, DUTY, KH_SUPERVISOR])
async def test_what_is_for_admins_is_not_there_for_others(bridge: Stronghold, who: str) -> None:
    await whole_story(bridge, mark)
    file = next(f.name for f in bridge.exports.glob("*.csv"))
    client = await bridge.signed_in(who)
    decides = {For.DECIDERS} if who == KH_SUPERVISOR else set()
    for (method, path), way in ROUTES.items():
        if method == "GET" and way.serves in (For.DECIDERS, For.ADMINS):
            answer = await client.get(way.at(file=file))
            assert answer.status_code == (200 if way.serves in decides else 404), path
            assert file not in answer.text, path


@pytest.mark.parametrize("who", [OFFICER, DUTY, "telegram:vn-clerk", SUPERVISOR, ADMIN])
async def test_an_order_for_names_is_decided_by_nobody_but_a_second_person_of_its_side(
    bridge: Stronghold, who: str
) -> None:
    await whole_story(bridge, mark)
    await bridge.says(ADMIN, f"/export identified 2026-04-01 2026-05-01 {RECIPIENT} {mark('order_reason')}")
    asker = await bridge.person(ADMIN)
    (before,) = await bridge.storage.orders_of(asker.party, 10)
    client = await bridge.signed_in(who)
    for act in ("approve", "refuse"):
        form = {"act": act, "order": before.number, "reason": "x"}
        await bridge.posts(client, "/exports", "/chat", **form)
        await bridge.says(who, f"/{act} {before.number} x")
        await bridge._phone(who).taps_data(who, f"c.{act}.{before.number}", "m1")
        await bridge._settled()
    assert await bridge.storage.orders_of(asker.party, 10) == [before]
    assert not list(bridge.exports.glob("*.age"))
    shown = (await client.get("/exports")).text
    assert (before.number in shown) is (who == ADMIN)
