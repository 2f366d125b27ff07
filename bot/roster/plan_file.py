"""Reads a file of shifts, CSV or iCalendar: all that is planned, and every mistake with its line. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.agreement import Agreement, Desk
from bot.domain.people import Directory, Person, Role
from bot.domain.roster import Shift
from bot.language.normalise import clean
from bot.roster import calendar_file
from bot.roster.local_times import in_zone, read_end, read_moment

COLUMNS = ("desk", "person", "starts", "ends")
#: What is longer is more likely a wrong date than a shift.
LONGEST = timedelta(days=14)
_WITH_DUTY = (Role.DUTY, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Written:
    """A shift as it stands in a file."""

    line: int
    desk: str
    person: str
    starts: str | datetime
    ends: str | datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file says: shifts without numbers of their own yet, in order, and what is wrong with it."""

    shifts: tuple[Shift, ...] = ()
    mistakes: tuple[str, ...] = ()


def read(content: bytes, name: str, directory: Directory, agreement: Agreement) -> Plan:
    """Read a file by its name's ending; with a mistake in it nothing of it should be taken."""
    try:
        text = content.decode("utf-8-sig")
        written = list(_events(text) if name.lower().endswith(".ics") else _table(text))
    except UnicodeDecodeError:
        return Plan(mistakes=("The file is no UTF-8 text.",))
    except ValueError as error:
        return Plan(mistakes=(str(error),))
    shifts: list[tuple[int, Shift]] = []
    mistakes: list[tuple[int, str]] = []
    for each in written:
        try:
            shifts.append((each.line, _shift(each, directory, agreement)))
        except ValueError as error:
            mistakes.append((each.line, f"{error}."))
    mistakes += _overlaps(shifts, directory)
    said = tuple(f"line {line}: {sentence}" for line, sentence in sorted(mistakes))
    return Plan(tuple(shift for _, shift in shifts), said or (() if written else ("There is no shift in the file.",)))


def check_length(starts: datetime, ends: datetime) -> None:
    """Raise ValueError for a shift that cannot be meant."""
    if ends <= starts:
        raise ValueError("it ends before it begins")
    if ends - starts > LONGEST:
        raise ValueError(f"it is longer than {LONGEST.days} days: check the date")


def _table(text: str) -> Iterator[Written]:
    rows = csv.DictReader(io.StringIO(text))
    named = [str(name).strip().lower() for name in rows.fieldnames or ()]
    missing = [column for column in COLUMNS if column not in named]
    if missing:
        raise ValueError(f"The first line must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    rows.fieldnames = named
    for row in rows:
        cells = [(row.get(column) or "").strip() for column in COLUMNS]
        if any(cells):
            yield Written(rows.line_num, *cells)


def _events(text: str) -> Iterator[Written]:
    for event in calendar_file.read(text):
        yield Written(event.line, event.desk, event.person, event.starts, event.ends)


def _shift(written: Written, directory: Directory, agreement: Agreement) -> Shift:
    desk = agreement.desks.get(written.desk)
    if written.desk and desk is None:
        raise ValueError(f"there is no desk {written.desk!r}; desks: {', '.join(sorted(agreement.desks))}")
    person = _person(written.person, desk, directory)
    desk = desk or agreement.desks.get(person.desk)
    if desk is None:
        raise ValueError(f"{person.name} belongs to no desk")
    if person.desk != desk.id:
        raise ValueError(
            f"{person.name} does not work at {desk.id}" + (f" but at {person.desk}" if person.desk else "")
        )
    zone = agreement.parties[desk.party].zone
    starts = read_moment(written.starts, zone) if isinstance(written.starts, str) else in_zone(written.starts, zone)
    ends = read_end(written.ends, starts, zone) if isinstance(written.ends, str) else in_zone(written.ends, zone)
    check_length(starts, ends)
    return Shift(0, desk.id, person.id, starts, ends)


def _person(named: str, desk: Desk | None, directory: Directory) -> Person:
    if not named:
        raise ValueError("nobody is named")
    found = directory.named(named)
    if found is None:
        wanted = clean(named).casefold()
        here = directory.members(desk.id) if desk is not None else tuple(directory.people.values())
        alike = [p for p in here if p.is_active and clean(p.name).casefold() == wanted]
        if len(alike) > 1:
            ids = ", ".join(directory.short(p) for p in alike)
            raise ValueError(f"{named!r} is the name of several people; write one of their numbers: {ids}")
        found = alike[0] if alike else None
    if found is None or not found.is_active:
        where = f" at {desk.id}" if desk is not None else ""
        raise ValueError(f"there is nobody called {named!r}{where}; see: casebridge people")
    if found.role not in _WITH_DUTY:
        raise ValueError(f"{found.name} is {found.role.value}; shifts are for duty officers and supervisors")
    return found


def _overlaps(shifts: Iterable[tuple[int, Shift]], directory: Directory) -> Iterator[tuple[int, str]]:
    """One person twice at the same time: one of the lines is wrong."""
    last: dict[int, tuple[int, Shift]] = {}
    for line, shift in sorted(shifts, key=lambda each: (each[1].starts_at, each[0])):
        before = last.get(shift.person_id)
        if before is not None and shift.starts_at < before[1].ends_at:
            person = directory.get(shift.person_id)
            name = person.name if person is not None else ""
            yield line, f"{name} has another shift at that time, in line {before[0]}."
        if before is None or shift.ends_at > before[1].ends_at:
            last[shift.person_id] = (line, shift)
