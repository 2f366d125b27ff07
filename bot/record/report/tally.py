"""Adds cases up, one by one, for the period report. Memory grows with the kinds of figures, not with the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from bot.clock.deadline_outcomes import Outcome, first_acknowledged_at, minutes, outcome
from bot.domain.agreement import Agreement, Urgency
from bot.domain.case import TIMERS, Case, Channel, ClosureCode, Deadline, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.subjects import count_of, numbers, own_value
from bot.protection.seen_by import seen_by
from bot.record.report.figures import Age, Direction, Measure, Part, Unaccepted
from bot.record.report.publishing import Counted, published

#: What is said of the people concerned, in small-number form only.
_VICTIMS = ("age_group", "exploitation", "country")
NOT_ANSWERED = "not_answered"

_AGES = ((1, Age.DAY), (7, Age.WEEK), (30, Age.MONTH), (90, Age.QUARTER))  #: days, at most
#: What ended before it was due, or is not due yet, counts nowhere.
_PARTS = for_each(
    Outcome,
    {
        Outcome.IN_TIME: Part.IN_TIME,
        Outcome.LATE: Part.LATE,
        Outcome.OVERDUE: Part.NOT_MET,
        Outcome.ENDED_OVERDUE: Part.NOT_MET,
    },
    but={Outcome.RUNNING, Outcome.ENDED},
)
_KINDS = tuple(kind for kind in DeadlineKind if kind not in TIMERS)
_CODES = tuple(code for code in ClosureCode if code is not ClosureCode.EXERCISE)


class Tally:
    """Adds up what happened in [since, until) and how things stood at `as_of`, per corridor and side."""

    def __init__(self, agreement: Agreement, since: datetime, until: datetime, as_of: datetime) -> None:
        """Begin with nothing counted."""
        self._agreement = agreement
        self._since, self._until, self._as_of = since, until, as_of
        self._sides: dict[tuple[str, str, str], _Side] = {}
        self.drills = 0

    def add(self, cases: Iterable[Case]) -> None:
        """Count cases opened before `until`."""
        for case in cases:
            if case.exercise or case.closure is ClosureCode.EXERCISE:
                self.drills += self._is_within(case.opened_at)
            else:
                # Both sides read the report: it holds of each case what both may know of it.
                self._count(seen_by(case, case.requested, self._agreement), self._side(case))

    def directions(self) -> tuple[Direction, ...]:
        """Give the figures as they are published, by corridor and reporting side."""
        return tuple(published(*key, counted) for key, counted in self.counted().items())

    def counted(self) -> dict[tuple[str, str, str], Counted]:
        """Give what was counted, small numbers too, by corridor, reporting and requested side."""
        return {key: self._sides[key].counted() for key in sorted(self._sides)}

    def _side(self, case: Case) -> _Side:
        between = self._agreement.corridor_between(case.reporting, case.requested)
        key = (between.code if between else case.corridor, case.reporting, case.requested)
        return self._sides.setdefault(key, _Side())

    def _is_within(self, moment: datetime | None) -> bool:
        return moment is not None and self._since <= moment < self._until and moment <= self._as_of

    def _count(self, case: Case, side: _Side) -> None:
        if self._is_within(case.opened_at):
            side.opened[case.urgency] += 1
            self._count_victims(case, side)
            self._count_timings(case, side)
        if self._is_open(case):
            side.still_open[_age(self._as_of - case.opened_at)] += 1
        elif case.closure is not None and self._is_within(case.closed_at):
            side.closures[case.closure] += 1
        side.returned.update(h.channel for h in case.handoffs if self._is_within(h.returned_at))
        self._count_deadlines(case, side)
        if self._is_unaccepted(case):
            side.unaccepted.append(Unaccepted(case.reference, self._is_open(case)))

    def _is_open(self, case: Case) -> bool:
        return case.closed_at is None or case.closed_at > self._as_of

    def _count_victims(self, case: Case, side: _Side) -> None:
        for name in _VICTIMS:
            value = case.value(name)
            codes = value if isinstance(value, tuple) else (NOT_ANSWERED if value is None else str(value),)
            side.victims[name].update(codes)
        for number in numbers(case):
            age = own_value(case, number, "age_group")
            side.persons[NOT_ANSWERED if age is None else str(age)] += count_of(case, number) or 1

    def _count_timings(self, case: Case, side: _Side) -> None:
        self._time(side, Measure.ACKNOWLEDGE, case.opened_at, first_acknowledged_at(case))
        for channel in Channel:
            accepted = [h.accepted_at for h in case.handoffs if h.channel is channel and h.accepted_at is not None]
            self._time(side, Measure(channel.value), case.opened_at, min(accepted, default=None))
        for handoff in case.handoffs:
            if handoff.accepted_at is not None:
                self._time(side, Measure.WRITTEN, handoff.accepted_at, handoff.letter_at)

    def _time(self, side: _Side, measure: Measure, since: datetime, until: datetime | None) -> None:
        if until is not None and until <= self._as_of:
            side.timings[measure][minutes(since, until)] += 1

    def _count_deadlines(self, case: Case, side: _Side) -> None:
        for deadline in case.deadlines:
            if deadline.is_timer or not self._is_within(deadline.due_at):
                continue
            part = _PARTS.get(outcome(deadline, self._as_of))
            if part is not None:
                side.deadlines.setdefault((deadline.kind, part), Counter())[case.urgency] += 1
                side.pings[deadline.kind, case.urgency] += deadline.pings

    def _is_unaccepted(self, case: Case) -> bool:
        if any(h.accepted_at is not None and h.accepted_at <= self._as_of for h in case.handoffs):
            return False
        concerns = self._is_open(case) or self._is_within(case.closed_at)
        return concerns and any(d.kind is DeadlineKind.POLICE and self._has_failed(d) for d in case.deadlines)

    def _has_failed(self, deadline: Deadline) -> bool:
        return outcome(deadline, self._as_of) in (Outcome.OVERDUE, Outcome.ENDED_OVERDUE)


class _Side:
    """What is counted for one direction."""

    def __init__(self) -> None:
        self.opened: Counter[Urgency] = Counter()
        self.still_open: Counter[Age] = Counter()
        self.closures: Counter[ClosureCode] = Counter()
        self.returned: Counter[Channel] = Counter()
        self.timings: dict[Measure, Counter[int]] = {m: Counter() for m in Measure}
        self.deadlines: dict[tuple[DeadlineKind, Part], Counter[Urgency]] = {}
        self.pings: Counter[tuple[DeadlineKind, Urgency]] = Counter()
        self.unaccepted: list[Unaccepted] = []
        self.persons: Counter[str] = Counter()
        self.victims: dict[str, Counter[str]] = {name: Counter() for name in _VICTIMS}

    def counted(self) -> Counted:
        return Counted(
            opened={u: self.opened[u] for u in Urgency},
            still_open={a: self.still_open[a] for a in Age},
            closures={code: self.closures[code] for code in _CODES},
            timings={m: timing(counted) for m, counted in self.timings.items() if counted},
            deadlines={kind: {part: self._by_urgency(kind, part) for part in Part} for kind in _KINDS},
            pings=self.pings,
            returned={channel: self.returned[channel] for channel in Channel},
            unaccepted=tuple(sorted(self.unaccepted, key=lambda u: (not u.is_open, u.reference))),
            persons=dict(sorted(self.persons.items())),
            victims={name: dict(sorted(counts.items())) for name, counts in self.victims.items()},
        )

    def _by_urgency(self, kind: DeadlineKind, part: Part) -> dict[Urgency, int]:
        counted = self.deadlines.get((kind, part), Counter())
        return {urgency: counted[urgency] for urgency in Urgency}


def timing(counted: Counter[int]) -> tuple[int, int, int]:
    """Number, median and 90th percentile of minutes counted by length, by nearest rank."""
    return counted.total(), percentile(counted, 0.5), percentile(counted, 0.9)


def percentile(counted: Counter[int], share: float) -> int:
    """The smallest length that at least this share of the values does not exceed."""
    rank = ceil(counted.total() * share)
    for length in sorted(counted):
        rank -= counted[length]
        if rank <= 0:
            return length
    raise ValueError("there is no percentile of nothing")


def _age(open_for: timedelta) -> Age:
    return next((age for days, age in _AGES if open_for <= timedelta(days=days)), Age.LONGER)
