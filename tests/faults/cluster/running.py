"""Sets up several nodes on one PostgreSQL, lets people work and things fail, and collects what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from tests.faults.cluster.breaking import Breaker
from tests.faults.cluster.history import SECOND, History
from tests.faults.cluster.messenger import Messenger
from tests.faults.cluster.nodes import Node, asking, name_of
from tests.faults.cluster.people import DESKS, PEOPLE, People
from tests.faults.cluster.webhooks import Webhooks
from tests.faults.cluster.witness import Witness
from tests.faults.evidence import Evidence, read, unsettled
from tests.faults.killing import ALERT_AFTER, DEADLINES, FRESH
from tests.kit.engines import PostgresServer, own_postgres
from tests.kit.processes import free_port
from tests.kit.running import Setup
from tests.kit.waiting import until
from tests.kit.way import Way, way_to

NODES = 4
_SETTLED_WITHIN = 600 * SECOND  #: after that the checker says what still waits
_LEVELS = "".join(DEADLINES.format(level=level) for level in ("U1", "U2", "U3", "U4"))


@dataclass
class Cluster:
    """Several nodes, those who write to them, and what is done to them."""

    nodes: list[Node]
    database: PostgresServer
    messenger: Messenger
    webhooks: Webhooks
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
            left = await asyncio.to_thread(unsettled, self.database.url, moment)
            return None if any(left.values()) and self.witness.tick < latest else moment

        moment: datetime = await until(settled, moves=lambda: self.witness.tick)
        return moment

    async def stop(self) -> list[int]:
        """Ask all nodes to stop, and say how they ended."""
        return await asyncio.gather(*(node.end() for node in self.nodes))

    def evidence(self, settled_at: datetime) -> Evidence:
        return read(self.database.url, settled_at, tuple(self.webhooks.written), ())

    def history(self) -> History:
        return History(
            NODES,
            self.first,
            self.last,
            tuple(self.messenger.arrivals),
            tuple(self.webhooks.calls),
            tuple(self.breaker.troubles),
            tuple(self.people.ended.values()),
        )


@asynccontextmanager
async def cluster(folder: Path, seed: int) -> AsyncIterator[Cluster]:
    """Set everything up, and see that nothing of it is left when the block ends."""
    witness, chance = Witness(), random.Random(seed)
    ports = [free_port() for _ in range(NODES)]
    async with contextlib.AsyncExitStack() as stack:
        database = stack.enter_context(_database())
        messenger = await stack.enter_async_context(Messenger(NODES, witness, random.Random(seed)))
        ways = [await stack.enter_async_context(way_to(database.url)) for _ in ports]
        nodes = [
            _node(folder, number, port, way, messenger, database)
            for number, (port, way) in enumerate(zip(ports, ways, strict=True))
        ]
        await Setup(nodes[0].setup.folder, database=database.url).enrol(*PEOPLE)
        hooks = [node.setup.hook for node in nodes]
        webhooks = await stack.enter_async_context(Webhooks(hooks, witness, random.Random(seed)))
        people = People(webhooks, messenger, witness, random.Random(seed))
        breaker = Breaker(nodes, database, messenger, witness, chance)
        await stack.enter_async_context(_all_running(nodes))
        await stack.enter_async_context(witness.watching())
        yield Cluster(nodes, database, messenger, webhooks, people, breaker, witness)


@contextmanager
def _database() -> Iterator[PostgresServer]:
    """A server at which each node is a user of its own."""
    with own_postgres() as database:
        with asking(database.url) as connection:
            for number in range(NODES):
                connection.execute(text(f"CREATE ROLE {name_of(number)} SUPERUSER LOGIN"))
        yield database


def _node(folder: Path, number: int, port: int, way: Way, messenger: Messenger, database: PostgresServer) -> Node:
    own = folder / name_of(number)
    own.mkdir(mode=0o700)
    url = way.url.replace("postgres@", f"{name_of(number)}@")
    setup = Setup(
        own, messenger.url(number), "webhook", DESKS, _LEVELS, url, port, f"{ALERT_AFTER.total_seconds():.0f}s"
    )
    setup.write()
    node = Node(number, setup, way, database.url)
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
