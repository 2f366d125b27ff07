"""A backup every night, on whichever node comes first; what goes wrong is told to the admins once. Knows only ports."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import structlog

from bot.domain.backups import LAST_GOOD, OLD
from bot.domain.errors import BridgeError, StorageError
from bot.domain.recipients import admins, unique
from bot.domain.time_words import span
from bot.jobs.once_a_day import Daily, OnceADay
from bot.language.texts import tr
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.storage import Storage
from bot.turns.composer import Composer

NAME = "backup"  #: of its lease and of its cursor, which holds the last day done
_LEASE = timedelta(minutes=5)
_RENEW = 60.0  #: seconds
_AGAIN = timedelta(hours=1)  #: after a failure
_OURS = re.compile(r"casebridge-\d{8}T\d{6}Z\.backup")
_CUT_SHORT = re.compile(rf"\.{_OURS.pattern}\.\d+\.part")  #: of a night in which the bridge was killed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NightlyPlan:
    """When backups are made, where they go, how many are kept."""

    at: time  #: UTC
    folder: Path
    keep: int


#: Makes a backup under this name. Raises `BridgeError` or OSError, or returns what is wrong with the one that was made.
Make = Callable[[Path], Awaitable[str]]


class NightlyBackup:
    """Backs up once a night; a night that was missed or went wrong is made up for."""

    def __init__(
        self, storage: Storage, line: Line, clock: Callable[[], datetime], plan: NightlyPlan, make: Make, owner: str
    ) -> None:
        """Take the storage, the line for what admins hear, the clock, the plan, what makes one, this node's name."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._plan = plan
        self._make = make
        self._nightly = OnceADay(storage, clock, Daily(plan.at), owner, NAME, lease=_LEASE)
        self._not_before = datetime.min.replace(tzinfo=UTC)

    async def tick(self) -> bool:
        """Back up if it is time; returns whether it was."""
        return self._clock() >= self._not_before and await self._nightly.tick(self._back_up)

    async def _back_up(self, _day: date) -> bool:
        now = self._clock()
        try:
            await asyncio.to_thread(self._plan.folder.mkdir, mode=0o700, parents=True, exist_ok=True)
            wrong = await self._held(self._make(self._plan.folder / f"casebridge-{now:%Y%m%dT%H%M%SZ}.backup"))
        except (BridgeError, OSError) as error:
            self._not_before = now + _AGAIN
            why = str(error) if isinstance(error, BridgeError) else error.strerror or type(error).__name__
            await self._tell(tr("en", "The nightly backup could not be made: {why}", why=why))
            return False
        if wrong:
            await self._tell(wrong)
        else:
            await asyncio.to_thread(self._let_go)
        return True

    async def _held(self, work: Awaitable[str]) -> str:
        """Wait for work, and keep the lease meanwhile."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=_RENEW))[0]:
                await self._nightly.hold()
        finally:
            task.cancel()  # when the bridge stops
        return task.result()

    def _let_go(self) -> None:
        """Delete the oldest of our own beyond those that are kept; only a good one pushes another out."""
        for path in list(self._plan.folder.iterdir()):
            if _CUT_SHORT.fullmatch(path.name):
                path.unlink(missing_ok=True)
        ours = sorted(path for path in self._plan.folder.iterdir() if _OURS.fullmatch(path.name))
        for path in ours[: -self._plan.keep]:
            path.unlink(missing_ok=True)

    async def _tell(self, words: str) -> None:
        """Log it, and tell all admins unless they know since the last good one."""
        log.error("The nightly backup went wrong.", why=words)
        key = f"backup-failed:{await self._storage.cursor(LAST_GOOD) or 0}"
        await self._line.submit(Order(lambda c: _tell_admins(c, key, words), actor="clock"))


def _tell_admins(c: Composer, key: str, words: str) -> None:
    parties = c.context.agreement.parties
    c.tell(unique(r for party in parties for r in admins(c.view.directory, party)), key, words)


async def backup_note(storage: Storage, clock: Callable[[], datetime], *, is_nightly: bool) -> Mapping[str, str]:
    """Say for readiness how old the last good backup is; a warning when that is older than a night."""
    try:
        at = await storage.cursor(LAST_GOOD)
    except StorageError:
        return {}
    if at is None:
        return {"backup": "WARNING: there is no good one yet"} if is_nightly else {}
    age = clock() - datetime.fromtimestamp(at, UTC)
    shown = f"the last good one is {span(age)} old"
    return {"backup": f"WARNING: {shown}" if age > OLD else shown}
