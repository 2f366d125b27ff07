"""How fast forms and sign-in pages are taken, from one session and from one address, over all nodes together."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ports.storage import Storage

WINDOW = timedelta(minutes=1)
A_SESSION = 120  #: forms a minute; nobody types or taps two a second for long
AN_ADDRESS = 600  #: forms and sign-in pages a minute; a whole office may share one
_FREE = 4  #: the first of so many parts is counted here alone, so that ordinary use costs the database nothing
_MOST_KEYS = 10_000


class Pace:
    """Counts in this process first; who is faster than most is counted in storage, where all nodes see it."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._here: dict[str, tuple[int, datetime]] = {}

    async def is_too_fast(self, key: str, limit: int, now: datetime) -> bool:
        """Count one more; whether it is over the limit. Raises StorageError."""
        free = limit // _FREE
        if self._count(key, now) <= free:
            return False
        return await self._storage.count_attempt("form", key, now, WINDOW) > limit - free

    def _count(self, key: str, now: datetime) -> int:
        count, until = self._here.get(key, (0, now))
        if until <= now:
            count, until = 0, now + WINDOW
            self._make_room(now)
        self._here[key] = (count + 1, until)
        return count + 1

    def _make_room(self, now: datetime) -> None:
        if len(self._here) < _MOST_KEYS:
            return
        self._here = {key: kept for key, kept in self._here.items() if kept[1] > now}
        if len(self._here) >= _MOST_KEYS:
            self._here.clear()
