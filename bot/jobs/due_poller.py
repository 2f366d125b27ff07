"""The clock's hands: takes what is due out of storage and puts it in the line as work. Holds no case itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import StorageError, Unwritable
from bot.jobs.due_work import DueDeadline, UndecidedOrder, Wake
from bot.line.line import Line
from bot.line.message_work import Again
from bot.line.work import Work
from bot.ports.storage import Storage

LEASE = timedelta(seconds=30)  #: a crash makes what was taken late by no more than this
MOST = 200  #: taken at a time

log = structlog.get_logger(__name__)


class Reminder:
    """One tick a second: due deadlines, held words, failed messages, orders that nobody decided."""

    def __init__(self, storage: Storage, line: Line, clock: Callable[[], datetime]) -> None:
        """Take the storage, the line and the clock."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self.last_tick: datetime | None = None  #: the last tick that went well, for readiness

    async def tick(self) -> int:
        """Do all that is due now; returns how many pieces of work there were."""
        done = 0
        while True:
            taken = await self._take()
            await self._submit(taken)
            done += len(taken)
            if len(taken) < MOST:
                break
        self.last_tick = self._clock()
        return done

    async def _take(self) -> list[Work]:
        now = self._clock()
        due: list[Work] = [DueDeadline(d, now) for d in await self._storage.claim_deadlines(now, MOST, LEASE)]
        wakes: list[Work] = [Wake(person) for person in await self._storage.claim_wakes(now, MOST, LEASE)]
        again: list[Work] = [Again(row) for row in await self._storage.claim_failed(now, MOST, LEASE)]
        lapsed: list[Work] = [UndecidedOrder(order) for order in await self._storage.lapsed_orders(now, MOST)]
        return due + wakes + again + lapsed

    async def _submit(self, work: Sequence[Work]) -> None:
        results = await asyncio.gather(*(self._line.submit(w) for w in work), return_exceptions=True)
        for result in results:
            if isinstance(result, Unwritable):
                continue  # said once by whoever watches the writing; it comes again
            if isinstance(result, StorageError):
                log.warning("due work not stored, it comes again", error=str(result))
            elif isinstance(result, BaseException):
                raise result
