"""The figures of a period report as they are published: frozen values, without names, texts and small numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.agreement import Urgency
from bot.domain.case import Channel, ClosureCode, DeadlineKind
from bot.record.report.suppression import Shown


class Measure(StrEnum):
    """What is timed, in whole minutes."""

    ACKNOWLEDGE = "acknowledge"  #: first message to first acknowledgment
    POLICE = "police"  #: first message to the police channel's first acceptance
    DIPLOMATIC = "diplomatic"  #: likewise
    WRITTEN = "written"  #: each acceptance to its confirming letter


class Age(StrEnum):
    """How long a case has been open."""

    DAY = "up to 1 day"
    WEEK = "up to 7 days"
    MONTH = "up to 30 days"
    QUARTER = "up to 90 days"
    LONGER = "more than 90 days"


class Part(StrEnum):
    """What became of a deadline that fell due."""

    IN_TIME = "in_time"  #: met by its due moment
    LATE = "late"  #: met after it
    NOT_MET = "not_met"  #: still running, or ended without having been met


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something took. Percentiles are by nearest rank."""

    cases: Shown
    median: Shown  #: minutes
    p90: Shown  #: minutes: 9 in 10 were no slower


@dataclass(frozen=True, slots=True)
class KindFigures:
    """What became of the deadlines of one kind that fell due."""

    kind: DeadlineKind
    parts: Mapping[Part, Shown]


@dataclass(frozen=True, slots=True)
class DeadlineFigures:
    """What became of the deadlines of one kind and urgency that fell due."""

    kind: DeadlineKind
    urgency: Urgency
    parts: Mapping[Part, Shown]
    pings: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What is said of one direction as a whole; a total of cases is never hidden."""

    opened: int = 0  #: in the period
    closed: int = 0  #: in the period
    still_open: int = 0
    missed: Shown = 0  #: deadlines that fell due and were met late or not at all
    unaccepted: int = 0


@dataclass(frozen=True, slots=True)
class Unaccepted:
    """A case that no formal channel had accepted when its deadline had passed."""

    reference: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Direction:
    """Everything about the cases that one side reported to the other."""

    corridor: str
    reporting: str
    requested: str  #: empty: the officer had not said which side yet
    totals: Totals = field(default_factory=Totals)
    opened: Mapping[Urgency, Shown] = field(default_factory=dict)
    still_open: Mapping[Age, Shown] = field(default_factory=dict)
    closures: Mapping[ClosureCode, Shown] = field(default_factory=dict)
    timings: Mapping[Measure, Timing] = field(default_factory=dict)
    kinds: tuple[KindFigures, ...] = ()  #: all of them, or none when no deadline fell due
    deadlines: tuple[DeadlineFigures, ...] = ()  #: by urgency, of kinds without small numbers
    returned: Mapping[Channel, Shown] = field(default_factory=dict)  #: hand-offs
    unaccepted: tuple[Unaccepted, ...] = ()
    #: Of the cases opened: field id to code to number; empty when there were fewer than 5 cases.
    victims: Mapping[str, Mapping[str, Shown]] = field(default_factory=dict)
    #: Of the same cases: age group to number of persons, who may be several in a case.
    persons: Mapping[str, Shown] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What happened in a period, per corridor and side. Drills are left out."""

    since: datetime
    until: datetime  #: exclusive
    as_of: datetime  #: the state shown: the period's end, or when the report was made if that is earlier
    made_at: datetime
    program: str
    sides: Mapping[str, str]  #: party code to name
    directions: tuple[Direction, ...]
    drills: int = 0  #: opened in the period and left out

    @property
    def opened(self) -> int:
        """Cases opened in the period."""
        return sum(d.totals.opened for d in self.directions)
