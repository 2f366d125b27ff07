"""The gateway's adapter at the fake gateway, and calls to be made by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from adapters.calls.node import Node
from adapters.gateway import Gateway, GatewaySettings
from bot.domain.agreement import DEFAULT_LEVELS, Agreement, Corridor, Urgency
from bot.domain.messages import GATEWAY, Address, Delivery, Outgoing, OutgoingKind, Priority
from bot.domain.phone_calls import PhoneCall, Spoken
from bot.domain.policy import By, Group, Rung
from bot.ports.messengers import Request, Response
from tests.fakes.gateway import SECRET
from tests.fakes.gateway import Gateway as FakeGateway
from tests.fakes.memory_state import MemoryState
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.world import agreement

SPOKEN = Spoken("KC26-M9S34-4", "U1", "please acknowledge")


def call(recipient: str = "person:12", address: Address | None = None, *, number: int = 5, ping: int = 2) -> Delivery:
    """A call that waits in the outbox."""
    key = PhoneCall.key("case:7:acknowledge:9", ping, recipient)
    at = address or Address(GATEWAY, recipient)
    message = Outgoing(number, key, OutgoingKind.CALL, recipient, at, priority=Priority.U1, case_id=7, deadline_id=9)
    return Delivery(message)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


#: The duty officer is written to, then called; then their supervisor is called; at last the secretariats hear of it.
LADDER = (
    Rung(Group.REQUESTED_DUTY, minutes(0), minutes(10)),
    Rung(Group.REQUESTED_DUTY, minutes(10), minutes(10), By.CALL),
    Rung(Group.REQUESTED_SUPERVISOR, minutes(20), minutes(10), By.CALL),
    Rung(Group.SECRETARIATS, minutes(30), minutes(60)),
)


def agreed_to_call() -> Agreement:
    level = {Urgency.U1: replace(DEFAULT_LEVELS[Urgency.U1], ladder=LADDER)}
    return agreement(corridors={"KC": Corridor("KC", ("KH", "CN"), level), "VC": Corridor("VC", ("VN", "CN"))})


@dataclass
class Switchboard:
    """Our end and the other one."""

    fake: FakeGateway
    gateway: Gateway
    inbox: Inbox
    clock: Clock

    async def phone(self, recipient: str = "person:12", **which: Any) -> str:
        return await self.gateway.phone(call(recipient, **which), SPOKEN)

    async def hears(self, headers: dict[str, str], body: bytes, method: str = "POST") -> Response:
        return await self.gateway.handle(Request(method, {}, headers, body))


def make_gateway(url: str, state: MemoryState, secret: str = SECRET) -> Gateway:
    return Gateway(GatewaySettings(url, secret), Node(state, "node-1", state.clock))


@asynccontextmanager
async def switchboard(secret: str = SECRET) -> AsyncIterator[Switchboard]:
    state, inbox = MemoryState(), Inbox()
    async with FakeGateway(state.clock) as fake:
        gateway = make_gateway(fake.url, state, secret)
        await gateway.start(inbox)
        yield Switchboard(fake, gateway, inbox, state.clock)
        await gateway.stop()
