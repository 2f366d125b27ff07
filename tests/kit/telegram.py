"""The Telegram adapter at the fake Bot API: polling, or behind a webhook that Telegram knows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.calls.node import Node
from adapters.telegram import TelegramAdapter, TelegramSettings
from adapters.telegram.settings import Mode
from bot.domain.messages import Address, Button, Delivery, Keyboard, Outgoing, OutgoingKind
from bot.ports.messengers import Request, Response
from tests.fakes.bot_api import HOOK, SECRET, BotApi
from tests.fakes.memory_state import MemoryState
from tests.fakes.wire import Asked, Reply, Server
from tests.kit.inbox import Inbox
from tests.kit.naps import Naps

ROWS: Keyboard = ((Button("Yes", "f.1.danger.yes"), Button("No", "f.1.danger.no")),)


def settings(api: BotApi, **changed: Any) -> TelegramSettings:
    chosen: dict[str, Any] = {"token": api.token, "api_base_url": api.url}
    return TelegramSettings(**chosen | changed)


def make_telegram(
    api: BotApi, *, state: MemoryState | None = None, owner: str = "node-1", naps: Naps | None = None, **changed: Any
) -> TelegramAdapter:
    state = state or MemoryState()
    return TelegramAdapter(settings(api, **changed), Node(state, owner, state.clock, naps or Naps()))


@asynccontextmanager
async def running(telegram: TelegramAdapter, inbox: Inbox | None = None) -> AsyncIterator[TelegramAdapter]:
    await telegram.start(inbox or Inbox())
    try:
        yield telegram
    finally:
        await telegram.stop()


@asynccontextmanager
async def web_server(handle: Callable[[Request], Any]) -> AsyncIterator[str]:
    """Serve a webhook adapter as the bridge's own web server does; yields the address of its hook."""

    async def answer(asked: Asked) -> Reply:
        response: Response = await handle(Request(asked.method, {}, asked.headers, asked.body))
        return Reply(response.status, response.body.encode(), response.media_type)

    async with Server(answer) as server:
        yield f"{server.url}{HOOK}"


class Door:
    """Where Telegram knocks; the adapter is behind it once it knows the address."""

    telegram: TelegramAdapter

    async def handle(self, request: Request) -> Response:
        return await self.telegram.handle(request)


@asynccontextmanager
async def hooked(api: BotApi, inbox: Inbox, **changed: Any) -> AsyncIterator[TelegramAdapter]:
    """Run an adapter in webhook mode, reachable, and known to Telegram."""
    door = Door()
    async with web_server(door.handle) as url:
        door.telegram = make_telegram(api, mode=Mode.WEBHOOK, webhook_url=url, secret_token=SECRET, **changed)
        async with running(door.telegram, inbox):
            await api.until(lambda: api.updates.webhook_url and api.count("getMe"))
            yield door.telegram


def outgoing(peer: str | int, text: str = "", *, edits: str = "", **message: Any) -> Delivery:
    address = Address("telegram", str(peer))
    return Delivery(
        Outgoing(1, "case:7:reply", OutgoingKind.REPLY, "person:1", address, text=text, **message), edits=edits
    )


async def send(telegram: TelegramAdapter, delivery: Delivery) -> str:
    return await telegram.send(delivery, delivery.message.text, is_last=True)


def export(folder: Path, name: str = "cases.csv", content: bytes = b"reference\n") -> str:
    (folder / name).write_bytes(content)
    return name
