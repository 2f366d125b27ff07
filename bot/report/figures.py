"""The figures of a period report, as frozen values. They hold no name, no text and no small number about victims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.agreement import Urgency
from bot.case import DeadlineKind
from bot.outcomes import Outcome

#: Below this a number about victims may point to somebody.
SMALL = 5
FEWER = "fewer than 5"
#: A larger number kept back too, because the smaller one could be worked out from it and the total.
WITHHELD = "not shown"

#: A number about victims as it may be shown.
Shown = int | str


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


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something took. Percentiles are by nearest rank."""

    cases: int
    median: int  #: minutes
    p90: int  #: minutes: 9 in 10 were no slower


@dataclass(frozen=True, slots=True)
class DeadlineFigures:
    """What became of the deadlines of one kind and urgency that fell due."""

    kind: DeadlineKind
    urgency: Urgency
    outcomes: Mapping[Outcome, int]
    pings: int

    @property
    def met(self) -> int:
        """Met by their due moment."""
        return self.outcomes.get(Outcome.IN_TIME, 0)

    @property
    def missed(self) -> int:
        """Met late or not at all."""
        return sum(n for what, n in self.outcomes.items() if what is not Outcome.IN_TIME)


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
    opened: Mapping[Urgency, int] = field(default_factory=dict)
    still_open: Mapping[Age, int] = field(default_factory=dict)
    closures: Mapping[str, int] = field(default_factory=dict)  #: by closure code
    timings: Mapping[Measure, Timing] = field(default_factory=dict)
    deadlines: tuple[DeadlineFigures, ...] = ()
    returned: Mapping[str, int] = field(default_factory=dict)  #: hand-offs, by channel
    unaccepted: tuple[Unaccepted, ...] = ()
    #: Of the cases opened: field id to code to number; empty when there were fewer than 5 cases.
    victims: Mapping[str, Mapping[str, Shown]] = field(default_factory=dict)


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
        return sum(sum(d.opened.values()) for d in self.directions)


def shielded(counts: Mapping[str, int], total: int) -> dict[str, Shown]:
    """Hide the numbers under 5, and so many larger ones that none can be worked out from the total.

    Nothing at all is shown of fewer than 5 cases.
    """
    present = {code: n for code, n in counts.items() if n}
    if total < SMALL:
        return {}
    hidden = [code for code, n in present.items() if n < SMALL]
    shown: dict[str, Shown] = {code: FEWER if code in hidden else n for code, n in present.items()}
    for code, n in sorted(present.items(), key=lambda item: (item[1], item[0])):
        if not hidden or sum(present[c] for c in hidden) >= SMALL:
            break
        if n >= SMALL:
            shown[code] = WITHHELD
            hidden.append(code)
    return shown
