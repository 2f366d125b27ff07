"""Looks for reply windows that close soon, and lets their people be asked to write. Knows only ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.delivery import window_rules
from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.domain.messages import WindowRules
from bot.domain.people import Person
from bot.domain.reply_windows import Window
from bot.jobs.due_work import Ask
from bot.line.line import Line
from bot.ports.storage import Storage
from bot.protection.permissions import scope_of

_LEASE = timedelta(minutes=5)  #: whom nothing concerns is looked at again after it: a case may have opened
_MOST = 200  #: windows taken at a time
_CASES = 50  #: open cases looked at for one person, the newest

log = structlog.get_logger(__name__)


class Closing:
    """One tick a minute, on any number of nodes: each window is claimed, and the question has a key."""

    def __init__(
        self,
        storage: Storage,
        line: Line,
        clock: Callable[[], datetime],
        agreement: Agreement,
        rules: Mapping[str, WindowRules],
    ) -> None:
        """Take the storage, the line, the clock, and the rules of the messengers that have windows."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._agreement = agreement
        self._rules = rules

    async def tick(self) -> int:
        """Ask whom there is to ask; returns how many were looked at."""
        if not self._rules:
            return 0
        now = self._clock()
        until = now + max(rules.ask_before for rules in self._rules.values())
        windows = await self._storage.claim_windows(now, until, _MOST, _LEASE)
        for window in windows:
            rules = self._rules.get(window.address.messenger)
            if rules is not None and window.closes_at - now <= rules.ask_before:
                await self._ask_or_leave(window)
        return len(windows)

    async def _ask_or_leave(self, window: Window) -> None:
        """Let one person whose cases cannot be read keep nobody else from being asked."""
        try:
            await self._ask(window)
        except StorageError as error:
            log.warning("somebody could not be asked to write, it comes again", error=str(error))

    async def _ask(self, window: Window) -> None:
        directory = (await self._storage.directory()).as_of(self._clock())
        person = directory.at(window.address)
        if person is None or not person.is_active:
            return
        found = window_rules.concerning(window.address, await self._cases(person), self._agreement, directory)
        if found:
            await self._line.submit(Ask(window, found[0].id))

    async def _cases(self, person: Person) -> list[Case]:
        return await self._storage.list_cases(scope_of(person, self._agreement), open_only=True, limit=_CASES)
