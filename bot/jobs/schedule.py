"""When things happen by themselves. The only module that knows APScheduler; it never holds a case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import StorageError, Unwritable

log = structlog.get_logger(__name__)

Tick = Callable[[], Awaitable[object]]


class Schedule:
    """A few interval ticks, in memory: a tick that is late runs once, never twice at a time."""

    def __init__(self, not_stored: Callable[[StorageError], None]) -> None:
        """Make an empty schedule; who is told of ticks for which the database was not there."""
        self._not_stored = not_stored
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def every(self, seconds: float, tick: Tick, name: str) -> None:
        """Run a tick every so many seconds; an error is logged and the next tick comes."""

        async def guarded() -> None:
            try:
                await tick()
            except Unwritable as error:
                self._not_stored(error)
            except Exception:
                log.exception("tick failed", tick=name)

        self._scheduler.add_job(guarded, "interval", seconds=seconds, id=name)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop; may be called twice."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
