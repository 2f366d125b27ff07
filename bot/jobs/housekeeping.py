"""What is looked after now and then: people whose enrolment lapses are warned, and what is over is swept away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.domain.agreement import Agreement
from bot.domain.errors import StorageError
from bot.line.line import Line
from bot.line.message_work import Order
from bot.people import reconfirmation
from bot.ports.storage import Storage

log = structlog.get_logger(__name__)


class Tender:
    """One tick every quarter of an hour, on any number of nodes: a warning has a key, so it goes out once."""

    def __init__(
        self, storage: Storage, line: Line, clock: Callable[[], datetime], agreement: Agreement, every: timedelta
    ) -> None:
        """Take the storage, the line, the clock, and how often people are to be confirmed."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._agreement = agreement
        self._every = every
        self._warned: set[str] = set()  #: keys that were given to the line here, so as not to write them again

    async def tick(self) -> None:
        """Warn whom there is to warn, then sweep."""
        await self._warn()
        swept = await self._storage.sweep(self._clock())
        if swept:
            log.info("swept", rows=swept)

    async def _warn(self) -> None:
        directory = await self._storage.directory()
        due = reconfirmation.due(directory, self._agreement, self._clock(), self._every)
        new = [lapse for lapse in due if lapse.key not in self._warned]
        if not new:
            return
        try:
            await self._line.submit(Order(lambda c: reconfirmation.warn(c, new), actor="clock"))
        except StorageError as error:
            log.warning("warnings not stored, they come again", error=str(error))
            return
        self._warned.update(lapse.key for lapse in new)
