"""Work of each day, done once on whichever node comes first; a day that was missed or went wrong is made up for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.ports.storage import Storage


def due_day(now: datetime, at: time, zone: tzinfo = UTC) -> date:
    """The last day whose work is due by now; `at` is a time of day in that zone."""
    today = now.astimezone(zone)
    return today.date() if today.time() >= at else today.date() - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Daily:
    """When something is done each day."""

    at: time
    zone: tzinfo = UTC
    makes_up: bool = True  #: also for the day before the first look; without it the first is the one that comes


class OnceADay:
    """One kind of such work, by its name: that of its lease and of its cursor, which holds the last day done."""

    def __init__(
        self,
        storage: Storage,
        clock: Callable[[], datetime],
        when: Daily,
        owner: str,
        name: str,
        *,
        lease: timedelta = timedelta(minutes=2),
    ) -> None:
        """Take the storage, the clock, the moment of each day, this node's name, and the work's own."""
        self._storage = storage
        self._clock = clock
        self._when = when
        self._owner = owner
        self._name = name
        self._lease = lease
        self._done: date | None = None

    async def tick(self, work: Callable[[date], Awaitable[bool]]) -> bool:
        """Let the work be done if it is time; returns whether it was. Work that returns False comes again."""
        day = due_day(self._clock(), self._when.at, self._when.zone)
        if day == self._done or not await self.hold():
            return False
        try:
            return await self._tick(day, work)
        finally:
            await self._storage.release_lease(self._name, self._owner)

    async def _tick(self, day: date, work: Callable[[date], Awaitable[bool]]) -> bool:
        last = await self._storage.cursor(self._name)
        is_time = (last or 0) < day.toordinal() and (self._when.makes_up or last is not None)
        if is_time and not await work(day):
            return True
        if is_time or last is None:
            await self._storage.save_cursor(self._name, day.toordinal())
        self._done = day
        return is_time

    async def hold(self) -> bool:
        """Take the lease, or keep it during long work; False: another node has it."""
        return await self._storage.take_lease(self._name, self._owner, self._clock(), self._lease)
