"""What WeChat and WeCom cannot show, or come to know only tomorrow, is handed on as what we cannot take."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.tencent.fields import stands_for_what_it_cannot_show
from adapters.wechat.parse import KINDS as WECHAT
from adapters.wechat.parse import parse
from adapters.wecom.parse import KINDS as WECOM
from adapters.wecom.parse import parse as parse_wecom
from bot.domain.messages import Contact, Inbound, Kind
from bot.domain.unreceived import Unreceived
from tests.fakes.wechat_person import as_xml

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
CANNOT_SHOW = [
    "【收到不支持的消息类型，暂无法显示】",
    "[收到不支持的消息类型，暂无法显示]",
    "[Unsupported Message]",
    " [unsupported message type] ",
    "[该消息暂无法显示]",
]
#: What each kind brings besides.
BRINGS: dict[str, Any] = {
    "Content": "hello", "MediaId": "m1", "FileKey": "k", "Location_X": "28.7", "Location_Y": "115.9", "Label": "x",
    "Title": "t", "Description": "d", "Url": "https://x.org",
}  # fmt: skip


def wechat(**fields: Any) -> Inbound:
    given = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": int(NOW.timestamp()), "MsgId": 77} | fields
    return parse(as_xml(given), "wx1", NOW)


def wecom(**fields: Any) -> Inbound:
    given = {"ToUserName": "corp", "FromUserName": "dara", "CreateTime": 1, "MsgId": 77, "AgentID": 7} | fields
    return parse_wecom(as_xml(given), "corp", 7, NOW)


@pytest.mark.parametrize("read", [wechat, wecom])
@pytest.mark.parametrize("text", CANNOT_SHOW)
def test_the_messengers_own_words_for_what_it_cannot_show_are_nobodys_text(read: Any, text: str) -> None:
    inbound = read(MsgType="text", Content=text)
    assert (inbound.kind, inbound.unreceived, inbound.text) == (Kind.UNRECEIVED, Unreceived.NEW, "")
    assert inbound.sender == inbound.place


@pytest.mark.parametrize("read", [wechat, wecom])
@pytest.mark.parametrize("kind", ["hologram", "miniprogrampage", "TEXT_OF_TOMORROW"])
def test_a_kind_of_tomorrow_is_one_that_we_cannot_take(read: Any, kind: str) -> None:
    inbound = read(MsgType=kind)
    assert (inbound.kind, inbound.unreceived) == (Kind.UNRECEIVED, Unreceived.NEW)
    assert inbound.sender == inbound.place


def test_what_we_cannot_take_opens_the_window_of_a_message() -> None:
    assert wechat(MsgType="hologram").contact is Contact.MESSAGE


@pytest.mark.parametrize(("kind", "meant"), WECHAT.items())
def test_what_wechat_brings_is_read_as_its_kind(kind: str, meant: Kind) -> None:
    assert wechat(MsgType=kind, **BRINGS).kind is meant


@pytest.mark.parametrize(("kind", "meant"), WECOM.items())
def test_what_wecom_brings_is_read_as_its_kind(kind: str, meant: Kind) -> None:
    assert wecom(MsgType=kind, **BRINGS).kind is meant


@pytest.mark.parametrize(
    "text",
    ["【紧急】女孩16岁", "[Smile]", "[OK]", "it says [unsupported message]", "不支持", "[]", "[a] [不支持]"],
)
def test_what_people_write_in_brackets_stays_their_text(text: str) -> None:
    assert not stands_for_what_it_cannot_show(text)
