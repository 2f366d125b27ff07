"""What the WeCom tests share: an adapter at a fake WeCom, and members who write to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from adapters.calls.http_client import Patience
from adapters.calls.node import Node
from adapters.wecom import Robot, WecomAdapter, WecomSettings
from bot.delivery.split import fit
from bot.domain import phone_menus
from bot.domain.messages import Address, Delivery, Outgoing, OutgoingKind
from tests.adapters.telegram.telegram_kit import Clock, Inbox, Naps
from tests.adapters.tencent.tencent_kit import Shelf
from tests.fakes.tencent import AES_KEY, TOKEN
from tests.fakes.wecom_api import AGENT, CORP, ROBOT_KEY, SECRET, WecomApi
from tests.fakes.wecom_member import Line, Member, directly

QUICK = Patience(connect=1, answer=0.3, file=1)


def make_wecom(api: WecomApi, shelf: Shelf, *, owner: str = "node-1", **changed: Any) -> WecomAdapter:
    chosen: dict[str, Any] = {
        "corp_id": CORP,
        "agent_id": AGENT,
        "secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "api_base_url": api.url,
        "robots": (Robot("duty", ROBOT_KEY),),
        "patience": QUICK,
        "menu": phone_menus.taps(),
    }
    return WecomAdapter(WecomSettings(**chosen | changed), Node(shelf, owner, shelf.clock, Naps()))


@dataclass
class Company:
    """Everything around one adapter."""

    api: WecomApi
    shelf: Shelf
    inbox: Inbox
    wecom: WecomAdapter
    line: Line

    @property
    def clock(self) -> Clock:
        return self.shelf.clock

    def member(self, name: str = "ZhangSan") -> Member:
        return Member(self.line, name)

    async def send(self, peer: str, text: str = "", *, attempts: int = 0, **message: Any) -> str:
        """Send as the deliverer does: cut to what WeCom can carry."""
        fitted, parts = fit(to(peer, text, attempts=attempts, **message), self.wecom.capabilities)
        external_id = ""
        for number, part in enumerate(parts):
            external_id = await self.wecom.send(fitted, part, is_last=number == len(parts) - 1)
        return external_id


def to(peer: str, text: str = "", *, attempts: int = 0, number: int = 1, **message: Any) -> Delivery:
    address = Address("wecom", peer)
    outgoing = Outgoing(number, f"case:7:{number}", OutgoingKind.REPLY, "person:1", address, text=text, **message)
    return Delivery(outgoing, attempts=attempts)


@asynccontextmanager
async def company(inbox: Inbox | None = None, **changed: Any) -> AsyncIterator[Company]:
    shelf = Shelf()
    async with WecomApi(clock=shelf.clock) as api:
        wecom = make_wecom(api, shelf, **changed)
        inbox = inbox or Inbox()
        await wecom.start(inbox)
        yield Company(api, shelf, inbox, wecom, Line(api, directly(wecom.handle)))
        await wecom.stop()
