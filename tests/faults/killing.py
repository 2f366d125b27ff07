"""Runs the real program, kills it at random moments while officers report, and collects the evidence."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from bot.domain.messages import Address
from bot.domain.people import Person, Role
from tests.faults.evidence import Evidence, age_leases, read, unmarked, unsettled
from tests.faults.telegram import Telegram
from tests.kit.processes import ended, free_port, listening, spawn
from tests.kit.running import Setup
from tests.kit.story import FIRST_CHAT, MESSAGES
from tests.kit.waiting import until

OFFICERS = 60
ALERT_AFTER = timedelta(seconds=1)
_PAUSE = (0.5, 2.5)  #: seconds between two messages of an officer; who waits for a dead program adds to a burst
_LIFE = (0.0, 1.2)  #: seconds that the program runs after it took its first request
_EARLY = (0.5, 3.0)  #: or, one time in five, seconds after it was started
_LONG_DEAD = 0.25  #: of the kills: it stays dead for half a minute, and what it had leased comes back
DEADLINES = """
[urgency.{level}]
acknowledge = "2s"
police = "4s"
diplomatic = "6s"
written = "1h"
review = "1h"
repeat = "20s"
"""
FRESH = timedelta(seconds=4)  #: what became due within this time may still be under way


@dataclass(slots=True)
class Loop:
    """One bridge that is killed again and again."""

    setup: Setup
    telegram: Telegram
    chance: random.Random
    kills: list[frozenset[int]] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)  #: seconds from the start of a process to its first answer
    process: subprocess.Popen[bytes] | None = None
    life: tuple[float, float] = _LIFE

    @property
    def database(self) -> str:
        return self.setup.database

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the program."""
        command = ["-m", "bot", "run", "--config", str(self.setup.file)]
        self.process = spawn(command, self.setup.folder / "output.txt")
        return self.process

    async def start(self) -> subprocess.Popen[bytes]:
        """Start the program and wait until it answers."""
        began = monotonic()
        process = self.spawn()
        await listening(process, self.setup.port)
        self.starts.append(monotonic() - began)
        return process

    async def die(self) -> None:
        """Let it live a random while, and kill it; now and then it stays dead for half a minute."""
        await self.live()
        await self.kill()
        if self.chance.random() < _LONG_DEAD:
            await asyncio.to_thread(age_leases, self.database)

    async def live(self) -> None:
        """Start the program and let it run a random while."""
        if self.chance.random() < 0.2:
            process = self.spawn()
            await asyncio.sleep(self.chance.uniform(*_EARLY))
        else:
            process = await self.start()
            await asyncio.sleep(self.chance.uniform(*self.life))
        assert process.poll() is None, "the program ended by itself"

    async def kill(self) -> None:
        """Kill the program, and remember what it had not noted as sent."""
        assert self.process is not None
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        self.kills.append(await asyncio.to_thread(unmarked, self.database))
        self.telegram.life += 1

    async def revive(self) -> None:
        """Start the program when it is dead, half a minute later: what it had leased comes back."""
        if self.process is None or self.process.poll() is not None:
            await asyncio.to_thread(age_leases, self.database)
            await self.start()

    async def settle(self) -> datetime:
        """Wait until everything that is due was done; returns the moment of which that holds."""
        left: dict[str, int] = {}

        async def settled() -> datetime | None:
            moment = datetime.now(UTC) - FRESH
            left.update(await asyncio.to_thread(unsettled, self.database, moment))
            return None if any(left.values()) else moment

        moment: datetime = await until(settled, moves=left.copy)
        return moment

    async def stop(self) -> int:
        """Ask the program to stop, and say how it ended."""
        assert self.process is not None
        self.process.terminate()
        return await ended(self.process)

    def evidence(self, settled_at: datetime) -> Evidence:
        telegram = self.telegram
        return read(self.database, settled_at, tuple(telegram.written), tuple(telegram.sent), tuple(self.kills))


@contextlib.asynccontextmanager
async def killing_loop(
    folder: Path, seed: int, *, officers: Sequence[Person] = (), more: str = ""
) -> AsyncIterator[Loop]:
    """Set up a bridge with short deadlines and more configuration, everybody enrolled; officers are on Telegram."""
    port = free_port()
    async with Telegram(port) as telegram:
        levels = "".join(DEADLINES.format(level=level) for level in ("U1", "U2", "U3", "U4"))
        desks = {"kh-duty": ["telegram:-1001"], "cn-duty": ["telegram:-1002"]}
        setup = Setup(folder, telegram.url, "webhook", desks, levels + more, port=port, alert_after="1s")
        setup.write()
        await setup.enrol(*(officers or _officers()), *_AT_DESKS)
        loop = Loop(setup, telegram, random.Random(seed))
        try:
            yield loop
        finally:
            if loop.process is not None:
                loop.process.kill()
                await asyncio.to_thread(loop.process.wait)


@contextlib.asynccontextmanager
async def officers_reporting(loop: Loop) -> AsyncIterator[None]:
    """Let all officers report, case after case, until the block ends; each ends with the message begun."""
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for number in range(OFFICERS):
            group.create_task(_report(loop, FIRST_CHAT + number, enough))
        try:
            yield
            await loop.revive()
            await until(lambda: _have_begun(loop) == OFFICERS, moves=lambda: len(loop.telegram.written))
        finally:
            enough.set()
            await loop.revive()


def _have_begun(loop: Loop) -> int:
    return len({written.message.partition("#")[0] for written in loop.telegram.written})


async def _report(loop: Loop, chat: int, enough: asyncio.Event) -> None:
    # "/alert" opens a case whatever the officer was being asked.
    story = (f"/alert {MESSAGES[0]}", *MESSAGES[1:])
    while True:
        for text in story:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), loop.chance.uniform(*_PAUSE))
            if enough.is_set():
                return
            await loop.telegram.write(chat, text)


def _officers() -> list[Person]:
    return [_person(FIRST_CHAT + n, "KH", Role.OFFICER, "") for n in range(OFFICERS)]


def _person(number: int, party: str, role: Role, desk: str) -> Person:
    return Person(number, f"Person {number}", party, role, desk, addresses=(Address("telegram", str(number)),))


_AT_DESKS = (
    _person(11, "KH", Role.SUPERVISOR, "kh-duty"),
    _person(12, "CN", Role.SUPERVISOR, "cn-duty"),
    _person(13, "CN", Role.DUTY, "cn-duty"),
)
