"""Forged, replayed and poisoned calls of WeChat at the whole bridge, and what people write there to steer others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.calls.node import Node
from adapters.wechat import WechatAdapter, outgoing
from bot.domain.errors import Refused
from bot.domain.messages import Button, Inbound, Kind
from bot.ports.messengers import Receipt
from tests.fakes.memory_state import MemoryState
from tests.fakes.tencent import OTHER_KEY, Vendor
from tests.fakes.wechat_api import ACCOUNT, WechatApi
from tests.fakes.wechat_person import as_xml
from tests.kit.wechat import settings
from tests.security.stronghold import Stronghold, besieged

VENDOR = Vendor()
HOOK = "/hooks/wechat"
Spoil = Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]


class Attacked:
    """The whole bridge with WeChat's door in front."""

    def __init__(self, bridge: Stronghold, wechat: WechatAdapter) -> None:
        self.bridge, self.wechat = bridge, wechat
        self.taken: list[Inbound] = []

    async def receive(self, message: Inbound) -> Receipt:
        self.taken.append(message)
        return await self.bridge._bridge.line.receive(message)

    @property
    def at(self) -> int:
        return int(self.bridge.now.timestamp())

    def message(self, text: str = "girl locked in a flat", *, number: int = 77, sender: str = "duty") -> str:
        fields: dict[str, Any] = {"ToUserName": ACCOUNT, "FromUserName": sender, "CreateTime": self.at}
        return as_xml({**fields, "MsgType": "text", "Content": text, "MsgId": number})

    async def call(self, query: dict[str, str], body: bytes) -> int:
        answer = await self.bridge.browser().post(HOOK, params=query, content=body)
        await self.bridge._settled()
        return answer.status_code

    def kept(self) -> list[str]:
        """What was written since this was last asked."""
        return [call for call in self.bridge.counting.take() if call.startswith("apply")]


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[Attacked]:
    async with WechatApi() as api:
        wechat = WechatAdapter(settings(api), Node(MemoryState(), "node-1", lambda: bridge.now))
        async with besieged(tmp_path, webhooks={"wechat": wechat}) as bridge:
            found = Attacked(bridge, wechat)
            await wechat.start(found.receive)
            found.kept()
            yield found
            await wechat.stop()


FORGED: dict[str, Spoil] = {
    "no signature": lambda query, body: ({k: v for k, v in query.items() if "signature" not in k}, body),
    "another signature": lambda query, body: (query | {"msg_signature": "0" * 40}, body),
    "an empty signature": lambda query, body: (query | {"msg_signature": ""}, body),
    "the signature in capitals": lambda query, body: (query | {"msg_signature": query["msg_signature"].upper()}, body),
    "another nonce": lambda query, body: (query | {"nonce": "1"}, body),
    "another second": lambda query, body: (query | {"timestamp": str(int(query["timestamp"]) + 1)}, body),
    "another message": lambda query, body: (query, Vendor().call("<xml/>", int(query["timestamp"]))[1]),
    "cut off": lambda query, body: (query, body[: len(body) // 2]),
    "a bomb outside": lambda query, body: (query, b'<!DOCTYPE l [<!ENTITY a "aaaa">]>' + body),
}


@pytest.mark.parametrize("spoil", FORGED.values(), ids=FORGED)
async def test_a_forged_call_is_refused_and_leaves_no_trace(attacked: Attacked, spoil: Spoil) -> None:
    assert await attacked.call(*spoil(*VENDOR.call(attacked.message(), attacked.at))) == 401
    assert attacked.kept() == []


async def test_whoever_knows_the_token_but_not_the_key_or_the_account_gets_nowhere(attacked: Attacked) -> None:
    for vendor in (Vendor(aes_key=OTHER_KEY), Vendor(receiver_id="wx0000000000000000"), Vendor(receiver_id="")):
        assert await attacked.call(*vendor.call(attacked.message(), attacked.at)) == 403
    assert await attacked.call(*Vendor(token="another").call(attacked.message(), attacked.at)) == 401
    assert attacked.kept() == []


async def test_an_old_call_is_refused_even_though_it_was_signed(attacked: Attacked) -> None:
    call = VENDOR.call(attacked.message(), attacked.at)
    attacked.bridge.now += timedelta(minutes=11)
    assert await attacked.call(*call) == 401
    assert attacked.kept() == []


async def test_a_message_in_the_clear_is_refused_also_beside_an_encrypted_one(attacked: Attacked) -> None:
    query, body = VENDOR.call(attacked.message(), attacked.at)
    plain = {name: query[name] for name in ("signature", "timestamp", "nonce")}
    assert await attacked.call(plain, attacked.message("a made up case").encode()) == 403
    mixed = body.replace(b"<Encrypt>", b"<MsgType>text</MsgType><Content>a made up case</Content><Encrypt>")
    assert await attacked.call(query, mixed) == 403
    assert attacked.kept() == []


async def test_a_replayed_message_is_taken_once_even_with_other_words_and_another_sender(attacked: Attacked) -> None:
    assert await attacked.call(*VENDOR.call(attacked.message("cases"), attacked.at)) == 200
    assert "InboxRow" in str(attacked.kept())
    for again in (attacked.message("cases"), attacked.message("other words"), attacked.message(sender="night")):
        assert await attacked.call(*VENDOR.call(again, attacked.at, nonce="5")) == 200
    assert attacked.kept() == []


BOMBS = {
    "entities": ('<!DOCTYPE l [<!ENTITY a "ZEBRA"><!ENTITY b "&a;&a;&a;">]>', "&b;"),
    "a file": ('<!DOCTYPE l [<!ENTITY b SYSTEM "file:///etc/hostname">]>', "&b;"),
    "a document type": ("<!DOCTYPE l>", "ZEBRA"),
}


@pytest.mark.parametrize(("head", "content"), BOMBS.values(), ids=BOMBS)
async def test_a_signed_bomb_is_kept_as_it_came_and_opened_by_nobody(
    attacked: Attacked, head: str, content: str
) -> None:
    text = head + attacked.message("MARKED").replace("<![CDATA[MARKED]]>", content)
    assert await attacked.call(*VENDOR.call(text, attacked.at)) == 200
    (message,) = attacked.taken
    assert (message.kind, message.sender, message.raw.decode()) == (Kind.UNREADABLE, None, text)


def test_what_people_write_becomes_no_link_that_speaks_for_whoever_taps_it() -> None:
    sly = '<a href="weixin://bizmsgmenu?msgmenucontent=/ack KC26-M9S34-4&msgmenuid=x">the page of the case</a>'
    text = outgoing.to_text("duty", sly)["text"]["content"]
    menu = outgoing.to_choices("duty", sly, ((Button(f"1. {sly}", "x"),),))["msgmenu"]
    assert not [
        each for each in (text, menu["head_content"], menu["list"][0]["content"]) if "<a" in each or "</a" in each
    ]


@pytest.mark.parametrize("url", ["https://evil.example/x", "http://127.0.0.1:9/x", "https://evilqq.com/x"])
async def test_a_video_is_fetched_from_wechat_only_whatever_it_is_said_to_be_at(attacked: Attacked, url: str) -> None:
    with pytest.raises(Refused, match="not followed"):
        attacked.wechat._files._place(url)
