"""Nodes that share one database: each has a line and a deliverer, over messengers that note what they were given."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.delivery.deliverer import Deliverer
from bot.domain.errors import StorageError
from bot.domain.ids import Ids
from bot.domain.messages import Address, Capabilities, Delivery, Inbound, Kind
from bot.domain.turn import Turn, outgoing_of
from bot.line.line import DRAIN_SECONDS, Line
from bot.ports.messengers import Receive
from bot.ports.storage import Storage
from bot.turns.context import Context
from tests.kit.world import agreement


@dataclass
class Told:
    """What all nodes together told, in order."""

    keys: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)  #: which node
    on_each: Callable[[], None] = lambda: None

    @property
    def twice(self) -> list[str]:
        """What was told more than once."""
        return [key for key, number in Counter(self.keys).items() if number > 1]


@dataclass
class NotingMessenger:
    """A messenger of one node."""

    node: str
    told: Told
    messenger: str = "telegram"
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(text_limit=4096))

    async def start(self, receive: Receive) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        self.told.keys.append(delivery.message.dedupe_key)
        self.told.by.append(self.node)
        self.told.on_each()
        await asyncio.sleep(0)
        return f"{self.node}-{len(self.told.keys)}"


class SharingNode:
    """One of several bridges, without its clock: tests tick it."""

    def __init__(self, name: str, number: int, storage: Storage, told: Told, clock: Callable[[], datetime]) -> None:
        chance, ids, rules = random.Random(number), Ids(clock, number), agreement()

        def context() -> Context:
            return Context(clock(), rules, ids, chance.choice, lambda: f"{chance.getrandbits(64):016x}")

        self.storage = storage
        self.limit = asyncio.Event()  #: set when the time to stop in is over
        self.line = Line(storage, context, committed=self._committed, sleep=self._sleep)
        self.deliverer = Deliverer(
            storage,
            {"telegram": NotingMessenger(name, told)},
            clock=clock,
            mark=self.line.mark,
            unstored=self.line.unstored,
            new_id=ids,
            jitter=lambda: 0.0,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        if seconds >= DRAIN_SECONDS:
            await self.limit.wait()
        await asyncio.sleep(0)

    def _committed(self, turns: Sequence[Turn], left_out: frozenset[int]) -> None:
        self.deliverer.hand_over([o for o in outgoing_of(turns) if o.id not in left_out])

    async def hears(self, person: str, number: int, text: str, at: datetime) -> bool:
        """Somebody writes to this node; whether it was stored."""
        address, name = Address("telegram", person), f"{person}-{number}"
        message = Inbound("telegram", "1", name, Kind.TEXT, at, address, address, text, message_id=name)
        try:
            await self.line.receive(message)
        except StorageError:
            return False
        return True

    async def tick(self) -> None:
        """What happens once a second, whether the database answers or not."""
        try:
            await self.deliverer.tick()
        except StorageError:
            return
        finally:
            await self.deliverer.drain()

    async def stop(self) -> None:
        """Stop sending, then writing."""
        await self.deliverer.stop()
        await self.line.stop()
