"""Emoji of WeChat and WeCom come as codes, and are read as signs; words and addresses stay as they are."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.tencent.emoji import with_emoji
from tests.adapters.tencent.test_tencent_kinds import wechat, wecom


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/::)", "🙂"),
        ("[微笑]", "🙂"),
        ("[Smile]", "🙂"),
        ("thanks[ThumbsUp][强]", "thanks👍👍"),
        ("她很害怕/::'(/::~", "她很害怕😢😣"),
        ("ok /:strong", "ok 👍"),
        ("/::-|/::|", "😅😳"),
        ("/:@@/:@)", "✊🙏"),
    ],
)
def test_a_code_is_read_as_its_sign(typed: str, read: str) -> None:
    assert with_emoji(typed) == read
    assert wechat(MsgType="text", Content=typed).text == read
    assert wecom(MsgType="text", Content=typed).text == read


@pytest.mark.parametrize(
    "text",
    [
        "https://x.org/:v",
        "http://x/::)",
        "/ack KC26-M9S34-4",
        "[girl 16]",
        "[smile]",
        "/:qq",
        "a/:b",
        "[",
        "/:",
        "",
    ],
)
def test_what_is_no_code_stays_as_it_was_typed(text: str) -> None:
    assert with_emoji(text) == text


@pytest.mark.parametrize("read", [wechat, wecom])
def test_what_was_heard_in_a_voice_message_comes_along(read: Any) -> None:
    inbound = read(MsgType="voice", MediaId="m", Recognition="女孩十六岁。")
    assert (inbound.recognised, inbound.text) == ("女孩十六岁。", "")
    assert read(MsgType="voice", MediaId="m").recognised == ""
