"""Begins the weekly test ring, and lets the supervisors hear which desks were silent. Knows only ports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

import structlog

from bot.domain.agreement import Agreement
from bot.domain.errors import StorageError, Unwritable
from bot.domain.rings import Weekly
from bot.jobs.once_a_day import Daily, OnceADay
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from bot.roster import ring

NAME = "test ring"  #: of the lease and of the cursor of the weekly one
_MADE_UP = timedelta(hours=1)  #: a weekly ring that was missed for longer comes the next week: nobody expects it then

log = structlog.get_logger(__name__)


class RingWatch:
    """On any number of nodes: what is told and begun has its row, which the first one writes."""

    def __init__(
        self,
        storage: Storage,
        line: Line,
        clock: Callable[[], datetime],
        weekly: Weekly | None,
        owner: str,
        agreement: Agreement,
    ) -> None:
        """Take the storage, the line, the clock, when it rings by itself, this node's name, and who the sides are."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._weekly = weekly
        self._agreement = agreement
        daily = Daily(weekly.at if weekly is not None else time())
        self._daily = OnceADay(storage, clock, daily, owner, NAME)

    async def tick(self) -> None:
        """Tell of who was silent, and ring if it is time."""
        for ring_id in await self._storage.silent_rings(self._clock()):
            await self._tell(ring_id)
        if self._weekly is not None:
            await self._daily.tick(partial(self._ring, weekly=self._weekly))

    async def _tell(self, ring_id: int) -> None:
        """Tell of one ring; where it fails it comes up again, and holds up no other."""
        order = Order(partial(ring.tell_silent, ring_id=ring_id), actor="clock", wanted=Wanted(rings=(ring_id,)))
        try:
            await self._line.submit(order)
        except Unwritable:
            raise
        except StorageError as error:
            log.warning("It was not told who is silent; it comes up again.", ring=ring_id, error=str(error))

    async def _ring(self, day: date, weekly: Weekly) -> bool:
        due = weekly.on(day)
        if due is None or self._clock() - due > _MADE_UP:
            return True
        for corridor in self._agreement.corridors.values():
            act = partial(ring.begin_weekly, corridor=corridor, due=due)
            await self._line.submit(Order(act, actor="clock", wanted=Wanted(rings_since=(due,))))
        return True
