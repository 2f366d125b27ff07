"""The WeCom adapter at the fake WeCom, and members of the company who write to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from adapters.calls.node import Node
from adapters.wecom import Robot, WecomAdapter, WecomSettings
from bot.delivery.split import fit
from bot.domain import phone_menus
from bot.domain.messages import Address, Delivery, Outgoing, OutgoingKind
from tests.fakes.memory_state import MemoryState
from tests.fakes.tencent import AES_KEY, TOKEN
from tests.fakes.wecom_api import AGENT, CORP, ROBOT_KEY, SECRET, WecomApi
from tests.fakes.wecom_member import Line, Member, directly
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.naps import Naps
from tests.kit.time_outs import pass_time


def make_wecom(api: WecomApi, state: MemoryState, *, owner: str = "node-1", **changed: Any) -> WecomAdapter:
    chosen: dict[str, Any] = {
        "corp_id": CORP,
        "agent_id": AGENT,
        "secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "api_base_url": api.url,
        "robots": (Robot("duty", ROBOT_KEY),),
        "menu": phone_menus.taps(),
    }
    return WecomAdapter(WecomSettings(**chosen | changed), Node(state, owner, state.clock, Naps()))


@dataclass
class Company:
    """Everything around one adapter."""

    api: WecomApi
    state: MemoryState
    inbox: Inbox
    wecom: WecomAdapter
    line: Line

    @property
    def clock(self) -> Clock:
        return self.state.clock

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
    state = MemoryState()
    async with WecomApi(clock=state.clock, on_hold=pass_time) as api:
        wecom = make_wecom(api, state, **changed)
        inbox = inbox or Inbox()
        await wecom.start(inbox)
        yield Company(api, state, inbox, wecom, Line(api, directly(wecom.handle)))
        await wecom.stop()
