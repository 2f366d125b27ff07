"""Who is on duty when: shifts, what people said of themselves, hand-overs, and gaps. Pure values and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Shift:
    """That somebody has the duty of a desk from one moment to another, over midnight or not."""

    id: int
    desk: str
    person_id: int
    starts_at: datetime
    ends_at: datetime

    def runs_at(self, moment: datetime) -> bool:
        """Whether it has begun and is not over."""
        return self.starts_at <= moment < self.ends_at

    @property
    def key(self) -> tuple[str, int, datetime, datetime]:
        """What makes it the same shift in two files."""
        return (self.desk, self.person_id, self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What somebody leaves at the end of their duty, until somebody has taken it over."""

    id: int
    desk: str
    person_id: int  #: who leaves
    ends_at: datetime  #: when their duty ends
    begun_at: datetime
    cases: tuple[int, ...]  #: open cases of the desk, most urgent first
    given_at: datetime | None = None  #: they confirmed the list
    taken_by: int | None = None
    taken_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has taken it over yet."""
        return self.taken_at is None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of themselves last, by ``/onduty`` or ``/offduty``."""

    is_on: bool
    at: datetime | None  #: None: nothing that stands against a roster


def is_on(said: Said, own: Sequence[Shift], of_all: Sequence[Shift], moment: datetime) -> bool:
    """Whether somebody is on duty at a moment.

    Args:
        said: their last word. Where nobody of the desk has shifts it holds until the next one.
        own: their own shifts.
        of_all: the shifts of all who share the duty with them, their own among these.
        moment: when; it may lie ahead.

    With shifts, a word wins for the present moment: "off" until their own next shift begins, "on" until the next
    shift of the desk begins, whoever has it. Where no such shift comes it holds on: who stands in for a gap stays.
    """
    if not of_all:
        return said.is_on
    if said.at is not None and said.at <= moment:
        ends = (shift.starts_at for shift in (of_all if said.is_on else own) if shift.starts_at > said.at)
        until = min(ends, default=None)
        if until is None or moment < until:
            return said.is_on
    return any(shift.runs_at(moment) for shift in own)


@dataclass(frozen=True)
class Roster:
    """The shifts and hand-overs of all desks, indexed."""

    shifts: tuple[Shift, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()  #: the open ones, and lately those that were taken over

    @cached_property
    def _of_person(self) -> dict[int, tuple[Shift, ...]]:
        found: dict[int, list[Shift]] = {}
        for shift in sorted(self.shifts, key=lambda shift: shift.starts_at):
            found.setdefault(shift.person_id, []).append(shift)
        return {person_id: tuple(shifts) for person_id, shifts in found.items()}

    def of(self, person_id: int, desk: str) -> tuple[Shift, ...]:
        """The shifts that somebody has at a desk, in order; those of a desk that they left count no more."""
        return tuple(shift for shift in self._of_person.get(person_id, ()) if shift.desk == desk)

    def leaving(self, moment: datetime) -> frozenset[int]:
        """Who should have gone and is still told, since nobody has taken over from them."""
        return frozenset(each.person_id for each in self.hand_overs if each.is_open and each.ends_at <= moment)

    def hand_over(self, hand_over_id: int | None) -> HandOver | None:
        """Find a hand-over."""
        return next((each for each in self.hand_overs if each.id == hand_over_id), None)

    def with_changes(self, shifts: Iterable[Shift], gone: Iterable[int], hand_overs: Iterable[HandOver]) -> Roster:
        """The same after some changes."""
        kept = {shift.id: shift for shift in self.shifts} | {shift.id: shift for shift in shifts}
        for shift_id in gone:
            kept.pop(shift_id, None)
        left = {each.id: each for each in self.hand_overs} | {each.id: each for each in hand_overs}
        return Roster(tuple(kept.values()), tuple(left.values()))


def borders(shifts: Iterable[Shift], since: datetime, until: datetime) -> list[datetime]:
    """The moments at which shifts begin or end, after `since` and not after `until`, in order."""
    found = {moment for shift in shifts for moment in (shift.starts_at, shift.ends_at)}
    return sorted(moment for moment in found if since < moment <= until)


def stretches(moments: Iterable[datetime], since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut the time between two moments at some others."""
    inner = sorted({moment for moment in moments if since < moment < until})
    return pairwise([since, *inner, until])
