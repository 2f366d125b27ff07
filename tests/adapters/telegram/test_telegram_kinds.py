"""Every kind of message that Telegram knows, and those that it will know: kept, answered, or said by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from telegram.constants import MessageType

from adapters.telegram import kinds
from bot.domain.messages import Kind
from bot.domain.unreceived import Unreceived
from tests.adapters.telegram.test_telegram_parse import GROUP, message, read

FILE = {"file_id": "f1", "file_unique_id": "u1", "duration": 1, "width": 1, "height": 1}
SPOT = {"latitude": 28.7, "longitude": 115.9}
#: Contents as Telegram sends them, where a reader looks into them.
CONTENTS: dict[str, dict[str, Any]] = {
    "text": {"text": "hello"},
    "photo": {"photo": [{"file_id": "f1", "width": 1, "height": 1}]},
    "live_photo": {"live_photo": FILE, "photo": [{"file_id": "f1", "width": 1, "height": 1}]},
    "animation": {"animation": FILE, "document": FILE},
    "location": {"location": SPOT},
    "venue": {"venue": {"location": SPOT, "title": "Hotel", "address": "Road"}, "location": SPOT},
    "contact": {"contact": {"phone_number": "+85512345678", "first_name": "Sokha", "last_name": "Chan"}},
}
#: What the library lists beside them that is no content: who paid, to what it replies.
BESIDE = {
    "business_connection_id", "effect_id", "reply_to_story", "sender_boost_count", "sender_business_bot",
    "suggested_post_info",
}  # fmt: skip


@pytest.mark.parametrize("key", kinds.KEPT)
def test_what_is_kept_is_read_as_its_kind(key: str) -> None:
    inbound = read(message(**CONTENTS.get(key, {key: FILE})))
    assert inbound.kind is kinds.KEPT[key]
    assert inbound.text or inbound.latitude or (inbound.attachment is not None and inbound.attachment.file_id == "f1")


@pytest.mark.parametrize("key", kinds.UNRECEIVED)
def test_what_we_cannot_take_is_handed_on_so_that_somebody_is_told(key: str) -> None:
    inbound = read(message(**{key: {"any": "thing"}}))
    assert (inbound.kind, inbound.unreceived) == (Kind.UNRECEIVED, kinds.UNRECEIVED[key])
    assert (str(inbound.sender), inbound.in_private) == ("telegram:111", True)


@pytest.mark.parametrize("key", sorted(kinds.UNSAID - {"migrate_to_chat_id"}))
def test_what_telegram_says_by_itself_is_said_by_nobody(key: str) -> None:
    assert read(message(GROUP, **{key: {"any": "thing"}})).kind is Kind.OTHER


@pytest.mark.parametrize("content", [{"hologram": {"file_id": "h"}}, {}, {"dream": [1], "has_protected_content": True}])
def test_a_kind_of_tomorrow_is_one_that_we_cannot_take(content: dict[str, Any]) -> None:
    inbound = read(message(**content))
    assert (inbound.kind, inbound.unreceived) == (Kind.UNRECEIVED, Unreceived.NEW)


def test_no_kind_that_the_library_knows_is_in_no_table_or_in_two() -> None:
    known = {each.value for each in MessageType} - BESIDE
    tables = [*kinds.KEPT, *kinds.UNRECEIVED, *kinds.UNSAID]
    assert not known - set(tables)
    assert len(tables) == len(set(tables))


def test_an_edit_of_what_we_cannot_take_is_told_to_nobody() -> None:
    assert read({"update_id": 12, "edited_message": message(poll={"id": "1"})["message"]}).kind is Kind.OTHER


def test_a_contact_is_what_stands_on_the_card() -> None:
    card = {"phone_number": "+85512345678", "first_name": "Sokha", "last_name": "Chan", "vcard": "BEGIN:VCARD\nx"}
    inbound = read(message(contact=card))
    assert (inbound.kind, inbound.text) == (Kind.CONTACT, "Sokha Chan\n+85512345678\nBEGIN:VCARD\nx")


# For whom it is, and whose it is.


@pytest.mark.parametrize("kind", ["photo", "document", "video", "voice"])
def test_a_caption_for_us_loses_our_name_and_one_for_another_bot_is_no_command(kind: str) -> None:
    file = CONTENTS.get(kind, {kind: FILE})
    assert read(message(GROUP, caption="/ack@casebridge_bot KC26", **file)).text == "/ack KC26"
    inbound = read(message(GROUP, caption="/close@other_bot KC26", **file))
    assert (inbound.text, inbound.attachment is not None) == ("/close@other_bot KC26", True)


def test_in_private_a_command_for_another_bot_is_answered() -> None:
    inbound = read(message(text="/close@other_bot KC26"))
    assert (inbound.kind, inbound.unreceived) == (Kind.UNRECEIVED, Unreceived.OTHER_BOT)


@pytest.mark.parametrize(
    ("said_by", "origin"),
    [
        ({"type": "user", "sender_user": {"id": 9, "first_name": "Sokha", "last_name": "Chan"}}, "Sokha Chan"),
        ({"type": "hidden_user", "sender_user_name": "Sokha"}, "Sokha"),
        ({"type": "chat", "sender_chat": {"id": -9, "type": "group", "title": "Workers"}}, "Workers"),
        ({"type": "channel", "chat": {"id": -9, "type": "channel", "title": "News"}, "message_id": 1}, "News"),
        ({"type": "of_next_year"}, "unknown"),
    ],
)
def test_what_is_forwarded_says_who_said_it_first(said_by: dict[str, Any], origin: str) -> None:
    inbound = read(message(text="/close KC26", forward_origin=said_by | {"date": 1}))
    assert (inbound.origin, inbound.text, str(inbound.sender)) == (origin, "/close KC26", "telegram:111")


@pytest.mark.parametrize(
    ("flat", "origin"),
    [
        ({"forward_from": {"id": 9, "first_name": "Sokha"}}, "Sokha"),
        ({"forward_sender_name": "Sokha"}, "Sokha"),
        ({"forward_from_chat": {"id": -9, "title": "News"}}, "News"),
        ({}, "unknown"),
    ],
)
def test_an_older_server_says_it_another_way(flat: dict[str, Any], origin: str) -> None:
    assert read(message(text="x", forward_date=1, **flat)).origin == origin
    assert read(message(text="x")).origin == ""


# What stands beside the text.


def link(offset: int, length: int, url: str) -> dict[str, Any]:
    return {"type": "text_link", "offset": offset, "length": length, "url": url}


def test_a_link_hidden_under_words_stands_after_them() -> None:
    inbound = read(message(text="👧 she is here, come", entities=[link(7, 7, "https://maps.app.goo.gl/x")]))
    assert inbound.text == "👧 she is here (https://maps.app.goo.gl/x), come"


def test_several_links_each_stand_after_their_own_words() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 1}, link(0, 1, "http://x.org/1"), link(2, 1, "http://x.org/2")]
    assert read(message(text="a b", entities=entities)).text == "a (http://x.org/1) b (http://x.org/2)"


def test_a_link_that_says_itself_is_not_said_twice() -> None:
    entities = [link(0, 12, "http://x.org/"), {"type": "url", "offset": 0, "length": 12}]
    assert read(message(text="http://x.org", entities=entities)).text == "http://x.org"


def test_whoever_is_meant_without_a_name_of_theirs_stands_after_the_words() -> None:
    meant = {"type": "text_mention", "offset": 4, "length": 5, "user": {"id": 987654, "first_name": "Sokha"}}
    assert read(message(text="ask Sokha", entities=[meant])).text == "ask Sokha (tg://user?id=987654)"


def test_under_a_photo_too() -> None:
    file = CONTENTS["photo"]
    inbound = read(message(caption="here", caption_entities=[link(0, 4, "https://x.org/a")], **file))
    assert inbound.text == "here (https://x.org/a)"


def test_the_link_of_a_preview_is_part_of_what_was_said() -> None:
    shown = {"url": "https://x.org/a"}
    assert read(message(text="look", link_preview_options=shown)).text == "look\nhttps://x.org/a"
    assert read(message(text="https://x.org/a", link_preview_options=shown)).text == "https://x.org/a"


@pytest.mark.parametrize("entities", [None, [None], [{"type": "text_link"}], [link(0, 10**9, "http://x.org")], "x"])
def test_marks_that_make_no_sense_take_no_words_away(entities: Any) -> None:
    assert read(message(text="girl 16", entities=entities)).text.startswith("girl 16")


@pytest.mark.parametrize("key", ["photo", "video", "document"])
def test_the_files_of_an_album_have_its_number_in_common(key: str) -> None:
    inbound = read(message(media_group_id="13999", caption="the door", **CONTENTS.get(key, {key: FILE})))
    assert (inbound.album, inbound.text) == ("13999", "the door")
