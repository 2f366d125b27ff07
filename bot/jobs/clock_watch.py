"""Notices when a clock is set: this machine's, or that of the database which several nodes share."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import StorageError
from bot.domain.journal_acts import JournalAct
from bot.domain.time_words import as_utc, span
from bot.jobs.steady_clock import LONGEST, SteadyClock
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.storage import Storage

LIMIT = 5.0  #: seconds by which a clock may differ from what it should show
_SHOWN = 3600.0  #: seconds for which readiness tells of it
_PRECISE = 2.0  #: seconds that the database may take to tell its time, for it to be of use
_MOST = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Jump:
    """That a clock was set."""

    clock: str  #: ``machine`` or ``database``
    seconds: float  #: by how much; below 0: back
    at: datetime  #: by the bridge's own time
    seen: float  #: by the monotonic clock

    def __str__(self) -> str:
        """Say it for people."""
        way = "back" if self.seconds < 0 else "forward"
        return f"{as_utc(self.at)}: the {self.clock}'s clock was set {way} by {_long(abs(self.seconds))}"


class ClockWatch:
    """One tick a second: sets the bridge's time, and tells of clocks that were set.

    The reference is the database's clock where it has one of its own, so that all nodes have the same time whatever
    theirs show; else this machine's.
    """

    def __init__(
        self, storage: Storage, time: SteadyClock, wall: Callable[[], datetime], monotonic: Callable[[], float]
    ) -> None:
        """Take the storage, the time to set, and this machine's two clocks."""
        self._storage = storage
        self.time = time
        self._wall = wall
        self._monotonic = monotonic
        self._ahead: dict[str, float] = {}
        self._jumps: deque[Jump] = deque(maxlen=_MOST)
        self._unwritten: deque[Jump] = deque(maxlen=_MOST)

    async def begin(self) -> None:
        """Set the time: by the reference, but not before what is recorded already. Raises `StorageError`."""
        now = await self._storage.time() or self._wall()
        self.time.set(now)
        with contextlib.suppress(StorageError):  # an entry that cannot be read is told by `journal verify`
            recorded = await self._storage.last_recorded()
            if recorded is not None and now < recorded <= now + LONGEST:
                self.time.set(recorded)
        self._look("machine", self._wall(), self._monotonic())
        if abs(self._off()) > LIMIT:
            log.warning("The bridge goes by another time than this machine's clock.", seconds=round(self._off()))

    async def tick(self, line: Line) -> None:
        """Look at the clocks, and journal what was done to them."""
        now = self._wall()
        self._look("machine", now, self._monotonic())
        self.time.follow(await self._database_time() or now)
        while self._unwritten:
            await line.submit(Order(_journal(self._unwritten[0]), actor="clock"))
            self._unwritten.popleft()

    async def _database_time(self) -> datetime | None:
        """What the database's clock shows now; the bridge's own time while that cannot be told."""
        asked = self._monotonic()
        try:
            told = await self._storage.time()
        except StorageError:
            return self.time()
        took = self._monotonic() - asked
        if told is None or took > _PRECISE:
            return None if told is None else self.time()
        self._look("database", told, asked + took / 2)
        return told + timedelta(seconds=took / 2)

    def _look(self, clock: str, shown: datetime, at: float) -> None:
        ahead = shown.timestamp() - at
        by = ahead - self._ahead.get(clock, ahead)
        self._ahead[clock] = ahead
        if abs(by) > LIMIT:
            log.warning("A clock was set.", clock=clock, seconds=round(by))
            jump = Jump(clock, by, self.time(), self._monotonic())
            self._jumps.append(jump)
            self._unwritten.append(jump)

    def _off(self) -> float:
        """By how many seconds the bridge's time is ahead of this machine's clock."""
        return (self.time() - self._wall()).total_seconds()

    def notes(self) -> list[str]:
        """What readiness tells: clocks that were set within the last hour, and whether this machine's is another."""
        told = [str(jump) for jump in self._jumps if self._monotonic() - jump.seen < _SHOWN]
        off = self._off()
        if abs(off) > LIMIT:
            side = "behind" if off > 0 else "ahead of"
            told.append(f"this machine's clock is {_long(abs(off))} {side} the time that the bridge goes by")
        return told


def _journal(jump: Jump) -> Callable[..., None]:
    return lambda c: c.journal(JournalAct.CLOCK_SET, clock=jump.clock, seconds=round(jump.seconds))


def _long(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else span(timedelta(seconds=seconds))
