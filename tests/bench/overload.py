"""How late an urgent ping is while 50,000 messages wait, and what memory that takes: `python -m tests.bench.overload`.

Telegram's own pace, a real clock, a database on disk (a PostgreSQL with ``--postgres``), and the routine in two shapes:
spread over 5,000 chats, and all for one chat. One ping is handed over by its writer, one was left by a node that died.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import storage
from bot.delivery.deliverer import Deliverer
from bot.domain.messages import Address, Capabilities, Delivery, Outgoing, OutgoingKind, Priority
from bot.domain.turn import Mark, Turn
from bot.line.line import Line
from bot.ports.messengers import Receive
from bot.ports.storage import Storage
from bot.turns.context import Context
from tests.kit.engines import empty, postgres_server, sqlite_in
from tests.kit.keys import VAULT
from tests.kit.world import agreement

WAITING = 50_000
CHATS = 5_000
_SETTLES = 5.0  #: seconds of sending before the ping
_TELEGRAM = Capabilities(text_limit=4096, per_chat_second=1, chat_burst=3, total_second=25, per_group_minute=18)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Quick:
    """A messenger that takes everything within 50 ms, and knows when."""

    messenger: str = "telegram"
    capabilities: Capabilities = _TELEGRAM
    taken: dict[int, float] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, receive: Receive) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        await asyncio.sleep(0.05)
        self.taken[delivery.message.id] = time.perf_counter()
        self.news.set()
        return str(delivery.message.id)


def _routine(number: int, chats: int) -> Outgoing:
    place = Address("telegram", str(number % chats))
    key = f"routine:{number}"
    return Outgoing(number, key, OutgoingKind.REPLY, "person:1", place, text="Noted.", priority=Priority.U4)


def _ping(number: int) -> Outgoing:
    place = Address("telegram", f"-{number}")
    return Outgoing(number, f"ping:{number}", OutgoingKind.PING, "desk:d", place, text="U1", priority=Priority.U1)


async def _fill(kept: Storage, chats: int) -> None:
    """Store what waits: its leases are over, as after an outage."""
    past = _now() - timedelta(minutes=5)
    for start in range(1, WAITING + 1, 1000):
        rows = (_routine(number, chats) for number in range(start, start + 1000))
        marks = [Mark(row, _QUEUED, past, 1, past) for row in range(start, start + 1000)]
        await kept.apply([Turn(outgoing=tuple(rows))])
        await kept.apply([], marks)


async def measure(url: str, chats: int) -> str:
    """Run once; returns a line to print."""
    kept = storage.open_storage(url, clock=_now, vault=VAULT)
    await kept.start()
    await _fill(kept, chats)
    ids, messenger = count(10_000_000), Quick()
    context = Context(_now(), agreement(), lambda: next(ids), lambda text: text[0], lambda: "00")
    line = Line(kept, lambda: context, committed=lambda _turns, _left_out: None)
    deliverer = Deliverer(
        kept, {"telegram": messenger}, clock=_now, mark=line.mark, unstored=line.unstored, new_id=lambda: next(ids),
        jitter=lambda: 0.0,
    )  # fmt: skip
    line.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ticks: list[float] = []
    ticking = asyncio.create_task(_tick(deliverer, ticks))
    await asyncio.sleep(_SETTLES)
    handed = await _delay(kept, messenger, _ping(1_000_001), deliverer)
    left = await _delay(kept, messenger, _ping(1_000_002), None)
    ticking.cancel()
    await deliverer.stop()
    await line.stop()
    await kept.stop()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return (
        f"ping handed over {handed:.2f} s, left in the outbox {left:.2f} s; slowest tick {max(ticks):.2f} s, "
        f"{len(messenger.taken)} sent meanwhile; memory grew by {grown:.0f} MB"
    )


async def _tick(deliverer: Deliverer, ticks: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await deliverer.tick()
        ticks.append(time.perf_counter() - started)
        await asyncio.sleep(max(0.0, 1 - ticks[-1]))


async def _delay(kept: Storage, messenger: Quick, ping: Outgoing, deliverer: Deliverer | None) -> float:
    """How long it takes from storing a ping until the messenger has it."""
    started = time.perf_counter()
    await kept.apply([Turn(outgoing=(ping,))])
    if deliverer is not None:
        deliverer.hand_over([ping])
    else:  # whoever wrote it is dead, and its lease over
        await kept.apply([], [Mark(ping.id, _QUEUED, _now(), 0, _now())])
    while ping.id not in messenger.taken:
        await messenger.news.wait()
        messenger.news.clear()
    return messenger.taken[ping.id] - started


_QUEUED = Delivery(_routine(1, 1)).state


def main() -> None:
    """Measure both shapes on the database that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    is_postgres = parser.parse_args().postgres
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casebridge-bench-")))
        server = stack.enter_context(postgres_server()) if is_postgres else ""
        if server:
            storage.migrate(server, VAULT)
        for chats in (CHATS, 1):
            url = server or sqlite_in(folder, f"{chats}.db")
            if server:
                empty(server)
            print(f"{WAITING} waiting for {chats} chats: {asyncio.run(measure(url, chats))}", flush=True)


if __name__ == "__main__":
    main()
