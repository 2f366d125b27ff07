"""The WeChat adapter at the fake WeChat, and somebody who follows its account."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from adapters.calls.node import Node
from adapters.wechat import WechatAdapter, WechatSettings
from bot.domain.messages import Address, Delivery, Keyboard, Outgoing
from bot.ports.messengers import Receive, Request, Response
from tests.fakes.memory_state import MemoryState
from tests.fakes.tencent import AES_KEY, APP_ID, TOKEN
from tests.fakes.wechat_api import SECRET, TEMPLATE, WechatApi
from tests.fakes.wechat_person import Follower, Line, Send
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.naps import Naps
from tests.kit.time_outs import pass_time

OPENID = "oia2TjuEGTNoeX76QEjQNrcURxG8"
PUBLIC = "https://bridge.example"
MENU = (("New alert", "/alert"), ("My cases", "/cases"), ("Help", "/help"))


def settings(api: WechatApi, **changed: Any) -> WechatSettings:
    chosen: dict[str, Any] = {
        "app_id": APP_ID,
        "app_secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "api_base_url": api.url,
        "template_id": TEMPLATE,
        "public_url": PUBLIC,
        "menu": MENU,
    }
    return WechatSettings(**chosen | changed)


def make_wechat(
    api: WechatApi,
    *,
    state: MemoryState | None = None,
    owner: str = "node-1",
    clock: Clock | None = None,
    **changed: Any,
) -> WechatAdapter:
    clock = clock or Clock()
    store = state or MemoryState(clock)
    return WechatAdapter(settings(api, **changed), Node(store, owner, clock, Naps()))


def into(adapter: WechatAdapter) -> Send:
    """Call an adapter without a web server between."""

    async def send(query: dict[str, str], body: bytes) -> tuple[int, str]:
        response: Response = await adapter.handle(Request("POST", query, {"content-type": "text/xml"}, body))
        if response.went is not None:
            response.went()
        return response.status, response.body

    return send


@dataclass
class Scene:
    """A follower, the fake WeChat, and the adapter of its account."""

    api: WechatApi
    wechat: WechatAdapter
    line: Line
    officer: Follower
    inbox: Inbox
    clock: Clock

    @classmethod
    @asynccontextmanager
    async def open(cls, receive: Receive | None = None, **changed: Any) -> AsyncIterator[Scene]:
        clock, inbox = Clock(), Inbox()
        async with WechatApi(clock=clock, on_hold=pass_time) as api:
            wechat = make_wechat(api, clock=clock, **changed)
            await wechat.start(receive or inbox)
            line = Line(api, into(wechat))
            try:
                yield cls(api, wechat, line, Follower(line, OPENID), inbox, clock)
            finally:
                await wechat.stop()

    async def send(self, text: str, buttons: Keyboard = (), **message: Any) -> str:
        return await self.wechat.send(delivery(text, buttons, **message), text, is_last=True)


def delivery(text: str, buttons: Keyboard = (), *, to: str = OPENID, edits: str = "", **message: Any) -> Delivery:
    chosen: dict[str, Any] = {"id": 1, "dedupe_key": "case:7:told", "kind": "told", "recipient": "person:1"}
    chosen |= {"address": Address("wechat", to), "text": text, "buttons": buttons}
    return Delivery(Outgoing(**chosen | message), edits=edits)


def table(api: WechatApi, **changed: Any) -> str:
    """``[messengers.wechat]`` for an account at a fake WeChat."""
    keys = {
        "app_id": APP_ID,
        "app_secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "api_base_url": api.url,
        "template_id": TEMPLATE,
    }
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in (keys | changed).items())
    return "\n[messengers.wechat]\n" + "".join(lines)
