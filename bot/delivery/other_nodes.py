"""Hears from other nodes that one of them left something to send, and looks for it at once. Knows only ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.domain.errors import StorageError
from bot.ports.storage import Storage

log = structlog.get_logger(__name__)


class OtherNodes:
    """Looks whenever it is woken; what cannot be claimed in that moment, the next tick finds."""

    def __init__(self, storage: Storage, look: Callable[[], Awaitable[object]]) -> None:
        """Take what wakes, and how to look."""
        self._storage = storage
        self._look = look
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to hear."""
        self._tasks = [
            asyncio.create_task(self._storage.listen(self._woken.set), name="hears other nodes"),
            asyncio.create_task(self._look_when_woken(), name="looks when woken"),
        ]

    async def _look_when_woken(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._look()
            except StorageError:
                continue  # said by whoever watches the writing
            except Exception:
                log.exception("could not look for what another node left")

    async def stop(self) -> None:
        """Hear nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
