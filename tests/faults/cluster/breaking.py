"""Does one thing after another to several nodes, by a seed; at any moment something is left alone."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from sqlalchemy import text

from tests.faults.cluster.history import OF_A_NODE, OF_THE_DATABASE, OF_THE_MESSENGER, Kind, Trouble
from tests.faults.cluster.messenger import Messenger
from tests.faults.cluster.nodes import Node, asking
from tests.faults.cluster.witness import Witness

#: Seconds; a lease is 30 s.
_NEXT = (0.5, 4.0)
_DEAD = (0.0, 3.0)
_PAST_ITS_LEASES = (31.0, 36.0)
_APART = (2.0, 12.0)
_DATABASE_DOWN = (0.3, 4.0)
_MOODY = (3.0, 8.0)
_OTHER_TIME = (8.0, 20.0)
_HOUR = 3600
_AT_ONCE = 2  #: nodes to which something is done at a time
_TERMINATE = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'node%' AND pid <> pg_backend_pid()"
)


class Breaker:
    """Does it, and remembers."""

    def __init__(
        self,
        nodes: list[Node],
        database: Any,  #: a server of the kit
        messenger: Messenger,
        witness: Witness,
        chance: random.Random,
    ) -> None:
        self._nodes = nodes
        self._database = database
        self._messenger = messenger
        self._witness = witness
        self._chance = chance
        self._busy: set[object] = set()  #: what something is done to
        self.troubles: list[Trouble] = []
        self.inside = 0  #: how often a node was met inside a transaction
        self._to_a_node: dict[Kind, Callable[[Node], Awaitable[None]]] = {
            Kind.KILL: self._kill,
            Kind.STOP: self._stop,
            Kind.STOP_INSIDE: self._stop_inside,
            Kind.CUT: self._cut,
            Kind.SWALLOW: self._swallow,
        }

    async def go_on(self, seconds: float) -> None:
        """Break things for so long, each kind at least once; then everything is whole again."""
        began = monotonic()
        wanted = self._chance.sample(list(Kind), len(Kind))
        async with asyncio.TaskGroup() as group:
            while wanted or monotonic() - began < seconds:
                kind = next(filter(self._is_possible, wanted), None) or self._chance.choice(list(Kind))
                if self._is_possible(kind):
                    wanted = [other for other in wanted if other is not kind]
                    group.create_task(self._do(kind, self._pick(kind)))
                await asyncio.sleep(self._chance.uniform(*_NEXT))

    def _is_possible(self, kind: Kind) -> bool:
        if kind in OF_A_NODE:
            return sum(isinstance(one, int) for one in self._busy) < _AT_ONCE
        return _place(kind) not in self._busy

    def _pick(self, kind: Kind) -> Node | None:
        if kind not in OF_A_NODE:
            return None
        return self._chance.choice([node for node in self._nodes if node.number not in self._busy])

    async def _do(self, kind: Kind, node: Node | None) -> None:
        place = node.number if node else _place(kind)
        self._busy.add(place)
        began = self._witness.tick
        try:
            await self._done(kind, node)
        finally:
            self._busy.discard(place)
            number = node.number if node else 0 if kind is Kind.CLOCK else None
            ended = began if kind is Kind.TERMINATE else self._witness.tick
            self.troubles.append(Trouble(kind, began, ended, number))

    async def _done(self, kind: Kind, node: Node | None) -> None:
        if node is not None:
            await self._to_a_node[kind](node)
        elif kind in OF_THE_MESSENGER:
            await self._moody(kind)
        elif kind is Kind.CLOCK:
            await self._other_time()
        elif kind is Kind.RESTART:
            await self._restart()
        else:
            await asyncio.to_thread(self._terminate)

    async def _wait(self, span: tuple[float, float]) -> None:
        await asyncio.sleep(self._chance.uniform(*span))

    async def _kill(self, node: Node) -> None:
        await node.kill()
        await self._wait(_DEAD)
        await node.start()

    async def _stop(self, node: Node) -> None:
        node.signal(signal.SIGSTOP)
        await self._wait(_PAST_ITS_LEASES)
        node.signal(signal.SIGCONT)

    async def _stop_inside(self, node: Node) -> None:
        if await node.stop_inside():
            self.inside += 1
            await self._wait(_PAST_ITS_LEASES)
            node.signal(signal.SIGCONT)

    async def _cut(self, node: Node) -> None:
        await node.way.cut()
        await self._wait(_APART)
        await node.way.open()

    async def _swallow(self, node: Node) -> None:
        node.way.is_silent = True
        await self._wait(_APART)
        await node.way.cut()
        node.way.is_silent = False
        await node.way.open()

    async def _moody(self, kind: Kind) -> None:
        self._messenger.trouble = kind
        await self._wait(_MOODY)
        self._messenger.trouble = None

    async def _other_time(self) -> None:
        for hours in (self._chance.choice((-1, 1)), 0):
            self._nodes[0].set_clock(hours * _HOUR)
            await self._wait(_OTHER_TIME)

    async def _restart(self) -> None:
        await asyncio.to_thread(self._database.stop)
        await self._wait(_DATABASE_DOWN)
        await asyncio.to_thread(self._database.ensure_postgres_running)

    def _terminate(self) -> None:
        with asking(self._database.get_uri()) as connection:
            connection.execute(_TERMINATE)


def _place(kind: Kind) -> str:
    for name, kinds in {"database": OF_THE_DATABASE, "messenger": OF_THE_MESSENGER}.items():
        if kind in kinds:
            return name
    return kind.value
