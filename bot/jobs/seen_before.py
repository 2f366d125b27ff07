"""Looks for what new cases may belong to, after the commit that made them worth a look. Knows only ports."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime, timedelta

import structlog

from bot.acts.matching import AT_MOST
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.domain.likeness import COMPARED_FOR, Likeness, Look, Reason
from bot.domain.retention_rules import is_drill
from bot.domain.whereabouts import REPEATED_WITHIN, WITHIN, Whereabouts, is_near, is_said_again
from bot.jobs.look_work import Looked
from bot.line.line import Line
from bot.ports.matching import Around, Hit, NamedIn, Sought
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from bot.protection.identity.alike import ALIKE, Name, likeness_of
from bot.protection.matching import whereabouts
from bot.protection.redaction_policy import compared

_LEASE = timedelta(seconds=30)  #: a crash makes a look late by no more than this
_MOST = 5  #: cases taken at a time: in a flood of alerts the alerts go first

log = structlog.get_logger(__name__)


class SeenBefore:
    """One tick a second, on any number of nodes: each case is claimed, compared, and its likenesses put in the line."""

    def __init__(self, storage: Storage, line: Line, clock: Callable[[], datetime]) -> None:
        """Take the storage, the line and the clock."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._places: dict[tuple[int, int], Whereabouts] = {}  #: of this tick: those who look alike are compared often

    async def tick(self) -> int:
        """Compare what waits; returns how many cases were compared."""
        taken = await self._storage.claim_looks(self._clock(), _MOST, _LEASE)
        self._places.clear()
        # One after the other, since each files its place for the next; what they look like is put in the line together.
        works = [found for look in taken if (found := await self._look(look)) is not None]
        outcomes = await asyncio.gather(*map(self._line.submit, works), return_exceptions=True)
        for work, outcome in zip(works, outcomes, strict=True):
            if isinstance(outcome, StorageError):
                _comes_again(work.look, outcome)
            elif isinstance(outcome, BaseException):
                raise outcome
        return len(taken)

    async def _look(self, look: Look) -> Looked | None:
        """What a case looks like; None where the storage did not say, then it comes again."""
        try:
            return await self._looked(look)
        except StorageError as error:
            _comes_again(look, error)
            return None

    async def _looked(self, look: Look) -> Looked:
        case = await self._case(look.case_id)
        if case is None or not case.is_open:
            return Looked(look)
        keys = self._place(case).keys
        await self._storage.file_place(case.id, case.opened_at, keys)
        around = await self._storage.look_around(_sought(look, case, keys, self._clock()))
        alike, compared = await asyncio.to_thread(_alike, case.id, around.names) if around.names else ((), 0)
        found = _reasons(case, around, alike)
        for number in await self._near(case, around.at_place, found.keys()):
            found[number].add(Reason(Likeness.PLACE))
        return Looked(look, {number: tuple(reasons) for number, reasons in found.items()}, compared)

    async def _case(self, case_id: int) -> Case | None:
        return (await self._storage.load(Wanted(cases=(case_id,)))).cases.get(case_id)

    async def _near(self, case: Case, at_place: Sequence[int], found: Set[int]) -> list[int]:
        """Those at the same place: all that are found by something else, of the others no more than are asked about."""
        known = [number for number in at_place if number in found]
        near = await self._near_of(case, known)
        others = [number for number in at_place if number not in found]
        while others and len(near) < len(known) + AT_MOST:
            some, others = others[:AT_MOST], others[AT_MOST:]
            near += await self._near_of(case, some)
        return near

    async def _near_of(self, case: Case, numbers: Sequence[int]) -> list[int]:
        if not numbers:
            return []
        mine, cases = self._place(case), (await self._storage.load(Wanted(cases=tuple(numbers)))).cases
        return [number for number in numbers if number in cases and is_near(mine, self._place(cases[number]))]

    def _place(self, case: Case) -> Whereabouts:
        version = case.id, case.version
        return self._places.get(version) or self._places.setdefault(version, whereabouts(case))


def _comes_again(look: Look, error: StorageError) -> None:
    log.warning("a case could not be compared, it comes again", case_id=look.case_id, error=str(error))


def _sought(look: Look, case: Case, keys: tuple[str, ...], now: datetime) -> Sought:
    return Sought(
        case.id,
        case.officer,
        case.opened_at,
        is_drill(case),
        keys,
        WITHIN,
        REPEATED_WITHIN,
        now - COMPARED_FOR,
        frozenset((case.reporting, case.requested)),
        look.names and bool(case.requested),
    )


def _reasons(case: Case, around: Around, alike: Iterable[Hit]) -> dict[int, set[Reason]]:
    """By case, why it may be one with this one, whatever their places are."""
    found: dict[int, set[Reason]] = defaultdict(set)
    for hit in (*around.hits, *alike):
        found[hit.case_id].update(Reason(hit.by, party) for party in hit.only or ("",))
    first = around.first_words.get(case.id)
    for number in around.of_officer:
        words = around.first_words.get(number)
        if first is not None and words is not None and is_said_again(compared(first), compared(words)):
            found[number].add(Reason(Likeness.WORDS))
    return found


def _alike(case_id: int, names: Sequence[NamedIn]) -> tuple[list[Hit], int]:
    """Compare the names of a case with those of others; also says with how many."""
    own = [(named, Name.of(written)) for named in names if named.case_id == case_id for written in _written(named)]
    others = [(named, written) for named in names if named.case_id != case_id for written in _written(named)]
    hits: set[Hit] = set()
    for named, written in others:
        theirs = Name.of(written)
        hits.update(
            Hit(named.case_id, Likeness.NAME, limits)
            for mine, name in own
            if likeness_of(name, theirs) >= ALIKE and (limits := _limits(mine, named)) is not None
        )
    return sorted(hits, key=lambda hit: -hit.case_id), len(others)


def _limits(one: NamedIn, other: NamedIn) -> frozenset[str] | None:
    """The one side that may know, if any does; empty for both."""
    parties = {named.party for named in (one, other)} - {""}
    return None if len(parties) > 1 else frozenset(parties)


def _written(named: NamedIn) -> list[str]:
    """A name as it was entered, in Latin letters and in its own writing."""
    words = compared(named.words)
    try:
        parts = json.loads(words)
    except ValueError:
        return [words]
    if not isinstance(parts, dict):
        return [words]
    latin = f"{parts.get('family', '')} {parts.get('given', '')}".strip()
    return [written for written in (latin, str(parts.get("native", ""))) if written]
