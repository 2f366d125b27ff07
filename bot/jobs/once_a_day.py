"""Work of each day, done once on whichever node comes first; a day that was missed or went wrong is made up for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

from bot.ports.storage import Storage


def due_day(now: datetime, at: time) -> date:
    """The last day whose work is due by now; `at` is in UTC."""
    today = now.astimezone(UTC)
    return today.date() if today.time() >= at else today.date() - timedelta(days=1)


class OnceADay:
    """One kind of such work, by its name: that of its lease and of its cursor, which holds the last day done."""

    def __init__(
        self,
        storage: Storage,
        clock: Callable[[], datetime],
        at: time,
        owner: str,
        name: str,
        *,
        lease: timedelta = timedelta(minutes=2),
    ) -> None:
        """Take the storage, the clock, the time of day in UTC, this node's name, and the work's own."""
        self._storage = storage
        self._clock = clock
        self._at = at
        self._owner = owner
        self._name = name
        self._lease = lease
        self._done: date | None = None

    async def tick(self, work: Callable[[date], Awaitable[bool]]) -> bool:
        """Let the work be done if it is time; returns whether it was. Work that returns False comes again."""
        day = due_day(self._clock(), self._at)
        if day == self._done or not await self.hold():
            return False
        try:
            return await self._tick(day, work)
        finally:
            await self._storage.release_lease(self._name, self._owner)

    async def _tick(self, day: date, work: Callable[[date], Awaitable[bool]]) -> bool:
        is_time = (await self._storage.cursor(self._name) or 0) < day.toordinal()
        if is_time and not await work(day):
            return True
        if is_time:
            await self._storage.save_cursor(self._name, day.toordinal())
        self._done = day
        return is_time

    async def hold(self) -> bool:
        """Take the lease, or keep it during long work; False: another node has it."""
        return await self._storage.take_lease(self._name, self._owner, self._clock(), self._lease)
