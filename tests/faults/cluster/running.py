"""Sets up several nodes on one PostgreSQL, lets people work and things fail, and collects what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.faults.cluster.breaking import Breaker
from tests.faults.cluster.history import SECOND, History
from tests.faults.cluster.messenger import Messenger
from tests.faults.cluster.nodes import Node, asking, name_of
from tests.faults.cluster.people import DESKS, PEOPLE, People
from tests.faults.cluster.webhooks import Webhooks
from tests.faults.cluster.wechat import Followers, Wechat
from tests.faults.cluster.witness import Witness
from tests.faults.evidence import Evidence, read, unsettled
from tests.faults.killing import DEADLINES, FRESH
from tests.kit.engines import postgres_process
from tests.kit.processes import free_port
from tests.kit.running import Setup
from tests.kit.waiting import until
from tests.kit.way import Way, way_to
from tests.kit.wechat import table

NODES = 4
_SETTLED_WITHIN = 600 * SECOND  #: after that the checker says what still waits
_LOGGED = ("log_lock_waits = on", "log_min_duration_statement = '1s'", "log_line_prefix = '%m %u '")
_LEVELS = "".join(DEADLINES.format(level=level) for level in ("U1", "U2", "U3", "U4"))


@dataclass
class Cluster:
    """Several nodes, those who write to them, and what is done to them."""

    nodes: list[Node]
    database: Any
    messenger: Messenger
    webhooks: Webhooks
    followers: Followers
    people: People
    breaker: Breaker
    witness: Witness
    first: int = 0
    last: int = 0

    async def suffer(self, seconds: float) -> None:
        """Let people work while things fail."""
        async with self.people.at_work():
            self.first = self.witness.tick
            await self.breaker.go_on(seconds)
            self.last = self.witness.tick

    async def settle(self) -> datetime:
        """Wait until everything that is due was done; returns the moment of which that holds."""
        latest = self.witness.tick + _SETTLED_WITHIN

        async def settled() -> datetime | None:
            moment = datetime.now(UTC) - FRESH
            left = await asyncio.to_thread(unsettled, self.database.get_uri(), moment)
            return None if any(left.values()) and self.witness.tick < latest else moment

        moment: datetime = await until(settled, moves=lambda: self.witness.tick)
        return moment

    async def stop(self) -> list[int]:
        """Ask all nodes to stop, and say how they ended."""
        return await asyncio.gather(*(node.end() for node in self.nodes))

    def evidence(self, settled_at: datetime) -> Evidence:
        return read(self.database.get_uri(), settled_at, tuple(self.webhooks.written), ())

    def history(self) -> History:
        return History(
            NODES,
            self.first,
            self.last,
            tuple(self.messenger.arrivals),
            tuple(self.webhooks.calls),
            tuple(self.followers.in_calls),
            tuple(self.breaker.troubles),
            tuple(self.people.ended.values()),
        )


@asynccontextmanager
async def cluster(folder: Path, seed: int) -> AsyncIterator[Cluster]:
    """Set everything up, and see that nothing of it is left when the block ends."""
    witness, chance = Witness(), random.Random(seed)
    ports = [free_port() for _ in range(NODES)]
    async with contextlib.AsyncExitStack() as stack:
        database = stack.enter_context(_database(folder))
        messenger = Messenger(NODES, witness, random.Random(seed))
        wechat = Wechat(NODES, messenger)
        for fake in (messenger, wechat):
            await stack.enter_async_context(fake.servers)
        ways = [await stack.enter_async_context(way_to(database.get_uri())) for _ in ports]
        nodes = [
            _node(folder, number, port, way, messenger, wechat, database)
            for number, (port, way) in enumerate(zip(ports, ways, strict=True))
        ]
        await Setup(nodes[0].setup.folder, database=database.get_uri()).enrol(*PEOPLE)
        hooks = [node.setup.hook for node in nodes]
        webhooks = await stack.enter_async_context(Webhooks(hooks, witness, random.Random(seed)))
        followers = await stack.enter_async_context(
            Followers(
                wechat, [hook.replace("telegram", "wechat") for hook in hooks], webhooks, witness, random.Random(seed)
            )
        )
        people = People(webhooks, followers, messenger, witness, random.Random(seed))
        breaker = Breaker(nodes, database, messenger, witness, chance)
        await stack.enter_async_context(_all_running(nodes))
        await stack.enter_async_context(witness.watching())
        yield Cluster(nodes, database, messenger, webhooks, followers, people, breaker, witness)


@contextmanager
def _database(folder: Path) -> Iterator[Any]:
    """A server at which each node is a user of its own; what it logs is kept beside what they log."""
    with postgres_process() as database:
        with asking(database.get_uri()) as connection:
            for number in range(NODES):
                connection.execute(text(f"CREATE ROLE {name_of(number)} SUPERUSER LOGIN"))
            for setting in _LOGGED:
                connection.execute(text(f"ALTER SYSTEM SET {setting}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        try:
            yield database
        finally:
            shutil.copy(database.log, folder / "postgres.txt")


def _node(folder: Path, number: int, port: int, way: Way, messenger: Messenger, wechat: Wechat, database: Any) -> Node:
    own = folder / name_of(number)
    own.mkdir(mode=0o700)
    url = way.url.replace("postgres@", f"{name_of(number)}@")
    more = _LEVELS + table(wechat, api_base_url=wechat.servers.url_of(number))
    setup = Setup(
        own, messenger.servers.url_of(number), "webhook", DESKS, more, url, port, alert_after="1s", answer_within="5s"
    )
    setup.write()
    node = Node(number, setup, way, database.get_uri())
    if number == 0:
        node.set_clock(0)
    return node


@asynccontextmanager
async def _all_running(nodes: list[Node]) -> AsyncIterator[None]:
    try:
        await asyncio.gather(*(node.start() for node in nodes))
        yield
    finally:
        await asyncio.gather(*(node.kill() for node in nodes))
