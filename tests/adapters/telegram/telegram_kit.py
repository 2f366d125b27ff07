"""What the Telegram tests share: a store for polling, an inbox, a moved clock, and an adapter at a fake Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.calls.node import Node
from adapters.telegram import TelegramAdapter, TelegramSettings
from adapters.telegram.settings import Mode, Patience
from bot.domain.errors import StorageError
from bot.domain.messages import Address, Button, Delivery, Inbound, Keyboard, Outgoing, OutgoingKind
from bot.ports.messengers import Receipt, Request, Response
from tests.fakes.bot_api import BotApi
from tests.fakes.wire import Asked, Reply, Server

SECRET = "a-secret_only-Telegram-knows"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
QUICK = Patience(pool=1, connect=1, write=1, read=0.3, file=2, long_poll=5)
ROWS: Keyboard = ((Button("Yes", "f.1.danger.yes"), Button("No", "f.1.danger.no")),)


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Shelf:
    """Leases and cursors, as a storage would keep them; shared by all nodes."""

    clock: Clock = field(default_factory=Clock)
    cursors: dict[str, int] = field(default_factory=dict)
    leases: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    is_down: bool = False

    async def take_lease(self, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        self._check()
        holder, until = self.leases.get(name, (owner, now))
        if holder != owner and until > now:
            return False
        self.leases[name] = (owner, now + ttl)
        return True

    async def release_lease(self, name: str, owner: str) -> None:
        self._check()
        if self.leases.get(name, ("",))[0] == owner:
            del self.leases[name]

    async def cursor(self, name: str) -> int | None:
        self._check()
        return self.cursors.get(name)

    async def save_cursor(self, name: str, value: int) -> None:
        self._check()
        self.cursors[name] = value

    def _check(self) -> None:
        if self.is_down:
            raise StorageError("the disk is full")


@dataclass
class Inbox:
    """Takes messages as the core would, and can be out of order."""

    taken: list[Inbound] = field(default_factory=list)
    refuses: Callable[[Inbound], bool] = lambda _: False
    tries: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, message: Inbound) -> Receipt:
        self.tries += 1
        self.changed.set()
        if self.refuses(message):
            raise StorageError("the disk is full")
        is_new = message.key not in {known.key for known in self.taken}
        if is_new:
            self.taken.append(message)
        return Receipt(is_new)

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.taken]


@dataclass
class Naps:
    """Stands in for sleeping: notes how long, and lets the others go first."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0.001)


def settings(api: BotApi, **changed: Any) -> TelegramSettings:
    chosen: dict[str, Any] = {"token": api.token, "api_base_url": api.url, "patience": QUICK}
    return TelegramSettings(**chosen | changed)


def make_telegram(
    api: BotApi, *, shelf: Shelf | None = None, owner: str = "node-1", naps: Naps | None = None, **changed: Any
) -> TelegramAdapter:
    shelf = shelf or Shelf()
    return TelegramAdapter(settings(api, **changed), Node(shelf, owner, shelf.clock, naps or Naps()))


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
        yield f"{server.url}/hooks/telegram"


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
