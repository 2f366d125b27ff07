"""What the period report says of one direction, block by block. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.case import TIMERS, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.fields import field, show
from bot.domain.names import channel_name, closure_name, urgency_name
from bot.domain.time_words import span
from bot.language.texts import later, tr
from bot.record.report.figures import Age, Direction, Measure, Part
from bot.record.report.suppression import WITHHELD, Shown
from bot.record.report.tally import NOT_ANSWERED

_MEASURES = for_each(
    Measure,
    {
        Measure.ACKNOWLEDGE: later("First message to acknowledgment"),
        Measure.POLICE: later("First message to acceptance by the police channel"),
        Measure.DIPLOMATIC: later("First message to acceptance by the diplomatic channel"),
        Measure.WRITTEN: later("Acceptance to confirming letter"),
    },
)
_AGES = for_each(
    Age,
    {
        Age.DAY: later("Up to 1 day"),
        Age.WEEK: later("Up to 7 days"),
        Age.MONTH: later("Up to 30 days"),
        Age.QUARTER: later("Up to 90 days"),
        Age.LONGER: later("More than 90 days"),
    },
)
_KINDS = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: later("Acknowledgment"),
        DeadlineKind.POLICE: later("Police channel"),
        DeadlineKind.DIPLOMATIC: later("Diplomatic channel"),
        DeadlineKind.ANSWER: later("Answer to a hand-off"),
        DeadlineKind.STOP: later("Confirmation of a stop"),
        DeadlineKind.REPLY: later("Answer to a question"),
        DeadlineKind.WRITTEN: later("Confirming letter"),
        DeadlineKind.REVIEW: later("Review"),
    },
    but=TIMERS,
)
_PARTS = for_each(
    Part, {Part.IN_TIME: later("met in time"), Part.LATE: later("met late"), Part.NOT_MET: later("not met")}
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart; its parts stand one after the other."""

    label: str
    parts: tuple[int, ...]
    shown: str  #: written behind the bar


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """A heading and what stands under it: any of a chart, a table, a list of references, a note."""

    heading: str
    note: str = ""
    legend: tuple[str, ...] = ()  #: names the parts of the bars, where there are several
    bars: tuple[Bar, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    labels: int = 1  #: so many columns, from the left, hold words and not figures
    items: tuple[str, ...] = ()


def blocks(direction: Direction, language: str) -> Iterator[ReportBlock]:
    """Write one direction out."""
    opened = {urgency_name(urgency, language): n for urgency, n in direction.opened.items()}
    yield _chart(tr(language, "Cases opened, by urgency"), opened, language)
    ages = {tr(language, _AGES[age]): n for age, n in direction.still_open.items()}
    yield _chart(tr(language, "Still open, by age, whenever opened"), ages, language)
    closures = {closure_name(code, language): n for code, n in direction.closures.items()}
    yield _counts(tr(language, "Closed in the period, by code"), closures, language)
    yield _timings(direction, language)
    yield _outcomes(direction, language)
    yield _deadlines(direction, language)
    returned = {channel_name(channel, language): n for channel, n in direction.returned.items()}
    yield _counts(tr(language, "Hand-offs returned in the period"), returned, language)
    yield from _unaccepted(direction, language)
    yield from _victims(direction, language)


def number(shown: Shown, language: str) -> str:
    """Write a number as far as it is published."""
    return tr(language, "not shown") if shown == WITHHELD else str(shown)


def _chart(heading: str, counts: Mapping[str, Shown], language: str) -> ReportBlock:
    return ReportBlock(
        heading, bars=tuple(Bar(label, (_length(n),), number(n, language)) for label, n in counts.items())
    )


def _length(shown: Shown) -> int:
    """A number that is kept back has no bar."""
    return shown if isinstance(shown, int) else 0


def _counts(heading: str, counts: Mapping[str, Shown], language: str) -> ReportBlock:
    if not any(counts.values()):
        return ReportBlock(heading, note=tr(language, "None."))
    rows = tuple((name, number(n, language)) for name, n in counts.items())
    return ReportBlock(heading, columns=("", tr(language, "Number")), rows=rows)


def _timings(direction: Direction, language: str) -> ReportBlock:
    heading = tr(language, "How long it took, for cases opened in the period")
    if not direction.timings:
        return ReportBlock(heading, note=tr(language, "Nothing was acknowledged, accepted or confirmed."))
    return ReportBlock(
        heading,
        columns=("", tr(language, "Number"), tr(language, "Half within"), tr(language, "9 in 10 within")),
        rows=tuple(
            (
                tr(language, _MEASURES[measure]),
                number(took.cases, language),
                _duration(took.median, language),
                _duration(took.p90, language),
            )
            for measure, took in direction.timings.items()
        ),
    )


def _duration(minutes: Shown, language: str) -> str:
    """Both as people read it and in minutes: ``2 h 5 min (125)``."""
    if isinstance(minutes, str):
        return number(minutes, language)
    words = span(timedelta(minutes=minutes))
    return words if minutes < 60 else f"{words} ({minutes} min)"


def _outcomes(direction: Direction, language: str) -> ReportBlock:
    heading = tr(language, "Deadlines that fell due, by kind")
    if not direction.kinds:
        return ReportBlock(heading, note=tr(language, "No deadline fell due."))
    return ReportBlock(
        heading,
        legend=tuple(tr(language, part) for part in _PARTS.values()),
        bars=tuple(_bar(tr(language, _KINDS[figures.kind]), figures.parts, language) for figures in direction.kinds),
    )


def _bar(label: str, parts: Mapping[Part, Shown], language: str) -> Bar:
    shown = [parts[part] for part in _PARTS]
    return Bar(label, tuple(map(_length, shown)), " + ".join(number(n, language) for n in shown))


def _deadlines(direction: Direction, language: str) -> ReportBlock:
    heading = tr(language, "Deadlines that fell due, by kind and urgency")
    if not direction.deadlines:
        note = tr(language, "Only kinds without a number from 1 to 4 are told by urgency; there is none.")
        return ReportBlock(heading, note=note)
    parts = (tr(language, part) for part in _PARTS.values())
    names = (tr(language, "Deadline"), tr(language, "Urgency"), *parts, tr(language, "Pings needed"))
    rows = []
    for figures in direction.deadlines:
        numbers = (*(figures.parts[part] for part in _PARTS), figures.pings)
        words = (tr(language, _KINDS[figures.kind]), urgency_name(figures.urgency, language))
        rows.append((*words, *(number(n, language) for n in numbers)))
    note = tr(
        language,
        "Only kinds without a number from 1 to 4 are told by urgency. A review that was answered in time moves on and "
        "does not count.",
    )
    return ReportBlock(heading, note=note, columns=names, rows=tuple(rows), labels=2)


def _unaccepted(direction: Direction, language: str) -> Iterator[ReportBlock]:
    still, gone = ([u.reference for u in direction.unaccepted if u.is_open is is_open] for is_open in (True, False))
    yield _listed(tr(language, "Open past the police deadline without any formal acceptance"), still, language)
    yield _listed(tr(language, "Closed past the police deadline without any formal acceptance"), gone, language)


def _listed(heading: str, references: Iterable[str], language: str) -> ReportBlock:
    items = tuple(references)
    return ReportBlock(heading, items=items, note="" if items else tr(language, "None."))


def _victims(direction: Direction, language: str) -> Iterator[ReportBlock]:
    if not direction.victims:
        note = tr(language, "Nothing is shown where fewer than 5 cases were opened.")
        yield ReportBlock(tr(language, "The people concerned"), note=note)
    for name, counts in direction.victims.items():
        rows = tuple((_value(name, code, language), number(shown, language)) for code, shown in counts.items())
        yield ReportBlock(tr(language, field(name).label), columns=("", tr(language, "Number of cases")), rows=rows)
    if direction.persons:
        ages = direction.persons.items()
        rows = tuple((_value("age_group", code, language), number(shown, language)) for code, shown in ages)
        columns = ("", tr(language, "Number of people"))
        yield ReportBlock(tr(language, "People affected, by age"), columns=columns, rows=rows)


def _value(name: str, code: str, language: str) -> str:
    return tr(language, "Not answered") if code == NOT_ANSWERED else show(field(name), code, language)
