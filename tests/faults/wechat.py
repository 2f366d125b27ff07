"""WeChat as a bridge that keeps being killed sees it: three tries for each message, and a transcript of both ways."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.messages import Address
from bot.domain.people import Person, Role
from tests.fakes.wechat_api import WechatApi
from tests.fakes.wechat_person import Follower, Line, Send, over_http
from tests.faults.evidence import Call, Evidence, Sent, Words, Written, age_leases, who_must_write
from tests.faults.killing import Loop, killing_loop
from tests.kit.story import MESSAGES
from tests.kit.waiting import Movement, until
from tests.kit.wechat import table

OFFICERS = range(701, 713)
_PAUSE = (0.02, 0.3)  #: seconds between two messages of an officer
_LIFE = (0.2, 2.0)  #: seconds that the program runs after it took its first request
_IN_A_CALL = 0.7  #: of the kills
_INTO_IT = (0.0, 0.05)  #: seconds from the beginning of a call to the kill
_APART = 2.0  #: seconds between two tries of one message: the program can come back meanwhile


class Wechat(WechatApi):
    """The fake, which remembers in which life of the program it was told what."""

    def __init__(self) -> None:
        super().__init__()
        self.life = 0
        self.sent_in: list[Sent] = []

    def _custom(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        answer = super()._custom(query, body)
        openid = str(body["touser"])
        post = self.chats.of(openid).posts[-1]
        self.sent_in.append(Sent(Words(openid, "\n".join([post.text, *post.labels])), self.life))
        return answer


class Town:
    """Officers on WeChat, desks on Telegram, and a program between them that is killed again and again."""

    def __init__(self, loop: Loop, api: Wechat) -> None:
        self.loop = loop
        self.api = api
        self.written: dict[str, Written] = {}
        self.calls: list[Call] = []
        self._bring = over_http(f"http://127.0.0.1:{loop.setup.port}/hooks/wechat")
        self._begun = asyncio.Event()
        self._numbers = itertools.count(24_000_000_000_000_000)

    @property
    def given_up(self) -> int:
        """How many messages WeChat brought three times for nothing."""
        return sum(not written.is_acknowledged for written in self.written.values())

    async def die(self) -> None:
        """Let the program live a random while and kill it, mostly in the middle of a call.

        What it had leased comes back at once: in the test with Telegram that waits until the last kill.
        """
        await self.loop.live()
        if self.loop.chance.random() < _IN_A_CALL:
            self._begun.clear()
            await self._begun.wait()
            await asyncio.sleep(self.loop.chance.uniform(*_INTO_IT))
        await self.loop.kill()
        self.api.life = self.loop.telegram.life
        await asyncio.to_thread(age_leases, self.loop.database)

    async def write(self, officer: int, text: str, *, is_report: bool = True) -> bool:
        """Let an officer write; whether WeChat saw it acknowledged."""
        number = next(self._numbers)
        message = f"wechat:{officer}#{number}"
        self.written[str(number)] = Written(str(number), message, is_acknowledged=False, is_report=is_report)
        line = Line(self.api, self._brings(str(number)), apart=_APART)
        await Follower(line, str(officer)).says(text, message_id=number)
        return self.written[str(number)].is_acknowledged

    def _brings(self, number: str) -> Send:
        async def send(query: dict[str, str], body: bytes) -> tuple[int, str]:
            life = self.api.life
            self._begun.set()
            try:
                status, answer = await self._bring(query, body)
            except aiohttp.ClientConnectorError:
                raise  # nobody was there
            except aiohttp.ClientError:
                self.calls.append(Call(number, None, life))
                raise
            if status == 200:
                self._acknowledged(number, answer, life)
            return status, answer

        return send

    def _acknowledged(self, number: str, answer: str, life: int) -> None:
        said = "" if answer == "success" else self.api.vendor.open_answer(answer)["Content"]
        self.calls.append(Call(number, said, life))
        self.written[number] = replace(self.written[number], is_acknowledged=True)

    @contextlib.asynccontextmanager
    async def officers_reporting(self) -> AsyncIterator[None]:
        """Let all officers report, case after case, until the block ends; each ends with the message begun."""
        enough = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for officer in OFFICERS:
                group.create_task(self._report(officer, enough))
            try:
                yield
                await self.loop.revive()
                await until(self._everybody_was_heard, moves=lambda: len(self.calls))
            finally:
                enough.set()
                await self.loop.revive()

    def _everybody_was_heard(self) -> bool:
        heard = {written.message.partition("#")[0] for written in self.written.values() if written.is_acknowledged}
        return len(heard) == len(OFFICERS)

    async def _report(self, officer: int, enough: asyncio.Event) -> None:
        story = (f"/alert {MESSAGES[0]}", *MESSAGES[1:])
        while not enough.is_set():
            for text in story:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(enough.wait(), self.loop.chance.uniform(*_PAUSE))
                # Whoever reads that the account is out of order begins anew: what was asked last is not known.
                if enough.is_set() or not await self.write(officer, text):
                    break

    async def settle(self) -> datetime:
        """Wait until everything that is due was done. Whoever was asked to write, because WeChat allows no more
        messages before they do, writes as often as something waits for them; returns the moment of which that holds."""
        movement = Movement()
        while True:
            moment = await self.loop.settle()
            left = await asyncio.to_thread(who_must_write, self.loop.database)
            if not left:
                return moment
            movement.note((left, len(self.api.sent_in)))
            for address in left:
                officer = int(address.removeprefix("wechat:"))
                assert await self.write(officer, "/cases", is_report=False)

    def evidence(self, settled_at: datetime) -> Evidence:
        found = self.loop.evidence(settled_at)
        return replace(
            found,
            written=tuple(self.written.values()),
            sent=(*found.sent, *self.api.sent_in),
            calls=tuple(self.calls),
        )


@contextlib.asynccontextmanager
async def killed_beside_wechat(folder: Path, seed: int) -> AsyncIterator[Town]:
    """Set up a bridge whose officers are on WeChat and whose desks are on Telegram."""
    officers = [Person(n, f"Person {n}", "CN", Role.OFFICER, addresses=(Address("wechat", str(n)),)) for n in OFFICERS]
    api = Wechat()
    async with api, killing_loop(folder, seed, officers=officers, more=table(api)) as loop:
        loop.life = _LIFE
        yield Town(loop, api)
