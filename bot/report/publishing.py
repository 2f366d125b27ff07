"""What of the counted figures is published: small numbers are kept back, whatever form the report takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.agreement import Urgency
from bot.case import Channel, ClosureCode, DeadlineKind
from bot.report.figures import Age, DeadlineFigures, Direction, KindFigures, Measure, Part, Timing, Totals, Unaccepted
from bot.report.suppression import FEWER, SMALL, WITHHELD, Shown, alone, nested, suppressed

#: Those that together are the deadlines missed, of which the total is published.
_MISSED = (Part.LATE, Part.NOT_MET)

#: One sort of outcome of one kind of deadline; its row is counted by urgency.
Line = tuple[DeadlineKind, Part]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for one direction, before anything is hidden. It is never written out."""

    opened: Mapping[Urgency, int]
    still_open: Mapping[Age, int]
    closures: Mapping[ClosureCode, int]
    timings: Mapping[Measure, tuple[int, int, int]]  #: cases, median and 90th percentile in minutes
    deadlines: Mapping[Line, Mapping[Urgency, int]]  #: every line, every urgency
    pings: Mapping[tuple[DeadlineKind, Urgency], int]
    returned: Mapping[Channel, int]
    victims: Mapping[str, Mapping[str, int]]  #: only the codes that were answered
    unaccepted: tuple[Unaccepted, ...] = field(default=())


def totals(counted: Counted) -> Totals:
    """Add up what is said of a direction as a whole."""
    return Totals(
        opened=sum(counted.opened.values()),
        closed=sum(counted.closures.values()),
        still_open=sum(counted.still_open.values()),
        missed=sum(sum(row.values()) for (_, part), row in counted.deadlines.items() if part in _MISSED),
        unaccepted=len(counted.unaccepted),
    )


def published(corridor: str, reporting: str, requested: str, counted: Counted) -> Direction:
    """Make the figures of a direction as they may be read by anybody who gets the report."""
    sums, cells = _deadlines(counted)
    kinds = [kind for kind in DeadlineKind if (kind, Part.LATE) in sums]
    return Direction(
        corridor=corridor,
        reporting=reporting,
        requested=requested,
        totals=totals(counted),
        opened=suppressed(counted.opened),
        still_open=suppressed(counted.still_open),
        closures=suppressed(counted.closures),
        timings={measure: _timing(*took) for measure, took in counted.timings.items()},
        kinds=tuple(
            KindFigures(kind, {part: sums[kind, part] for part in Part}) for kind in kinds if any(sums.values())
        ),
        deadlines=tuple(_row(kind, u, cells, counted) for kind in kinds if _fell_due(kind, sums) for u in Urgency),
        returned={channel: alone(count) for channel, count in counted.returned.items()},
        unaccepted=counted.unaccepted,
        victims=_victims(counted.victims, sum(counted.opened.values())),
    )


def _deadlines(counted: Counted) -> tuple[dict[Line, Shown], dict[Line, dict[Urgency, Shown]]]:
    missed = {line: row for line, row in counted.deadlines.items() if line[1] in _MISSED}
    met = {line: row for line, row in counted.deadlines.items() if line[1] not in _MISSED}
    (sums, cells), (more_sums, more_cells) = nested(missed, is_total_known=True), nested(met, is_total_known=False)
    return sums | more_sums, cells | more_cells


def _fell_due(kind: DeadlineKind, sums: Mapping[Line, Shown]) -> bool:
    return any(sums[kind, part] for part in Part)


def _row(
    kind: DeadlineKind, urgency: Urgency, cells: Mapping[Line, Mapping[Urgency, Shown]], counted: Counted
) -> DeadlineFigures:
    parts = {part: cells[kind, part][urgency] for part in Part}
    due = sum(shown for shown in parts.values() if isinstance(shown, int))
    # Pings are about few cases where the cases are few; that is judged by what is shown, so that it tells nothing new.
    is_shown = all(isinstance(shown, int) for shown in parts.values()) and (due == 0 or due >= SMALL)
    return DeadlineFigures(kind, urgency, parts, counted.pings.get((kind, urgency), 0) if is_shown else WITHHELD)


def _timing(cases: int, median: int, p90: int) -> Timing:
    return Timing(FEWER, WITHHELD, WITHHELD) if cases < SMALL else Timing(cases, median, p90)


def _victims(counted: Mapping[str, Mapping[str, int]], cases: int) -> dict[str, dict[str, Shown]]:
    if cases < SMALL:
        return {}
    shown = {name: suppressed(counts, only_present=True, least=SMALL) for name, counts in counted.items()}
    return {name: counts for name, counts in shown.items() if counts}
