"""WeChat's messages and events as the bridge understands them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wechat.parse import parse
from bot.domain.messages import Attachment, Contact, Inbound, Kind
from tests.fakes.tencent import APP_ID
from tests.fakes.wechat_person import as_xml

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
PERSON, ACCOUNT = "oia2TjuEGTNoeX76QEjQNrcURxG8", "gh_7f083739789a"


def read(**fields: Any) -> Inbound:
    given = {"ToUserName": ACCOUNT, "FromUserName": PERSON, "CreateTime": AT, "MsgType": "text", "MsgId": 77} | fields
    return parse(as_xml({name: value for name, value in given.items() if value is not None}), APP_ID, NOW)


def event(name: str, key: str = "", **fields: Any) -> Inbound:
    return read(MsgType="event", Event=name, EventKey=key, MsgId=None, **fields)


def test_a_text_is_from_a_person_at_their_own_place_and_opens_the_long_window() -> None:
    message = read(Content="女孩 16, locked in ]]> a flat 👧")
    assert message.kind is Kind.TEXT
    assert message.text == "女孩 16, locked in ]]> a flat 👧"
    assert str(message.sender) == str(message.place) == f"wechat:{PERSON}"
    assert message.key == ("wechat", ACCOUNT, "77")
    assert message.message_id == "77"
    assert message.contact is Contact.MESSAGE
    assert b"locked in" in message.raw


def test_a_tapped_link_of_ours_is_a_tap_and_opens_only_the_short_window() -> None:
    message = read(Content="1. Yes", bizmsgmenuid="f.1.danger.yes")
    assert (message.kind, message.button, message.contact) == (Kind.BUTTON, "f.1.danger.yes", Contact.TAP)
    assert read(Content="1. Yes", bizmsgmenuid="x" * 65).kind is Kind.TEXT, "no data of ours is so long"


@pytest.mark.parametrize(
    ("kind", "more", "expected", "attachment"),
    [
        ("image", {"MediaId": "m1", "PicUrl": "http://x/1"}, Kind.PHOTO, Attachment("m1", media_type="image/jpeg")),
        ("voice", {"MediaId": "m2", "Format": "amr"}, Kind.VOICE, Attachment("m2", media_type="audio/amr")),
        ("video", {"MediaId": "m3", "ThumbMediaId": "t"}, Kind.FILE, Attachment("video:m3", media_type="video/mp4")),
        ("shortvideo", {"MediaId": "m4"}, Kind.FILE, Attachment("video:m4", media_type="video/mp4")),
        (
            "file",
            {"Title": "list.pdf", "FileKey": "k", "FileTotalLen": 1234},
            Kind.FILE,
            Attachment("unavailable:k", "list.pdf", size=1234),
        ),
    ],
)
def test_what_people_send_becomes_a_file_of_the_case(
    kind: str, more: dict[str, Any], expected: Kind, attachment: Attachment
) -> None:
    message = read(MsgType=kind, **more)
    assert (message.kind, message.attachment, message.contact) == (expected, attachment, Contact.MESSAGE)


def test_a_location_keeps_its_coordinates_the_right_way_round_and_its_name() -> None:
    message = read(
        MsgType="location", Location_X="28.682892", Location_Y="115.858197", Label="南昌市", Poiname="Flat 4"
    )
    assert (message.kind, message.latitude, message.longitude) == (Kind.LOCATION, 28.682892, 115.858197)
    assert message.text == "Flat 4, 南昌市"
    for broken in ("91", "nan", "north", ""):
        assert read(MsgType="location", Location_X=broken, Location_Y="1").kind is Kind.UNREADABLE


def test_a_link_is_read_as_the_words_that_it_shows() -> None:
    message = read(MsgType="link", Title="A job", Description="well paid", Url="https://jobs.example/1")
    assert (message.kind, message.text) == (Kind.TEXT, "A job\nwell paid\nhttps://jobs.example/1")


def test_scanning_an_invite_enrols_whether_the_person_follows_already_or_not() -> None:
    for message in (event("subscribe", "qrscene_8K3F-22ZW-Q7RM"), event("SCAN", "8K3F-22ZW-Q7RM")):
        assert (message.kind, message.text, message.contact) == (Kind.TEXT, "/start 8K3F-22ZW-Q7RM", Contact.TAP)


def test_following_and_leaving_change_whether_somebody_is_reached() -> None:
    assert (event("subscribe").kind, event("subscribe").contact) == (Kind.REACHED, Contact.TAP)
    assert event("subscribe", "last_trade_no_1").kind is Kind.REACHED
    assert (event("unsubscribe").kind, event("unsubscribe").contact) == (Kind.LEFT, Contact.NONE)


def test_a_tap_of_the_menu_is_its_command_and_other_taps_of_it_only_open_the_short_window() -> None:
    message = event("CLICK", "/alert")
    assert (message.kind, message.text, message.contact) == (Kind.TEXT, "/alert", Contact.TAP)
    assert (event("scancode_waitmsg", "x").kind, event("scancode_push", "x").contact) == (Kind.OTHER, Contact.TAP)


@pytest.mark.parametrize("name", ["VIEW", "LOCATION", "pic_weixin", "MASSSENDJOBFINISH", "something_of_tomorrow"])
def test_what_nobody_says_is_kept_as_such_and_opens_no_window(name: str) -> None:
    message = event(name, "https://bridge.example/", Latitude="23.1", MsgID=1)
    assert (message.kind, message.contact) == (Kind.OTHER, Contact.NONE)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("success", ""),
        ("failed:user block", "The person refuses messages of this account."),
        ("failed: system failed", "WeChat did not deliver it."),
        ("failed:freq limit", "WeChat allows no more of them to this person today."),
        ("failed:<a new reason>", "WeChat did not deliver it."),
    ],
)
def test_what_became_of_a_template_message_is_told_by_its_own_id(status: str, failure: str) -> None:
    message = event("TEMPLATESENDJOBFINISH", MsgID=3_487_542_469_355_618_313, Status=status)
    assert (message.kind, message.message_id, message.text) == (Kind.OUTCOME, "3487542469355618313", failure)
    assert str(message.sender) == f"wechat:{PERSON}"


def test_an_event_delivered_again_has_the_key_of_the_first_and_no_other_event_has_it() -> None:
    once = event("CLICK", "/alert")
    assert event("CLICK", "/alert").key == once.key
    others = [
        event("CLICK", "/cases"),
        event("SCAN", "/alert"),
        event("CLICK", "/alert", CreateTime=AT + 1),
        event("CLICK", "/alert", FromUserName="o2"),
        event("TEMPLATESENDJOBFINISH", MsgID=77, Status="success"),
        read(Content="/alert"),
    ]
    assert len({message.key for message in (once, *others)}) == 7


def test_a_template_result_never_passes_for_the_message_with_the_same_number() -> None:
    assert read(MsgId=77, Content="hello").key != event("TEMPLATESENDJOBFINISH", MsgID=77, Status="success").key


@pytest.mark.parametrize("ago", [0, 5, 60])
def test_the_moment_of_a_message_is_when_it_was_written_in_seconds(ago: int) -> None:
    assert read(Content="hello", CreateTime=AT - ago).received_at == NOW - timedelta(seconds=ago)


@pytest.mark.parametrize("created", [AT - 61, AT + 1, AT * 1000, 0, 10**18])
def test_a_moment_that_cannot_be_is_ours(created: int) -> None:
    assert read(Content="hello", CreateTime=created).received_at == NOW


@pytest.mark.parametrize(
    "broken",
    [
        {"FromUserName": None},
        {"FromUserName": "<script>"},
        {"ToUserName": None},
        {"MsgId": None},
        {"MsgId": "9x"},
        {"CreateTime": "now"},
        {"MsgType": None},
        {"MsgType": "image"},
        {"MsgType": "file"},
        {"MsgType": "event", "Event": "CLICK"},
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH"},
    ],
)
def test_what_makes_no_sense_is_kept_raw_and_is_nobodys(broken: dict[str, Any]) -> None:
    message = read(**broken)
    assert (message.kind, message.sender, message.account) == (Kind.UNREADABLE, None, APP_ID)
    assert message.raw
    assert message.external_id == read(**broken).external_id


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert parse(text, APP_ID, NOW).kind is Kind.UNREADABLE


@given(
    st.dictionaries(
        st.sampled_from(
            ["MsgType", "Event", "EventKey", "MediaId", "MsgId", "MsgID", "Content", "FileKey", "Location_X"]
        ),
        st.one_of(st.text(max_size=20), st.sampled_from(["event", "text", "image", "location", "scan", "7", "click"])),
    )
)
def test_no_fields_break_it(fields: dict[str, str]) -> None:
    given = {"ToUserName": ACCOUNT, "FromUserName": PERSON, "CreateTime": AT} | fields
    assert parse(as_xml(given), APP_ID, NOW).raw
