"""What Telegram sends, as the bridge reads it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.parse import Account, parse_body
from bot.domain.messages import Address, Attachment, Inbound, Kind

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DARA = {"id": 111, "is_bot": False, "first_name": "Dara", "last_name": "Sok", "username": "dara"}
PRIVATE = {"id": 111, "type": "private", "first_name": "Dara"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Duty", "is_forum": True}
TOPIC: dict[str, Any] = {"is_topic_message": True, "message_thread_id": 56}


def read(update: Any, username: str = "casebridge_bot") -> Inbound:
    return parse_body(json.dumps(update).encode(), Account("123456", username), NOW)


def message(chat: dict[str, Any] = PRIVATE, sender: dict[str, Any] | None = DARA, **content: Any) -> dict[str, Any]:
    by = {"from": sender} if sender else {}
    return {"update_id": 10, "message": {"message_id": 5, "date": 1, "chat": chat} | by | content}


def tap(**changed: Any) -> dict[str, Any]:
    under = {"message_id": 77, "date": 1, "chat": GROUP} | TOPIC
    return {"update_id": 11, "callback_query": {"id": "q1", "from": DARA, "message": under, "data": "a.1"} | changed}


def test_a_private_text_is_from_and_at_the_person() -> None:
    inbound = read(message(text="urgent, girl 16"))
    dara = Address("telegram", "111")
    assert (inbound.kind, inbound.text) == (Kind.TEXT, "urgent, girl 16")
    assert (inbound.sender, inbound.place, inbound.in_private) == (dara, dara, True)
    assert inbound.key == ("telegram", "123456", "10")
    assert (inbound.message_id, inbound.sender_name, inbound.received_at) == ("5", "Dara Sok", NOW)
    assert json.loads(inbound.raw)["update_id"] == 10


def test_in_a_group_the_person_and_the_place_are_kept_apart() -> None:
    inbound = read(message(GROUP, text="on it"))
    assert (str(inbound.sender), str(inbound.place)) == ("telegram:111", "telegram:-100123")
    assert not inbound.in_private


def test_a_forum_topic_is_a_place_of_its_own() -> None:
    assert str(read(message(GROUP, text="on it", **TOPIC)).place) == "telegram:-100123/56"


def test_a_thread_of_replies_is_no_topic() -> None:
    assert str(read(message(GROUP, text="on it", message_thread_id=56)).place) == "telegram:-100123"


def test_a_topic_in_a_private_chat_still_is_the_person() -> None:
    assert read(message(text="hello", **TOPIC)).in_private


def test_a_reply_names_the_message_it_replies_to() -> None:
    assert read(message(text="yes", reply_to_message={"message_id": 4})).reply_to == "4"


def test_a_message_that_only_stands_in_a_topic_replies_to_nothing() -> None:
    opened = {"message_id": 56}
    assert read(message(GROUP, text="yes", reply_to_message=opened, **TOPIC)).reply_to == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/ack@casebridge_bot KC26-M9S34-4", "/ack KC26-M9S34-4"),
        ("/ack@CaseBridge_Bot", "/ack"),
        ("/close@casebridge_bot\nKC26", "/close\nKC26"),
        ("/ack KC26", "/ack KC26"),
        ("write to /ack@casebridge_bot", "write to /ack@casebridge_bot"),
        ("dara@example.org", "dara@example.org"),
    ],
)
def test_the_bots_name_is_taken_off_a_command(typed: str, kept: str) -> None:
    inbound = read(message(GROUP, text=typed))
    assert (inbound.kind, inbound.text) == (Kind.TEXT, kept)


def test_a_command_for_another_bot_is_left_alone() -> None:
    inbound = read(message(GROUP, text="/close@other_bot KC26"))
    assert (inbound.kind, inbound.text) == (Kind.OTHER, "")


def test_before_telegram_told_our_name_a_command_is_taken() -> None:
    assert read(message(GROUP, text="/ack@casebridge_bot KC26"), username="").text == "/ack KC26"


def test_a_tap_tells_who_tapped_what_under_which_message() -> None:
    inbound = read(tap())
    assert inbound.kind is Kind.BUTTON
    assert (inbound.button, inbound.tap_id, inbound.message_id) == ("a.1", "q1", "77")
    assert (str(inbound.sender), str(inbound.place)) == ("telegram:111", "telegram:-100123/56")
    assert inbound.external_id == "11"


@pytest.mark.parametrize("missing", ["message", "data"])
def test_a_tap_that_is_not_under_our_message_is_nothing_said(missing: str) -> None:
    update = tap()
    del update["callback_query"][missing]
    assert read(update).kind is Kind.OTHER


def test_an_edit_names_the_message_it_amends() -> None:
    update = {"update_id": 12, "edited_message": message(text="girl 17")["message"]}
    inbound = read(update)
    assert (inbound.kind, inbound.text, inbound.message_id) == (Kind.EDIT, "girl 17", "5")
    assert inbound.external_id == "12"


def test_a_changed_caption_is_an_edit_too() -> None:
    photo = [{"file_id": "a", "width": 1, "height": 1}]
    update = {"update_id": 12, "edited_message": message(photo=photo, caption="the door")["message"]}
    assert (read(update).kind, read(update).text) == (Kind.EDIT, "the door")


def test_a_live_location_that_moves_is_no_amendment() -> None:
    spot = {"latitude": 28.7, "longitude": 115.9, "live_period": 900}
    assert read({"update_id": 12, "edited_message": message(location=spot)["message"]}).kind is Kind.OTHER


def test_a_location_has_its_coordinates() -> None:
    inbound = read(message(location={"latitude": 28.7, "longitude": 116}))
    assert (inbound.kind, inbound.latitude, inbound.longitude) == (Kind.LOCATION, 28.7, 116.0)


def test_a_venue_is_a_location_with_its_name() -> None:
    spot = {"latitude": 28.7, "longitude": 115.9}
    inbound = read(message(location=spot, venue={"location": spot, "title": "Hotel Sun", "address": "Road 1"}))
    assert (inbound.kind, inbound.text, inbound.latitude) == (Kind.LOCATION, "Hotel Sun, Road 1", 28.7)


@pytest.mark.parametrize("spot", [{"latitude": 91, "longitude": 0}, {"latitude": "28", "longitude": 0}, {}, None])
def test_a_location_that_cannot_be_is_kept_raw(spot: Any) -> None:
    assert read(message(location=spot)).kind is Kind.UNREADABLE


def test_of_a_photo_the_largest_size_is_kept_with_its_caption() -> None:
    sizes = [{"file_id": str(side), "width": side, "height": side, "file_size": side} for side in (90, 1280, 320)]
    inbound = read(message(photo=sizes, caption="the door"))
    assert (inbound.kind, inbound.text) == (Kind.PHOTO, "the door")
    assert inbound.attachment == Attachment("1280", "", "image/jpeg", 1280)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("document", Kind.FILE),
        ("audio", Kind.FILE),
        ("video", Kind.FILE),
        ("video_note", Kind.FILE),
        ("voice", Kind.VOICE),
    ],
)
def test_files_are_named_not_fetched(key: str, kind: Kind) -> None:
    file = {"file_id": "f1", "file_name": "passport.pdf", "mime_type": "application/pdf", "file_size": 12}
    inbound = read(message(caption="hers", **{key: file}))
    assert (inbound.kind, inbound.text) == (kind, "hers")
    assert inbound.attachment == Attachment("f1", "passport.pdf", "application/pdf", 12)


def test_a_group_that_became_a_supergroup_has_moved() -> None:
    inbound = read(message({"id": -55, "type": "group", "title": "Duty"}, migrate_to_chat_id=-10055))
    assert inbound.kind is Kind.MOVED
    assert (str(inbound.place), str(inbound.moved_to)) == ("telegram:-55", "telegram:-10055")


@pytest.mark.parametrize(
    "spoken_by",
    [
        {"sender": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": GROUP},
        {"sender": {"id": 777000, "is_bot": False, "first_name": "Telegram"}, "sender_chat": {"id": -9}},
        {"sender": None},
    ],
)
def test_who_speaks_as_a_group_or_channel_is_nobody(spoken_by: dict[str, Any]) -> None:
    inbound = read(message(GROUP, text="/close KC26", **spoken_by))
    assert (inbound.kind, inbound.sender, inbound.sender_name) == (Kind.TEXT, None, "")
    assert str(inbound.place) == "telegram:-100123"


def test_another_bot_is_not_answered() -> None:
    assert read(message(GROUP, {"id": 9, "is_bot": True, "first_name": "B"}, text="hello")).kind is Kind.OTHER


@pytest.mark.parametrize(
    "update",
    [
        message(GROUP, new_chat_members=[DARA]),
        message(GROUP, pinned_message={"message_id": 1}),
        {"update_id": 1, "channel_post": {"message_id": 1, "chat": {"id": -9, "type": "channel"}, "text": "x"}},
        {"update_id": 1, "my_chat_member": {"chat": PRIVATE, "from": DARA}},
        {"update_id": 1, "something_of_next_year": {}},
    ],
)
def test_what_nobody_said_is_kept_but_is_no_message(update: dict[str, Any]) -> None:
    inbound = read(update)
    assert (inbound.kind, inbound.text) == (Kind.OTHER, "")


def membership(chat: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Inbound:
    change = {"chat": chat, "from": DARA, "date": 1, "old_chat_member": before, "new_chat_member": after}
    return read({"update_id": 13, "my_chat_member": change})


@pytest.mark.parametrize(
    ("before", "after", "kind"), [("member", "kicked", Kind.LEFT), ("kicked", "member", Kind.REACHED)]
)
def test_whoever_blocks_or_unblocks_us_is_named(before: str, after: str, kind: Kind) -> None:
    inbound = membership(PRIVATE, {"status": before}, {"status": after})
    assert (inbound.kind, str(inbound.sender), inbound.in_private) == (kind, "telegram:111", True)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"status": "administrator"}, {"status": "left"}, Kind.LEFT),
        ({"status": "member"}, {"status": "restricted", "is_member": False}, Kind.LEFT),
        ({"status": "left"}, {"status": "member"}, Kind.REACHED),
        ({"status": "left"}, {"status": "restricted", "is_member": True}, Kind.REACHED),
        ({"status": "member"}, {"status": "administrator"}, Kind.OTHER),
        ({"status": "member"}, {"status": "restricted", "is_member": True}, Kind.OTHER),
        ({"status": "left"}, {"status": "kicked"}, Kind.OTHER),
    ],
)
def test_a_group_puts_us_out_or_takes_us_in(before: dict[str, Any], after: dict[str, Any], kind: Kind) -> None:
    inbound = membership(GROUP, before, after)
    assert (inbound.kind, str(inbound.place), inbound.in_private) == (kind, "telegram:-100123", False)


@pytest.mark.parametrize(
    "update",
    [
        message(text=5),
        message(text=None),
        message({"id": "111", "type": "private"}, text="hello"),
        message(sender={"id": True, "first_name": "Dara"}, text="hello"),
        message(photo=[]),
        {"update_id": 10, "message": None},
        {"update_id": 10, "message": []},
        {"update_id": 10, "callback_query": {"id": "1"}},
    ],
)
def test_what_makes_no_sense_is_kept_raw_under_its_number(update: dict[str, Any]) -> None:
    inbound = read(update)
    assert (inbound.kind, inbound.external_id) == (Kind.UNREADABLE, "10")
    assert inbound.raw == json.dumps(update).encode()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"update_id": "5"}', b"[" * 100_000])
def test_without_even_a_number_the_same_body_has_the_same_id(body: bytes) -> None:
    first, second = (parse_body(body, Account("123456"), NOW) for _ in range(2))
    assert (first.kind, first.raw) == (Kind.UNREADABLE, body)
    assert first.external_id == second.external_id
    assert len(first.external_id) == 64


def test_characters_that_no_database_takes_are_mended() -> None:
    assert read(message(text="a\0b \ud83d end")).text == "ab \ufffd end"
    assert read(message(text="\ud83d\ude00 ភាសាខ្មែរ")).text == "😀 ភាសាខ្មែរ"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_no_update_makes_it_stumble(data: st.DataObject) -> None:
    update = data.draw(st.sampled_from([message(text="x"), message(photo=[{}]), tap()]))
    body = json.loads(json.dumps(update))
    inner = next(value for value in body.values() if isinstance(value, dict))
    keys = ["text", "chat", "from", "photo", "venue", "location", "reply_to_message", "message", "id", "document"]
    inner[data.draw(st.sampled_from(keys))] = data.draw(_JSON)
    inbound = parse_body(json.dumps(body).encode(), Account("123456"), NOW)
    assert inbound.external_id == str(update["update_id"])
    assert isinstance(inbound.text, str)
    inbound.text.encode()
