"""Two nodes whose connections are cut again and again while they answer: everybody is told, and nobody twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import text

from bot.domain.errors import StorageError
from bot.domain.messages import Address, DeliveryState
from bot.domain.people import Person, Role
from bot.domain.turn import Mark, Turn
from bot.jobs.due_poller import Reminder
from bot.ports.storage import Storage
from storage.sql.engines import writing_engine
from tests.kit.clock import START
from tests.kit.engines import empty, on_database
from tests.kit.nodes import SharingNode, Told
from tests.kit.waiting import Movement

_OFFICERS = 20
_CUTS = 100  #: at each node, at most
_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'casebridge bridge'"

pytestmark = pytest.mark.postgres


class Frail:
    """A node's storage whose connections are cut before three of every seven batches are written."""

    def __init__(self, storage: Any, url: str) -> None:
        self._storage = storage
        self._scissors = writing_engine(url, "scissors")
        self._batches = 0
        self.cuts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        self._batches += 1
        if self._batches % 7 < 3 and self.cuts < _CUTS:
            self.cuts += 1
            await asyncio.to_thread(self._cut)
        found: frozenset[int] = await self._storage.apply(turns, marks)
        return found

    def _cut(self) -> None:
        with self._scissors.begin() as connection:
            connection.execute(text(_OTHERS))

    def put_away(self) -> None:
        self._scissors.dispose()


def _person(number: int) -> Person:
    address = Address("telegram", str(number))
    return Person(number, f"Officer {number}", "KH", Role.OFFICER, addresses=(address,), confirmed_at=START)


async def _something_waits(storage: Storage) -> bool:
    try:
        return bool(await storage.outbox([DeliveryState.QUEUED], 1))
    except StorageError:
        return True


async def test_while_connections_are_cut_each_reference_is_told_once(postgres: str) -> None:
    empty(postgres)
    told = Told()
    async with on_database(postgres) as kept:
        people = [_person(number) for number in range(1, _OFFICERS + 1)]
        await kept.storage.apply([Turn(people=tuple(people))])
        frail = [Frail(store, postgres) for store in (kept.storage, await kept.other_node())]
        nodes = [
            SharingNode(name, number, cast(Storage, store), told, lambda: kept.now)
            for number, (name, store) in enumerate(zip(("one", "two"), frail, strict=True), 1)
        ]
        for node in nodes:
            node.line.start()
        unheard = [(person.id, number) for number in (1, 2) for person in people]
        movement = Movement()
        while unheard or len(told.keys) < 2 * _OFFICERS or await _something_waits(kept.storage):
            for person_id, number in list(unheard):
                node = nodes[(person_id + number) % 2]
                words = "somebody screams for help" if number == 1 else "she is in danger, yes"
                if await node.hears(str(person_id), number, words, kept.now):
                    unheard.remove((person_id, number))
            for node in nodes:
                await node.tick()
                with contextlib.suppress(StorageError):
                    await Reminder(node.storage, node.line, lambda: kept.now).tick()
            kept.let_pass(seconds=5)
            movement.note((len(told.keys), len(unheard), kept.now.minute))
        for node in nodes:
            await node.line.settled()
            await node.stop()
        for one in frail:
            one.put_away()
    assert all(one.cuts > 5 for one in frail)
    assert told.twice == []
