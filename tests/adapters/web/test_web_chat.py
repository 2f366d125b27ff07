"""Web chat: what is written is stored once, shown safely, and never lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.adapter import WebAdapter
from adapters.web.site.links import with_links
from bot.domain.errors import StorageError
from bot.domain.messages import Address, Button, Delivery, DeliveryState, Kind, Outgoing, OutgoingKind
from bot.domain.turn import Mark, Turn
from tests.kit.site import DUTY_CN, OFFICER, Bridge, hidden, open_bridge, write

NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


def buttons_of(page: str) -> list[dict[str, str]]:
    forms = re.findall(r'<form method="post" action="/chat" hx.*?</form>', page, re.DOTALL)
    return [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in forms]


async def test_what_a_person_writes_reaches_the_bridge_as_theirs(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    answer = await write(client, "  urgent,\r\ngirl 16 ")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/chat#end"
    (message,) = bridge.core.received
    assert message.text == "urgent,\ngirl 16"
    assert message.kind is Kind.TEXT
    assert message.sender == message.place == Address("web", "1")
    assert message.received_at == bridge.clock()
    page = (await client.get("/chat")).text
    assert "Noted: urgent" in page
    assert "Stored" in page


async def test_a_form_sent_twice_is_one_message(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    form = {name: hidden(page, name) for name in ("csrf", "once")} | {"text": "once"}
    await client.post("/chat", data=form)
    await client.post("/chat", data=form)
    assert len(bridge.core.received) == 1


async def test_two_people_with_the_same_form_id_are_two_messages(bridge: Bridge) -> None:
    for who in (OFFICER, DUTY_CN):
        await write(await bridge.signed_in(who), "hello", once="a" * 20)
    assert len(bridge.core.received) == 2


async def test_a_tap_says_which_button_under_which_message(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    await write(client, "hello")
    yes, no = buttons_of((await client.get("/chat")).text)
    assert yes["once"] != no["once"]
    await client.post("/chat", data=yes)
    await client.post("/chat", data=yes)
    await client.post("/chat", data=no)
    taps = [m for m in bridge.core.received if m.kind is Kind.BUTTON]
    assert [(m.button, m.text) for m in taps] == [("f.1.danger_now.yes", "Yes"), ("f.1.danger_now.no", "No")]
    said = await bridge.storage.transcript((Address("web", "1"),), 0, 10)
    assert taps[0].message_id == str(said[1].id)


async def test_a_form_without_the_sessions_token_is_refused_and_its_text_handed_back(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    other = await bridge.signed_in(DUTY_CN)
    theirs = hidden((await other.get("/chat")).text, "csrf")
    for token in ("", "0" * 64, theirs):
        answer = await write(client, "keep me", csrf=token)
        assert answer.status_code == 403
        assert "keep me</textarea>" in answer.text
    assert bridge.core.received == []


async def test_a_form_from_another_site_is_refused_even_with_the_token(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    form = {name: hidden(page, name) for name in ("csrf", "once")} | {"text": "hello"}
    for foreign in ({"origin": "https://evil.example"}, {"origin": "null", "sec-fetch-site": "cross-site"}):
        assert (await client.post("/chat", data=form, headers=foreign)).status_code == 403
    assert (await client.post("/chat", data=form, headers={"origin": "http://bridge.example"})).status_code == 303


async def test_too_long_a_text_is_kept_in_the_box_with_a_clear_sentence(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    text = "ជ" * 8_001
    answer = await write(client, text)
    assert answer.status_code == 422
    assert "8,001 characters; a message may have 8,000" in answer.text
    assert f">{text}</textarea>" in answer.text
    assert (await write(client, text[1:])).status_code == 303
    assert len(bridge.core.received) == 1


async def test_when_storing_fails_the_text_stays_in_the_box(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    bridge.core.is_broken = True
    answer = await write(client, "girl, 16")
    assert answer.status_code == 503
    assert "not stored" in answer.text
    assert ">girl, 16</textarea>" in answer.text


async def test_nothing_is_sent_for_an_empty_box_or_a_made_up_form_id(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    assert (await write(client, "   ")).status_code == 303
    assert (await write(client, "hello", once="short")).status_code == 400
    assert bridge.core.received == []


async def test_no_text_is_ever_markup(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    bridge.core.buttons = ((Button(NASTY, 'f."><script>'),),)
    await write(client, NASTY)
    page = (await client.get("/chat")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 3
    assert "{{7*7}}" in page


async def test_case_references_and_our_own_pages_become_links_and_nothing_else() -> None:
    made = with_links("KC26-M9S34-4 at http://b/cases/KC26-M9S34-4 <a href='//evil'> https://evil.example", "http://b")
    assert made.count("<a href=") == 2
    assert made.count('href="/cases/KC26-M9S34-4"') == 2


async def test_without_news_the_page_is_not_sent_again(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    await write(client, "hello")
    page = (await client.get("/chat")).text
    address = re.search(r'hx-get="([^"]*)"', page)
    assert address
    poll = address[1].replace("&amp;", "&")
    assert (await client.get(poll)).status_code == 204
    await write(client, "again")
    news = await client.get(poll, headers={"hx-request": "true"})
    assert news.status_code == 200
    assert "Noted: again" in news.text
    assert 'role="status"' in news.text
    assert "<html" not in news.text


async def test_with_script_the_answer_comes_as_part_of_the_page(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    form = {name: hidden(page, name) for name in ("csrf", "once")} | {"text": "hello"}
    answer = await client.post("/chat", data=form, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert "Noted: hello" in answer.text
    assert hidden(answer.text[answer.text.index('id="form-id"') - 40 :], "once") != form["once"]


async def test_with_script_a_refusal_is_a_sentence_and_the_box_is_left_alone(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    page = (await client.get("/chat")).text
    form = {name: hidden(page, name) for name in ("csrf", "once")} | {"text": "x" * 8_001}
    answer = await client.post("/chat", data=form, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#notice"
    assert "textarea" not in answer.text


async def test_a_signed_out_page_stops_asking(bridge: Bridge) -> None:
    answer = await bridge.browser().get("/chat/lines", headers={"hx-request": "true"})
    assert answer.status_code == 286
    assert "not signed in" in answer.text


async def test_reading_the_page_marks_messages_as_seen_but_a_page_in_the_background_does_not(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    sent = Outgoing(
        9, "test:1", OutgoingKind.TEST, "person:1", Address("web", "1"), text="Test", created_at=bridge.clock()
    )
    await bridge.storage.apply([Turn(outgoing=(sent,))])
    await bridge.storage.apply([], [Mark(9, DeliveryState.SENT, bridge.clock())])

    async def states() -> list[DeliveryState]:
        return [d.state for d in await bridge.storage.outbox(list(DeliveryState), 10)]

    await client.get("/chat/lines?away=1")
    assert await states() == [DeliveryState.SENT]
    await client.get("/chat/lines")
    assert await states() == [DeliveryState.SEEN]


async def test_only_the_newest_buttons_of_a_case_are_open(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    await write(client, "one")
    await write(client, "two")
    page = (await client.get("/chat")).text
    assert page.count("Earlier buttons") == 1
    assert page.index("Noted: one") < page.index("Earlier buttons") < page.index("Noted: two")


async def test_a_changed_message_is_shown_in_its_place(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    await write(client, "toggle")
    answer = (await bridge.storage.transcript((Address("web", "1"),), 0, 10))[-1]
    change = Outgoing(
        answer.id + 5, "reply:x", OutgoingKind.REPLY, "person:1", Address("web", "1"), text="Chosen: police",
        edits=str(answer.id), created_at=bridge.clock(),
    )  # fmt: skip
    await bridge.storage.apply([Turn(outgoing=(change,))])
    page = (await client.get("/chat")).text
    assert "Chosen: police" in page
    assert "Noted: toggle" not in page
    assert "changed" in page


async def test_people_see_only_their_own_conversation(bridge: Bridge) -> None:
    await write(await bridge.signed_in(OFFICER), "secret of Sokha")
    assert "secret of Sokha" not in (await (await bridge.signed_in(DUTY_CN)).get("/chat")).text


async def test_the_adapter_knows_a_message_by_its_own_number_and_refuses_what_it_cannot_store() -> None:
    adapter = WebAdapter()
    message = Outgoing(77, "k", OutgoingKind.REPLY, "person:1", Address("web", "1"), text="hi")
    assert await adapter.send(Delivery(message), "hi", is_last=True) == "77"
    assert await adapter.send(Delivery(message, edits="55"), "hi", is_last=True) == "55"
    with pytest.raises(StorageError):
        await adapter.receive(None)  # type: ignore[arg-type]  # it is refused before it is looked at


async def test_what_points_to_a_person_is_shown_nowhere_in_the_chat_wherever_the_words_went(bridge: Bridge) -> None:
    client = await bridge.signed_in(OFFICER)
    await write(client, "who knows +855 10 000 000?")
    page = (await client.get("/chat")).text
    assert "who knows [phone number]?" in page
    assert "10 000 000" not in page.replace("Noted: who knows +855 10 000 000?", "")
