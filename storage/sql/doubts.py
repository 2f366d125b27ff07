"""Rows of the outbox that may be stored although their writer heard of a failure, or waited no longer. No I/O.

They were leased to their writer, who does not have them in hand: it would send what comes after before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from storage.batch import BORN_LEASED_SECONDS

_MOST = 2_000  #: rows; what is doubted beyond that waits for the end of its lease


class Doubts:
    """The ids of such rows, until they are found and let go, or their lease is over."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin without any."""
        self._clock = clock
        self._until: dict[int, datetime] = {}

    def add(self, ids: Iterable[int]) -> None:
        """Doubt whether these are stored; the oldest doubts go when there are too many."""
        until = self._clock() + timedelta(seconds=BORN_LEASED_SECONDS)
        self._until |= dict.fromkeys(ids, until)
        for one in list(self._until)[:-_MOST]:
            del self._until[one]

    def ids(self) -> list[int]:
        """What is to be let go where it is found."""
        return list(self._until)

    def settle(self, found: Iterable[int]) -> None:
        """Doubt no longer what was found and let go, nor what nobody holds any more."""
        now, gone = self._clock(), set(found)
        self._until = {one: until for one, until in self._until.items() if one not in gone and until > now}
