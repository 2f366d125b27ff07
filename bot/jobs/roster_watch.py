"""Looks at the roster once a minute and lets the line do what came up since it looked last. Knows only ports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.errors import StorageError, Unwritable
from bot.domain.people import Directory
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from bot.protection.permissions import scope_of
from bot.protection.redaction_policy import Way, text_for
from bot.protection.standings import Reader
from bot.roster import hand_over, watch
from bot.turns.composer import Composer

NAME = "roster"  #: of its lease and of its cursor, which holds the second up to which it has looked
_LEASE = timedelta(minutes=2)
_CASES = 500  #: open cases of a desk

log = structlog.get_logger(__name__)


class RosterWatch:
    """On any number of nodes one looks at a time; whatever it tells has a key, so it goes out once."""

    def __init__(
        self, storage: Storage, line: Line, clock: Callable[[], datetime], agreement: Agreement, owner: str
    ) -> None:
        """Take the storage, the line, the clock, the agreement and this node's name."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._agreement = agreement
        self._owner = owner
        self._done: set[watch.Event] = set()  #: of what comes up again because something beside it failed

    async def tick(self) -> int:
        """Do what came up; returns how much that was. What could not be stored comes up again."""
        directory, now = await self._storage.directory(), self._clock()
        if not (directory.roster.shifts or directory.roster.hand_overs):
            return 0
        if not await self._storage.take_lease(NAME, self._owner, now, _LEASE):
            return 0
        try:
            found = watch.events(directory, self._agreement, await self._since(now), now)
            if all([await self._is_done(event, directory) for event in found]):
                await self._storage.save_cursor(NAME, int(now.timestamp()))
                self._done.clear()
        finally:
            await self._storage.release_lease(NAME, self._owner)
        return len(found)

    async def _is_done(self, event: watch.Event, directory: Directory) -> bool:
        """Do one thing, unless it was done; where it fails it comes up again, and holds up nothing else."""
        if event in self._done:
            return True
        try:
            await self._do(event, directory)
        except Unwritable:
            raise
        except StorageError as error:
            log.warning("Something of the roster was not done; it comes up again.", error=str(error))
            return False
        self._done.add(event)
        return True

    async def _since(self, now: datetime) -> datetime:
        """Up to when it has looked; at the first time as if it had looked a minute ago."""
        looked = await self._storage.cursor(NAME)
        return now - timedelta(minutes=1) if looked is None else datetime.fromtimestamp(looked, UTC)

    async def _do(self, event: watch.Event, directory: Directory) -> None:
        match event:
            case watch.Soon():
                await self._order(partial(watch.tell_soon, soon=event))
            case watch.Ending():
                await self._end(event, directory)
            case watch.Empty():
                await self._order(partial(watch.tell_empty, empty=event))
            case watch.NotTaken(left):
                await self._order(partial(hand_over.tell_not_taken, begun=left), Wanted(cases=left.cases))
            case watch.Gap():
                await self._order(partial(watch.tell_gap, gap=event))

    async def _end(self, ending: watch.Ending, directory: Directory) -> None:
        scope = scope_of(ending.person, self._agreement)
        cases = await self._storage.list_cases(scope, open_only=True, limit=_CASES)
        cases.sort(key=lambda case: (case.urgency, case.id))
        written = await self._written(ending, cases, directory) if ending.is_over else {}
        ids = tuple(case.id for case in cases)

        def act(c: Composer) -> None:
            found = [case for case_id in ids if (case := c.case(case_id)) is not None]
            watch.tell_ending(c, ending, found, written)

        await self._order(act, Wanted(cases=ids))

    async def _written(self, ending: watch.Ending, cases: list[Case], directory: Directory) -> hand_over.Written:
        """What whoever leaves added for their own side since they have the list, as their colleagues may read it."""
        begun = [h for h in directory.roster.hand_overs if (h.person_id, h.ends_at) == (ending.person.id, ending.at)]
        found: dict[int, list[str]] = {}  # empty for what is read on the page alone
        reader = Reader(ending.person.party, ending.person.role, desk=ending.desk.role)
        for case in cases if begun else ():
            for text in (await self._storage.history(case.id)).texts:
                if text.by != ending.person.id or not text.own_side_only or text.at < begun[0].begun_at:
                    continue
                if text_for(text, case, reader, Way.PAGE, self._agreement):
                    found.setdefault(case.id, []).append(text_for(text, case, reader, Way.RELAY, self._agreement) or "")
        return found

    async def _order(self, act: Callable[[Composer], None], wanted: Wanted | None = None) -> None:
        await self._line.submit(Order(act, actor="clock", wanted=wanted or Wanted()))
