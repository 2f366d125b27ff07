"""The period report as a document: a title, sections and blocks, the same for every form it is written in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.time_words import both_times
from bot.language.texts import later, tr
from bot.record.report.blocks import ReportBlock, blocks, number
from bot.record.report.figures import Direction, Report

_OVERVIEW = (
    later("Corridor"),
    later("From"),
    later("To"),
    later("Opened"),
    later("Closed"),
    later("Still open"),
    later("Deadlines missed"),
    later("No formal acceptance"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One direction, or the overview."""

    title: str
    blocks: tuple[ReportBlock, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report."""

    title: str
    language: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]


def document(report: Report, language: str = "en") -> Document:
    """Write a report out."""
    overview = Section(tr(language, "Overview"), (_overview(report, language),))
    details = (Section(_title(report, d, language), tuple(blocks(d, language))) for d in report.directions)
    return Document(tr(language, "Period report"), language, tuple(_lines(report, language)), (overview, *details))


def _lines(report: Report, language: str) -> Iterator[str]:
    since, until, as_of, made = (
        both_times(moment, (), with_year=True) for moment in (report.since, report.until, report.as_of, report.made_at)
    )
    yield tr(language, "From {since} until {until}, that moment excluded.", since=since, until=until)
    yield tr(language, "State of {as_of}. Made {made} by {program}.", as_of=as_of, made=made, program=report.program)
    yield tr(
        language,
        "No names and no free text. Totals are shown; in what they are made of, <5 stands for a number from 0 to 4, "
        "and 'not shown' for one from which such a number could be worked out. Each case counts under its present "
        "urgency.",
    )
    if report.drills:
        yield tr(language, "Drills left out: {count}.", count=report.drills)


def _title(report: Report, direction: Direction, language: str) -> str:
    requested = report.sides.get(direction.requested, direction.requested)
    return tr(
        language,
        "Corridor {corridor}: reported by {reporting} to {requested}",
        corridor=direction.corridor,
        reporting=report.sides.get(direction.reporting, direction.reporting),
        requested=requested or tr(language, "a side not named yet"),
    )


def _overview(report: Report, language: str) -> ReportBlock:
    heading = tr(language, "All directions")
    if not report.directions:
        return ReportBlock(heading, note=tr(language, "Nothing was reported, closed or still open in this period."))
    rows = tuple(_overview_row(direction, language) for direction in report.directions)
    return ReportBlock(heading, columns=tuple(tr(language, name) for name in _OVERVIEW), rows=rows, labels=3)


def _overview_row(direction: Direction, language: str) -> tuple[str, ...]:
    totals = direction.totals
    figures = (totals.opened, totals.closed, totals.still_open, totals.missed, totals.unaccepted)
    sides = (direction.corridor, direction.reporting, direction.requested or "?")
    return (*sides, *(number(shown, language) for shown in figures))
