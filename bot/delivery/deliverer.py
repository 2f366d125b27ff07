"""Delivers the outbox: takes rows just committed or claimed, and gives each to its messenger. Knows only ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.delivery import retries
from bot.delivery.dispatch import Dispatcher
from bot.delivery.lane import LaneRow
from bot.delivery.marking import USUAL, Limits, Office
from bot.delivery.settled import Settled
from bot.domain.frozen import replace
from bot.domain.messages import CARRIERS, Address, Delivery, DeliveryState, Outgoing
from bot.domain.turn import Mark
from bot.ports.messengers import Adapter
from bot.ports.reads import Room
from bot.ports.storage import Storage

_STOP_SECONDS = 4.0


def _nobody_to_tell(_address: Address) -> None:
    """Tell nobody."""


def _no_call(_message: Outgoing) -> None:
    """Tell nobody that a call was not made."""


def _wakes_nobody(_message: Outgoing) -> None:
    """Wake nobody besides."""


def _no_lateness(_message: Outgoing, _late: timedelta) -> None:
    """Measure nothing."""


class Deliverer:
    """Sends what is in the outbox, over all messengers.

    A row is in memory only while it is leased and may be sent soon; whatever waits longer is in the outbox with its
    next moment. What becomes of each row goes to `mark`, to be written with the next commit; while it is `unstored`
    the row stays ours.
    """

    def __init__(  # noqa: PLR0913 - the collaborators of the one place where sending comes together
        self,
        storage: Storage,
        adapters: Mapping[str, Adapter],
        *,
        clock: Callable[[], datetime],
        mark: Callable[[Mark], None],
        unstored: Callable[[], Mapping[int, Mark]] = dict,
        new_id: Callable[[], int],
        jitter: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        on_lateness: Callable[[Outgoing, timedelta], None] = _no_lateness,
        on_unreachable: Callable[[Address], None] = _nobody_to_tell,
        on_not_called: Callable[[Outgoing], None] = _no_call,
        on_waking: Callable[[Outgoing], None] = _wakes_nobody,
        limits: Limits = USUAL,
    ) -> None:
        """Take the collaborators, and how much may be under way."""
        self._storage = storage
        self._clock = clock
        self._lease = limits.lease
        self._mark = mark
        self._unstored = unstored
        self._settled = Settled(limits.lease * 2, unstored)
        self._office = Office(
            storage,
            frozenset(adapters),
            clock,
            sleep,
            self._settle,
            new_id,
            jitter,
            on_lateness,
            on_unreachable,
            on_not_called,
            on_waking,
            limits,
        )
        self._dispatchers = {
            name: Dispatcher(adapter, self._office, capacity=limits.in_flight, workers=limits.at_once)
            for name, adapter in adapters.items()
        }
        self._claiming = asyncio.Lock()
        self._is_stopping = False

    def _settle(self, mark: Mark) -> None:
        self._settled.add(mark)
        self._mark(mark)

    def room(self) -> int:
        """How many more rows are taken into memory, over all messengers."""
        return sum(dispatcher.room_for() for dispatcher in self._dispatchers.values())

    def hand_over(self, rows: Sequence[Outgoing]) -> None:
        """Take rows just committed and born leased to this process. What finds no room goes back to the outbox."""
        if self._is_stopping:
            return
        now, owed = self._clock(), self._owed()
        for message in rows:
            if message.not_before is not None and message.not_before > now:
                continue  # not leased: a claim brings it in its time
            edits = message.edits or self._office.recent.get(message.replaces)
            if message.replaces and not edits:
                # What it changes was sent by another process, or not yet: a claim finds out.
                self._office.put_back(self._row(Delivery(message), now), now, "waits for the message that it changes")
            elif message.address in owed and not message.passes:
                self._office.put_back(self._row(Delivery(message), now), now, "waits for what was put back before it")
            else:
                self._admit(Delivery(message, edits=edits), now, is_new=True)
        self._run()

    def _row(self, delivery: Delivery, now: datetime) -> LaneRow:
        return LaneRow(delivery, now + self._lease, retries.join_at(delivery, now))

    def _admit(self, delivery: Delivery, now: datetime, *, is_new: bool = False) -> None:
        moved = self._office.moved.get(delivery.message.address)
        if moved is not None:
            delivery = replace(delivery, message=replace(delivery.message, address=moved))
        dispatcher = self._dispatchers.get(delivery.message.address.messenger)
        if dispatcher is None:
            reason = "there is no such messenger here"
            self._office.end(self._row(delivery, now), DeliveryState.PARKED, reason)
        else:
            dispatcher.add(self._row(delivery, now), is_new=is_new)

    async def tick(self) -> int:
        """Claim what is due and give it to its messenger; returns how many rows. Raises `StorageError`."""
        async with self._claiming:
            return 0 if self._is_stopping else await self._take()

    async def _take(self) -> int:
        now = self._clock()
        self._settled.claim_begins()
        for dispatcher in self._dispatchers.values():
            dispatcher.look_for_joining(now)
            dispatcher.claim_begins()
        await self._prolong(now)
        claimed: list[Delivery] = []
        try:
            await self._claim(now, claimed)
        finally:  # what was claimed before the database failed is ours all the same
            for delivery in sorted(claimed, key=lambda d: d.message.id):
                self._readmit(delivery, now)
            self._run()
        return len(claimed)

    async def _prolong(self, now: datetime) -> None:
        """Hold for longer what is here and not sent yet, and what was sent and could not be noted yet."""
        rows = {row.id: row for d in self._dispatchers.values() for row in d.rows()}
        ending = [row.id for row in rows.values() if row.leased_until - now < self._lease / 2]
        owed = [mark.outbox_id for mark in self._unstored().values() if now - mark.at >= self._lease / 2]
        if not (ending or owed):
            return
        for outbox_id in await self._storage.prolong([*ending, *owed], now, self._lease):
            if outbox_id in rows:
                rows[outbox_id].leased_until = now + self._lease

    async def _claim(self, now: datetime, rows: list[Delivery]) -> None:
        """Claim for all messengers at once; when there is more than that, for each, so that none crowds out another.

        For a messenger that has its memory full only what is urgent is claimed. `rows` takes what was claimed.
        """
        room = {name: left for name, d in self._dispatchers.items() if (left := d.room_for()) > 0}
        for name in self._dispatchers.keys() - room.keys():
            rows += await self._claim_for([name], self._dispatchers[name].room_for(urgent=True), now, urgent_only=True)
        if not room:
            return
        limit = min(room.values())
        # What is for a messenger that is not set up (any more) is parked visibly, and its next address joins in.
        found = await self._claim_for([*room, *(CARRIERS - self._dispatchers.keys())], limit, now)
        rows += found
        if len(found) < limit or len(room) == 1:
            return
        for name in (delivery.message.address.messenger for delivery in found):
            if name in room:
                room[name] -= 1
        for name, left in room.items():
            rows += await self._claim_for([name], left, now)

    async def _claim_for(
        self, messengers: Sequence[str], most: int, now: datetime, *, urgent_only: bool = False
    ) -> list[Delivery]:
        if most <= 0:
            return []
        asked = [self._dispatchers[name].asks() for name in messengers if name in self._dispatchers]
        full = (*self._owed(), *(address for room in asked for address in room.full))
        each = min(room.of_each for room in asked)
        owed = tuple(mark.outbox_id for mark in self._unstored().values() if mark.waits_at is not None)
        room = Room(full, each, owed, urgent_only)
        return await self._storage.claim_outbox(messengers, now, most, self._lease, room)

    def _owed(self) -> set[Address]:
        """Where something was put back that the database still counts as in hand here: nothing may overtake it.

        What waits for its window is in nobody's way.
        """
        marks = (mark for mark in self._unstored().values() if mark.state is DeliveryState.QUEUED)
        return {mark.waits_at for mark in marks if mark.waits_at is not None}

    def _readmit(self, delivery: Delivery, now: datetime) -> None:
        dispatcher = self._dispatchers.get(delivery.message.address.messenger)
        held = dispatcher.row(delivery.message.id) if dispatcher else None
        if held is not None:
            held.leased_until = now + self._lease
            return
        known = self._settled.readmit(delivery, now)
        if isinstance(known, Delivery):
            self._admit(known, now)
            return
        # The database counts it as in hand here from now on: it must hear once more what became of it.
        self._settle(replace(known))
        if dispatcher is not None and known.state is DeliveryState.QUEUED:
            dispatcher.leaves(delivery.message.address)

    def _run(self) -> None:
        for dispatcher in self._dispatchers.values():
            dispatcher.run()

    async def drain(self) -> None:
        """Wait until nothing is left that can be sent now."""
        while workers := self._workers():
            await asyncio.wait(workers)

    def _workers(self) -> set[asyncio.Task[None]]:
        return {worker for dispatcher in self._dispatchers.values() for worker in dispatcher.workers}

    async def stop(self) -> None:
        """Let what is under way end within 4 seconds; the rest is sent when its lease has run out."""
        self._is_stopping = True
        for dispatcher in self._dispatchers.values():
            dispatcher.stop()
        if not (pending := self._workers()):
            return
        timer = asyncio.create_task(self._count_down())
        while pending and not timer.done():
            _, still = await asyncio.wait({timer, *pending}, return_when=asyncio.FIRST_COMPLETED)
            pending = still - {timer}
        for task in (timer, *pending):
            task.cancel()
        await asyncio.gather(timer, *pending, return_exceptions=True)

    async def _count_down(self) -> None:
        await self._office.sleep(_STOP_SECONDS)
