"""Forged, stale, replayed and poisoned calls at the doors of WeChat and WeCom, and what a text could do out there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from adapters.wecom.outgoing import to_card, to_member, to_robot, to_text
from bot.domain.errors import Refused
from bot.domain.messages import Address, Kind
from tests.fakes.memory_state import MemoryState
from tests.fakes.tencent import APP_ID, OTHER_KEY, Vendor
from tests.fakes.wechat_api import WechatApi
from tests.fakes.wecom_api import AGENT, CORP, WecomApi
from tests.fakes.wecom_member import as_xml
from tests.kit.clock import Clock
from tests.kit.telegram import ROWS
from tests.kit.wechat import make_wechat
from tests.kit.wecom import make_wecom
from tests.security.stronghold import Stronghold, besieged

WORDS = "urgent, somebody screams for help"
LURE = 'see <a href="http://evil.example">the bridge</a> < A HREF=x>, <@all> </a>'


@dataclass
class Door:
    """One messenger's way in, and whoever stands before it."""

    bridge: Stronghold
    name: str
    vendor: Vendor
    client: httpx.AsyncClient

    def message(self, text: str = WORDS, number: int = 77) -> str:
        """What an enrolled member of the other side would write."""
        fields = {"ToUserName": "gh_1", "FromUserName": "duty", "CreateTime": 1, "MsgType": "text", "MsgId": number}
        return as_xml({**fields, "Content": text})

    def call(self, text: str, *, vendor: Vendor | None = None, age: int = 0) -> tuple[dict[str, str], bytes]:
        return (vendor or self.vendor).call(text, int(self.bridge.now.timestamp()) - age)

    async def knock(self, query: dict[str, str], body: bytes) -> int:
        return (await self.client.post(f"/hooks/{self.name}", params=query, content=body)).status_code


@pytest.fixture(params=["wechat", "wecom"])
async def door(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Door]:
    clock = Clock()
    wechat = make_wechat(WechatApi(clock=clock), clock=clock)
    wecom = make_wecom(WecomApi(clock=clock), MemoryState(clock))
    async with besieged(tmp_path, webhooks={"wechat": wechat, "wecom": wecom}) as bridge:
        clock.now = bridge.now
        for adapter in (wechat, wecom):
            await adapter.start(bridge._bridge.line.receive)
        receiver = {"wechat": APP_ID, "wecom": CORP}[request.param]
        yield Door(bridge, request.param, Vendor(receiver_id=receiver), bridge.browser())
        for adapter in (wechat, wecom):
            await adapter.stop()


async def test_a_forged_call_is_refused_and_leaves_no_trace(door: Door) -> None:
    query, body = door.call(door.message())
    _, other = door.call(door.message("/cases"))
    forged = {
        "unsigned": ({}, body),
        "another token": door.call(door.message(), vendor=replace(door.vendor, token="guessed")),
        "another key": door.call(door.message(), vendor=replace(door.vendor, aes_key=OTHER_KEY)),
        "another account": door.call(door.message(), vendor=replace(door.vendor, receiver_id="wx-of-somebody-else")),
        "a signature of another call": (query, other),
        "the signature of the address only": (query | {"msg_signature": query["signature"]}, body),
        "not encrypted": (query, door.message().encode()),
        "nothing": (query, b""),
        "endless": (query, b"x" * (65 << 10)),
    }
    answers = {name: await door.knock(*call) for name, call in forged.items()}
    assert set(answers.values()) <= {401, 403, 413}, answers
    assert door.bridge.inbox() == []


async def test_a_call_of_yesterday_is_not_believed_today(door: Door) -> None:
    for age in (601, 86_400, -86_400):
        assert await door.knock(*door.call(door.message(), age=age)) == 401
    assert door.bridge.inbox() == []


async def test_a_replayed_message_is_taken_once_even_with_other_words(door: Door) -> None:
    for text in (WORDS, WORDS, "/lost", "other words"):
        assert await door.knock(*door.call(door.message(text))) == 200
    assert [row.message.external_id for row in door.bridge.inbox()] == [door.bridge.inbox()[0].message.external_id]


BOMBS = (
    '<!DOCTYPE l [<!ENTITY a "aaaaaaaa"><!ENTITY x "&a;&a;&a;&a;">]>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "<xml>" * 5000,
)


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
async def test_no_entity_is_opened_outside_or_inside_of_what_is_encrypted(door: Door, bomb: str) -> None:
    query, body = door.call(door.message())
    assert await door.knock(query, bomb.encode() + body) == 401
    poisoned = bomb + door.message("X").replace("<![CDATA[X]]>", "&x;" if "ENTITY" in bomb else "X")
    assert await door.knock(*door.call(poisoned)) == 200
    (row,) = door.bridge.inbox()
    assert (row.message.kind, row.message.text) == (Kind.UNREADABLE, "")


def test_no_text_becomes_a_link_or_calls_everybody_at_wecom() -> None:
    said = [
        to_text(AGENT, "ZhangSan", LURE)["text"]["content"],
        to_robot(LURE)["text"]["content"],
        *to_card(AGENT, "ZhangSan", LURE, ROWS, "task-1")["template_card"]["main_title"].values(),
        to_card(AGENT, "ZhangSan", LURE, ROWS, "task-1")["template_card"]["sub_title_text"],
    ]
    for text in said:
        assert "<a" not in text.lower().replace(" ", "")
        assert "</a" not in text.lower()
        assert "<@" not in text
    assert len(said[0]) == len(LURE), "and nothing is lost of it"


@pytest.mark.parametrize("peer", ["@all", "a|b", "robot:duty", "", "a b", "张三"])
def test_a_message_at_wecom_is_for_one_member(peer: str) -> None:
    with pytest.raises(Refused):
        to_member(Address("wecom", peer))
