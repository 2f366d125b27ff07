"""Lets go of what is kept no longer: every night by itself, or when somebody asks. Knows only ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog

from bot.domain.case import Case
from bot.domain.errors import BridgeError, Stale, StorageError
from bot.domain.frozen import replace
from bot.domain.journal import NO_CASE, Entry
from bot.domain.journal_acts import JournalAct
from bot.domain.retention_rules import FREE_FIELDS, Cutoffs, PurgeDue, Retention, Rule, due, kept_acts
from bot.jobs.once_a_day import Daily, OnceADay
from bot.ports.retention import Purge
from bot.ports.storage import Files, Storage

NAME = "purge"
_UNCLEAN = "unclean"  #: cursor that is 1 from the moment that something goes until the files hold nothing of it
_LEASE = timedelta(minutes=5)
_LISTED = 100  #: cases looked at in one read
_CONTENTS = 50  #: contents of files looked at in one read

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a purge needs besides the storage."""

    retention: Retention
    clock: Callable[[], datetime]
    new_id: Callable[[], int]
    salt: Callable[[], str]
    actor: str = "clock"  #: for the journal
    files: Files | None = None  #: where contents of files are kept, if they are


@dataclass(frozen=True, slots=True)
class Listed:
    """A case of which something goes, and what."""

    case: Case
    due: PurgeDue
    rows: dict[str, int] = field(default_factory=dict)  #: by table; what would go, or went


class Purger:
    """Carries out what retention says."""

    def __init__(self, storage: Storage, around: Surroundings) -> None:
        """Take the storage and what else is needed."""
        self._storage = storage
        self._around = around

    async def listed(self, until: datetime) -> AsyncIterator[Listed]:
        """List what is due until a moment, with counts; held cases too."""
        async for case, what in self._due(until):
            found = await self._storage.would_purge(self._order(case, what.rule))
            if found.rows or case.purged_at is None:
                yield Listed(case, what, dict(found.rows))

    async def begin(self) -> None:
        """Note that something goes, so that the files are made clean even when this is cut short."""
        await self._storage.save_cursor(_UNCLEAN, 1)

    async def finish(self) -> None:
        """Make the files clean of what went, now or before. Raises `StorageError` when that must wait."""
        await self._drop_contents()
        if await self._storage.cursor(_UNCLEAN):
            await self._storage.scrub()
            await self._storage.save_cursor(_UNCLEAN, 0)

    async def _drop_contents(self) -> None:
        """Delete the contents of files that no case names any more, one by one."""
        if self._around.files is None:
            return
        kept = await self._around.files.kept()
        for start in range(0, len(kept), _CONTENTS):
            for content in await self._storage.unneeded(kept[start : start + _CONTENTS], self._around.clock()):
                await self._around.files.drop(content)

    async def unassigned(self) -> int:
        """Count old messages that belong to no case."""
        return await self._storage.unassigned(self._around.clock() - self._around.retention.unassigned_after)

    async def run(self) -> AsyncIterator[Listed]:
        """Let go of what is due now, case by case; what fails is logged and comes again."""
        async for case, what in self._due(self._around.clock()):
            if case.held_at is not None:
                continue
            try:
                yield Listed(case, what, await self.purge(case, what.rule))
            except StorageError as error:
                log.warning("case not purged, it comes again", case=case.id, error=type(error).__name__)

    async def purge(self, case: Case, rule: Rule) -> dict[str, int]:
        """Let go of what a rule says of one case, in short transactions; returns how many rows, by table.

        Raises `Stale` when somebody changed the case meanwhile or it is on hold; what went until then is gone.
        """
        await self.begin()
        gone: dict[str, int] = {}
        while True:
            purged = await self._storage.purge(self._order(case, rule))
            for table, number in purged.rows.items():
                gone[table] = gone.get(table, 0) + number
            if purged.is_done:
                return gone
            case = replace(case, version=purged.version)

    async def purge_unassigned(self) -> int:
        """Let go of old messages that belong to no case; returns how many."""
        around, gone = self._around, 0
        before = around.clock() - around.retention.unassigned_after
        if await self._storage.unassigned(before):
            await self.begin()
        while True:
            record = self._record(NO_CASE, JournalAct.UNASSIGNED_PURGED)
            number = await self._storage.purge_unassigned(before, record, around.retention.batch)
            gone += number
            if number < around.retention.batch:
                return gone

    async def _due(self, until: datetime) -> AsyncIterator[tuple[Case, PurgeDue]]:
        cutoffs, after = Cutoffs.at(until, self._around.retention), 0
        while cases := await self._storage.purgeable(cutoffs, limit=_LISTED, after=after):
            for case in cases:
                what = due(case, until, self._around.retention)
                if what is not None and what.at <= until:
                    yield case, what
            after = cases[-1].id

    def _order(self, case: Case, rule: Rule) -> Purge:
        record = self._record(case.corridor, JournalAct.PURGED, case_id=case.id, rule=rule.value)
        batch = self._around.retention.batch
        is_first = rule is not Rule.TIER2 or case.purged_at is None
        return Purge(case.id, case.version, rule.is_whole, record, batch, FREE_FIELDS, kept_acts(rule), is_first)

    def _record(self, chain: str, act: JournalAct, case_id: int | None = None, **details: object) -> Entry:
        around = self._around
        now = around.clock()
        return Entry(around.new_id(), chain, now, around.actor, act, case_id, details=details, salt=around.salt())


class NightlyPurge:
    """Purges once a night, on whichever node comes first; a night that was missed or cut short is made up for."""

    def __init__(self, storage: Storage, around: Surroundings, owner: str) -> None:
        """Take the storage, what a purge needs, and this node's name."""
        self._storage = storage
        self._around = around
        self._nightly = OnceADay(storage, around.clock, Daily(around.retention.at), owner, NAME, lease=_LEASE)

    async def tick(self) -> bool:
        """Purge if it is time; returns whether it was."""
        return await self._nightly.tick(self._purge)

    async def _purge(self, _day: date) -> bool:
        purger = Purger(self._storage, self._around)
        cases = 0
        async for _ in purger.run():
            cases += 1
            if not await self._nightly.hold():
                raise BridgeError("another node took the purge over")
        messages = await purger.purge_unassigned()
        log.info("purged", cases=cases, messages=messages)
        try:
            await purger.finish()
        except StorageError as error:
            log.warning("files not clean yet, the next night tries again", error=str(error))
        return True


async def forget_case(purger: Purger, case: Case) -> dict[str, int]:
    """Let go of what identifies the person of a case at once. Raises `BridgeError` when that may not be."""
    if case.held_at is not None:
        raise BridgeError(f"{case.reference} is on legal hold; first a supervisor must release it.")
    if case.is_open:
        raise BridgeError(
            f"{case.reference} is open, and somebody may be looking for the person. First: /close {case.reference} "
            "person_withdrew and a line."
        )
    try:
        return await purger.purge(case, Rule.FORGOTTEN)
    except Stale:
        raise BridgeError(f"Somebody changed {case.reference} at the same moment. Please try again.") from None
