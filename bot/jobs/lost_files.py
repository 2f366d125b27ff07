"""Says loudly that the database is not at its place any more: past the outbox, since nothing can be stored then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.delivery.past_outbox import PastOutbox
from bot.language.texts import tr
from bot.ports.storage import Storage

_AGAIN = timedelta(minutes=1)  #: between two lines in the log

log = structlog.get_logger(__name__)


class FileWatch:
    """Looks every few seconds; tells admins and supervisors once, the log once a minute."""

    def __init__(self, storage: Storage, shout: PastOutbox, clock: Callable[[], datetime]) -> None:
        """Take the storage, who tells without it, and the clock."""
        self._storage = storage
        self._shout = shout
        self._clock = clock
        self._since: datetime | None = None  #: when it was first seen to be gone
        self._logged: datetime | None = None

    async def tick(self) -> bool:
        """Look; returns whether something is missing."""
        missing, now = self._storage.missing(), self._clock()
        if not missing:
            self._since = self._logged = None
            return False
        if self._logged is None or now - self._logged >= _AGAIN:
            log.error("The database is not at its place any more.", missing=missing)
            self._logged = now
        if self._since is None:
            self._since = now
            await self._tell(missing)
        return True

    async def _tell(self, missing: str) -> None:
        words = tr(
            "en",
            "The bridge cannot store anything and takes no messages: {missing} Please call whoever runs the machine, "
            "and pass urgent cases on by telephone.",
            missing=missing,
        )
        await self._shout.tell(words)
