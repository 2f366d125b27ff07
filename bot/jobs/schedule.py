"""When things happen by themselves. The only module that knows APScheduler; it never holds a case."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.errors import StorageError, Unwritable
from bot.jobs.tick_log import TickLog

_LOOK = 1.0  #: seconds between two looks whether a tick waits for too long

log = structlog.get_logger(__name__)

Tick = Callable[[], Awaitable[object]]


class _Interval(IntervalTrigger):  # type: ignore[misc]  # APScheduler tells no types
    """An interval that is not counted through, however much of it was missed: a year holds 31 million seconds."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """Plan the next moment, never one that is over."""
        after = previous_fire_time and max(previous_fire_time, now - self.interval)
        planned: datetime | None = super().get_next_fire_time(after, now)
        return planned


class Schedule:
    """A few interval ticks, in memory: a tick that is late runs once, never twice at a time.

    APScheduler plans by the wall clock and waits by the monotonic one. When the wall clock is set back, what it
    planned lies as far ahead; so each second whatever would wait for longer than its interval is made due.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        not_stored: Callable[[StorageError], None],
        log_of_ticks: TickLog | None = None,
    ) -> None:
        """Make an empty schedule; `clock` is the wall clock, which APScheduler reads too.

        `not_stored` is told of ticks for which the database was not there, the log of those that went well.
        """
        self._lived = log_of_ticks or TickLog(monotonic)
        self._clock = clock
        self._not_stored = not_stored
        self._timer: asyncio.TimerHandle | None = None
        self._ticks: list[tuple[Job, timedelta]] = []
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def every(self, seconds: float, tick: Tick, name: str) -> None:
        """Run a tick every so many seconds; an error is logged and the next tick comes."""

        async def guarded() -> None:
            try:
                with contextlib.suppress(asyncio.CancelledError):  # at the end: APScheduler calls that an error
                    await tick()
                    self._lived.lived(name)
            except Unwritable as error:
                self._not_stored(error)
            except Exception:
                log.exception("tick failed", tick=name)

        job = self._scheduler.add_job(guarded, _Interval(seconds=seconds, timezone=UTC), id=name)
        self._ticks.append((job, timedelta(seconds=seconds)))

    def start(self) -> None:
        """Begin."""
        for job, _ in self._ticks:
            self._lived.expect(job.id)
        self._scheduler.start()
        self._look()

    def _look(self) -> None:
        """Let nothing wait for longer than its interval, and look again."""
        now = self._clock()
        for job, interval in self._ticks:
            if job.next_run_time > now + interval:
                job.modify(next_run_time=now)
        self._timer = asyncio.get_running_loop().call_later(_LOOK, self._look)

    def stop(self) -> None:
        """Stop; may be called twice."""
        if self._timer is not None:
            self._timer.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
