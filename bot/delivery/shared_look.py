"""One look into the storage for everybody who needs one: who asks while one is under way shares the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
Found = asyncio.Future[Mapping[int, T]]


class SharedLook(Generic[T]):
    """Reads what is known of outbox rows, by their ids. What is found was read after it was asked for."""

    def __init__(self, read: Callable[[Sequence[int]], Awaitable[Mapping[int, T]]]) -> None:
        """Take what reads."""
        self._read = read
        self._ids: dict[int, None] = {}  #: to be read next
        self._next: Found[T] | None = None
        self._last: Found[T] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is being answered just now."""
        return self._last is not None and not self._last.done()

    def at(self, ids: Sequence[int]) -> Found[T]:
        """Have these read, now or right after what is being read."""
        self._ids |= dict.fromkeys(ids)
        if self._next is None:
            self._next = asyncio.ensure_future(self._look(self._last))
        return self._next

    async def _look(self, before: Found[T] | None) -> Mapping[int, T]:
        if before is not None:
            await asyncio.wait([before])
        ids, self._ids = list(self._ids), {}
        self._last, self._next = self._next, None
        return await self._read(ids)
