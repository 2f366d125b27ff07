"""Each adapter with the other end of its messenger, for what every adapter promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from adapters.telegram.settings import Mode
from bot.domain.errors import StorageError, Unavailable
from bot.domain.messages import Delivery, Kind
from bot.domain.unreceived import Unreceived
from bot.ports.messengers import Adapter
from tests.fakes.bot_api import SECRET, BotApi
from tests.fakes.mail_server import DROPS, MailServer
from tests.fakes.memory_messenger import MemoryAdapter
from tests.fakes.people import User
from tests.fakes.wechat_person import Follower
from tests.kit.clock import Clock
from tests.kit.email import make_email
from tests.kit.inbox import Inbox
from tests.kit.telegram import Door, make_telegram, web_server
from tests.kit.wechat import Scene
from tests.kit.wecom import Company, company

ONE, OTHER = "111", "222"  #: two people


class Bench(ABC):
    """An adapter and the other end of its messenger."""

    adapter: Adapter
    inbox: Inbox
    at: str = ""  #: what the addresses of people end with

    @abstractmethod
    def seen(self, peer: str) -> list[tuple[str, str, list[str]]]:
        """Ids, texts and button labels that stand at a person's phone, oldest first."""

    @abstractmethod
    def go_down(self) -> None:
        """Let the messenger take nothing more."""


class TwoWayBench(Bench):
    """Of a messenger on which people can write to us."""

    @abstractmethod
    async def write(self, peer: str, text: str) -> None:
        """Let a person write, and wait until it was taken or refused."""

    @abstractmethod
    async def send_something_new(self, peer: str) -> None:
        """Let a person send a kind of message that nobody has heard of, and wait until it was taken."""


class MemoryBench(TwoWayBench):
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.adapter = self.memory = MemoryAdapter(clock=Clock())

    async def write(self, peer: str, text: str) -> None:
        try:
            await self.memory.says(peer, text)
        except StorageError:
            await self.memory.says(peer, text)  # whoever was told that it failed writes again

    async def send_something_new(self, peer: str) -> None:
        await self.memory.sends(peer, Kind.UNRECEIVED, unreceived=Unreceived.NEW)

    def seen(self, peer: str) -> list[tuple[str, str, list[str]]]:
        return [(s.id, s.text, [b.label for row in s.buttons for b in row]) for s in self.memory.shown(peer)]

    def go_down(self) -> None:
        self.memory.fail(Unavailable("down"), times=None)


class TelegramBench(TwoWayBench):
    def __init__(self, inbox: Inbox, api: BotApi, adapter: Adapter) -> None:
        self.inbox, self.api, self.adapter = inbox, api, adapter
        self.people = {peer: User(api, int(peer)) for peer in (ONE, OTHER)}

    async def write(self, peer: str, text: str) -> None:
        self.people[peer].says(text)
        await self.inbox.until(lambda: text in self.inbox.texts)

    async def send_something_new(self, peer: str) -> None:
        self.people[peer].sends({"hologram": {"file_id": "h"}})
        await self.inbox.until(lambda: self.inbox.taken)

    def seen(self, peer: str) -> list[tuple[str, str, list[str]]]:
        return [(str(post.id), post.text, post.labels) for post in self.api.sent(int(peer))]

    def go_down(self) -> None:
        self.api.fail("reset", times=1000)
        self.api.fail("reset", method="editMessageText", times=1000)


class EmailBench(Bench):
    at = "@example.org"

    def __init__(self, inbox: Inbox, server: MailServer) -> None:
        self.inbox, self.server, self.adapter = inbox, server, make_email(server)

    def seen(self, peer: str) -> list[tuple[str, str, list[str]]]:
        mine = [taken for taken in self.server.taken if taken.recipients == [peer + self.at]]
        return [(str(taken.mail["Message-ID"]), taken.text, []) for taken in mine]

    def go_down(self) -> None:
        self.server.answers["RCPT"] = DROPS


class WecomBench(TwoWayBench):
    def __init__(self, company: Company) -> None:
        self.company, self.inbox, self.adapter = company, company.inbox, company.wecom
        self.people = {peer: company.member(peer) for peer in (ONE, OTHER)}

    async def write(self, peer: str, text: str) -> None:
        await self.people[peer].says(text)

    async def send_something_new(self, peer: str) -> None:
        await self.people[peer].sends("hologram", HologramId="h")

    def seen(self, peer: str) -> list[tuple[str, str, list[str]]]:
        # A card begins with a title, which takes the first words of a text.
        return [(post.id, post.text.replace("\n", " "), post.labels) for post in self.people[peer].shown]

    def go_down(self) -> None:
        self.company.api.fail("reset", times=1000)


class Noting:
    """An adapter of which is noted what `send` returned: WeChat gives messages no ids that stand at a phone."""

    def __init__(self, adapter: Adapter) -> None:
        self.messenger, self.capabilities = adapter.messenger, adapter.capabilities
        self.start, self.stop, self._send = adapter.start, adapter.stop, adapter.send
        self.sent: dict[str, list[str]] = {ONE: [], OTHER: []}

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        sent = await self._send(delivery, text, is_last=is_last)
        self.sent[delivery.message.address.peer].append(sent)
        return sent


class WechatBench(TwoWayBench):
    def __init__(self, scene: Scene) -> None:
        self.api, self.inbox = scene.api, scene.inbox
        self.adapter = self.noting = Noting(scene.wechat)
        self.people = {peer: Follower(scene.line, peer) for peer in (ONE, OTHER)}
        for peer in self.people:
            self.api.chats.wrote(peer)

    async def write(self, peer: str, text: str) -> None:
        if await self.people[peer].says(text):
            await self.people[peer].says(text)  # whoever is told that it was not stored writes again

    async def send_something_new(self, peer: str) -> None:
        await self.people[peer].sends("hologram", HologramId="h")

    def seen(self, peer: str) -> list[tuple[str, str, list[str]]]:
        posts = [post for post in self.people[peer].heard if not post.in_call]
        return [(id_, post.text, post.labels) for id_, post in zip(self.noting.sent[peer], posts, strict=True)]

    def go_down(self) -> None:
        self.api.fail("down", times=1000)


@asynccontextmanager
async def memory_bench(_: Path) -> AsyncIterator[Bench]:
    memory = MemoryBench(Inbox())
    await memory.adapter.start(memory.inbox)
    yield memory
    await memory.adapter.stop()


@asynccontextmanager
async def telegram_bench(folder: Path, mode: Mode) -> AsyncIterator[Bench]:
    inbox, door = Inbox(), Door()
    async with BotApi() as api, web_server(door.handle) as url:
        door.telegram = make_telegram(api, mode=mode, webhook_url=url, secret_token=SECRET, exports=folder)
        await door.telegram.start(inbox)
        await api.until(lambda: api.count("getMe"))
        yield TelegramBench(inbox, api, door.telegram)
        await door.telegram.stop()


@asynccontextmanager
async def wechat_bench(_: Path) -> AsyncIterator[Bench]:
    async with Scene.open() as scene:
        yield WechatBench(scene)


@asynccontextmanager
async def wecom_bench(_: Path) -> AsyncIterator[Bench]:
    async with company() as found:
        yield WecomBench(found)


@asynccontextmanager
async def email_bench(_: Path) -> AsyncIterator[Bench]:
    async with MailServer() as server:
        email = EmailBench(Inbox(), server)
        await email.adapter.start(email.inbox)
        yield email
        await email.adapter.stop()


BENCHES: dict[str, Callable[[Path], AbstractAsyncContextManager[Bench]]] = {
    "memory": memory_bench,
    "telegram polling": partial(telegram_bench, mode=Mode.POLLING),
    "telegram webhook": partial(telegram_bench, mode=Mode.WEBHOOK),
    "wechat": wechat_bench,
    "wecom": wecom_bench,
    "email": email_bench,
}
