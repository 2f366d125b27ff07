"""Brings what people write to any node, as a load balancer does, until one has taken it; not always straight."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import aiohttp

from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.faults.cluster.history import Called
from tests.faults.cluster.witness import Witness
from tests.faults.evidence import Written

_AGAIN = 0.3  #: seconds until what was not taken is brought to some other node
_PATIENCE = 6.0  #: seconds until a node that says nothing is given up
_LATE = (0.5, 3.0)  #: seconds that some messages are under way
_LOST = (0.005, 0.1)  #: seconds after which the way back of some answers breaks
_USUAL = "straight"
_WAYS = {_USUAL: 80, "delayed": 5, "dropped": 5, "its answer lost": 5, "to two nodes at once": 5}


class Webhooks:
    """The calls of all nodes, and what was written."""

    def __init__(self, hooks: Sequence[str], witness: Witness, chance: random.Random) -> None:
        self._hooks = hooks
        self._witness = witness
        self._chance = chance
        self._numbers = itertools.count(1)
        self.written: list[Written] = []
        self.calls: list[Called] = []
        self.ways: Counter[str] = Counter()
        self.again = 0  #: calls that were repeated

    async def __aenter__(self) -> Webhooks:
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), headers={SECRET_HEADER: SECRET}, trust_env=False
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def write(self, chat: int, text: str, *, is_report: bool = True) -> None:
        """Let a person write; returns when a node has taken it."""
        number = next(self._numbers)
        place, said = len(self.written), update(number, chat, text)
        written = Written(str(number), f"telegram:{chat}#{number}", is_acknowledged=False, is_report=is_report)
        self.written.append(written)
        is_taken = await self._first(said)
        while not is_taken:
            await asyncio.sleep(_AGAIN)
            self.again += 1
            is_taken = await self._call(said)
        self.written[place] = replace(written, is_acknowledged=True)

    async def _first(self, said: bytes) -> bool:
        (way,) = self._chance.choices(list(_WAYS), list(_WAYS.values()))
        self.ways[way] += way != _USUAL
        match way:
            case "delayed":
                await asyncio.sleep(self._chance.uniform(*_LATE))
            case "dropped":
                return False
            case "its answer lost":
                await self._call(said, self._chance.uniform(*_LOST))
                return False
            case "to two nodes at once":
                return any(await asyncio.gather(self._call(said), self._call(said)))
        return await self._call(said)

    async def _call(self, said: bytes, patience: float = _PATIENCE) -> bool:
        """Call any node; whether it took it."""
        node = self._chance.randrange(len(self._hooks))
        began, is_taken = self._witness.tick, False
        try:
            async with self._client.post(
                self._hooks[node], data=said, timeout=aiohttp.ClientTimeout(total=patience)
            ) as answer:
                is_taken = answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            pass
        if is_taken or patience == _PATIENCE:  # a node may have answered what nobody heard
            self.calls.append(Called(node, began, self._witness.tick, is_taken))
        return is_taken
