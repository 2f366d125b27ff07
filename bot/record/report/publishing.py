"""What of the counted figures is published: small numbers are kept back, whatever form the report takes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.agreement import Urgency
from bot.domain.case import Channel, ClosureCode, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.record.report.figures import (
    Age,
    DeadlineFigures,
    Direction,
    KindFigures,
    Measure,
    Part,
    Timing,
    Totals,
    Unaccepted,
)
from bot.record.report.suppression import FEWER, SMALL, WITHHELD, Shown, alone, suppressed

#: The kind of deadline that a measure times the meeting of.
_TIMED = for_each(
    Measure,
    {
        Measure.ACKNOWLEDGE: DeadlineKind.ACKNOWLEDGE,
        Measure.POLICE: DeadlineKind.POLICE,
        Measure.DIPLOMATIC: DeadlineKind.DIPLOMATIC,
        Measure.WRITTEN: DeadlineKind.WRITTEN,
    },
)

#: What became of the deadlines of one kind, as it is published.
Parts = Mapping[Part, Shown]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for one direction, before anything is hidden. It is never written out."""

    opened: Mapping[Urgency, int]
    still_open: Mapping[Age, int]
    closures: Mapping[ClosureCode, int]
    timings: Mapping[Measure, tuple[int, int, int]]  #: cases, median and 90th percentile in minutes
    deadlines: Mapping[DeadlineKind, Mapping[Part, Mapping[Urgency, int]]]  #: every kind, part and urgency
    pings: Mapping[tuple[DeadlineKind, Urgency], int]
    returned: Mapping[Channel, int]
    victims: Mapping[str, Mapping[str, int]]  #: only the codes that were answered
    persons: Mapping[str, int] = field(default_factory=dict)  #: persons by age group
    unaccepted: tuple[Unaccepted, ...] = field(default=())


def missed(counted: Counted) -> int:
    """Count the deadlines that fell due and were met late or not at all."""
    kinds = counted.deadlines.values()
    return sum(sum(row.values()) for parts in kinds for part, row in parts.items() if part is not Part.IN_TIME)


def published(corridor: str, reporting: str, requested: str, counted: Counted) -> Direction:
    """Make the figures of a direction as they may be read by anybody who gets the report."""
    kinds = {kind: _kind(kind, counted) for kind in counted.deadlines}
    is_any_due = any(any(parts.values()) for parts in kinds.values())
    return Direction(
        corridor=corridor,
        reporting=reporting,
        requested=requested,
        totals=_totals(counted, kinds),
        opened=suppressed(counted.opened),
        still_open=suppressed(counted.still_open),
        closures=suppressed(counted.closures),
        timings=_timings(counted, kinds),
        kinds=tuple(KindFigures(kind, parts) for kind, parts in kinds.items() if is_any_due),
        deadlines=tuple(_rows(counted)),
        returned={channel: alone(count) for channel, count in counted.returned.items()},
        unaccepted=counted.unaccepted,
        victims=_victims(counted.victims, sum(counted.opened.values())),
        persons=_victims({"age_group": counted.persons}, sum(counted.opened.values())).get("age_group", {}),
    )


def _kind(kind: DeadlineKind, counted: Counted) -> Parts:
    """What became of the deadlines of a kind. How many there are is known: every case has one of most kinds."""
    parts = suppressed({part: sum(row.values()) for part, row in counted.deadlines[kind].items()})
    if kind is DeadlineKind.POLICE and counted.unaccepted and not _is_whole(parts):
        return dict.fromkeys(parts, WITHHELD)  # those never met are listed by reference: that tells one part
    return parts


def _is_whole(parts: Parts) -> bool:
    return all(isinstance(shown, int) for shown in parts.values())


def _totals(counted: Counted, kinds: Mapping[DeadlineKind, Parts]) -> Totals:
    """Add up what is said of a direction as a whole; the deadlines missed only where that tells nothing new."""
    is_met_shown = all(isinstance(parts[Part.IN_TIME], int) for parts in kinds.values())
    return Totals(
        opened=sum(counted.opened.values()),
        closed=sum(counted.closures.values()),
        still_open=sum(counted.still_open.values()),
        missed=missed(counted) if is_met_shown else WITHHELD,
        unaccepted=len(counted.unaccepted),
    )


def _rows(counted: Counted) -> Iterator[DeadlineFigures]:
    """Break those kinds down by urgency in which nothing is small: what of others is shown would give it away."""
    for kind, parts in counted.deadlines.items():
        numbers = [number for row in parts.values() for number in row.values()]
        if any(numbers) and not any(0 < number < SMALL for number in numbers):
            for urgency in Urgency:
                shown = {part: row[urgency] for part, row in parts.items()}
                yield DeadlineFigures(kind, urgency, shown, counted.pings.get((kind, urgency), 0))


def _timings(counted: Counted, kinds: Mapping[DeadlineKind, Parts]) -> dict[Measure, Timing]:
    """Tell how long it took, and no more of how many there were than what became of their deadlines tells already."""
    shown: dict[Measure, Timing] = {}
    for measure, kind in _TIMED.items():
        cases, median, p90 = counted.timings.get(measure, (0, 0, 0))
        if _is_whole(kinds[kind]):
            if cases:
                shown[measure] = Timing(cases, median, p90) if cases >= SMALL else Timing(FEWER, WITHHELD, WITHHELD)
        elif cases >= SMALL and _are_known_to_be_many(kind, kinds[kind], counted):
            shown[measure] = Timing(WITHHELD, median, p90)
        else:
            shown[measure] = Timing(WITHHELD, WITHHELD, WITHHELD)
    return shown


def _are_known_to_be_many(kind: DeadlineKind, parts: Parts, counted: Counted) -> bool:
    """Whether anybody can tell that at least 5 deadlines of a kind were met, in time or late."""
    if any(isinstance(shown, int) and shown >= SMALL for part, shown in parts.items() if part is not Part.NOT_MET):
        return True
    is_listed = kind is DeadlineKind.POLICE and bool(counted.unaccepted)
    return is_listed and sum(counted.opened.values()) - len(counted.unaccepted) >= SMALL


def _victims(counted: Mapping[str, Mapping[str, int]], cases: int) -> dict[str, dict[str, Shown]]:
    if cases < SMALL:
        return {}
    shown = {name: suppressed(counts, only_present=True, least=SMALL) for name, counts in counted.items()}
    return {name: counts for name, counts in shown.items() if counts}
