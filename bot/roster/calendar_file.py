"""Shifts as iCalendar, read and written. The only module that knows the library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar, Component, Event

from bot.domain.people import Directory
from bot.domain.roster import Shift

_BEGINS = re.compile(r"^BEGIN:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_DESK, _PERSON = "X-CASEBRIDGE-DESK", "X-CASEBRIDGE-PERSON"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a calendar. Text stands for a time that could not be read; times without a zone are naive."""

    line: int
    desk: str
    person: str
    starts: str | datetime
    ends: str | datetime


def read(text: str) -> Iterator[Entry]:
    """Read the events of a calendar with the lines at which they begin. Raises ValueError with a sentence."""
    lines = [text.count("\n", 0, found.start()) + 1 for found in _BEGINS.finditer(text)]
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, IndexError, KeyError):
        raise ValueError(
            "The file is no iCalendar: it must begin with BEGIN:VCALENDAR and end with END:VCALENDAR."
        ) from None
    if any(event.get("RRULE") or event.get("RDATE") for event in events):
        at = ", ".join(str(line) for line, e in zip(lines, events, strict=False) if e.get("RRULE") or e.get("RDATE"))
        raise ValueError(f"line {at}: events that repeat are not read; export each shift as an event of its own.")
    for line, event in zip(lines, events, strict=False):
        person = str(event.get(_PERSON) or event.get("SUMMARY") or "").strip()
        desk = str(event.get(_DESK) or event.get("LOCATION") or "").strip()
        yield Entry(line, desk, person, _moment(event, "DTSTART"), _end(event))


def write(shifts: Iterable[Shift], directory: Directory, now: datetime) -> bytes:
    """Write shifts as a calendar: moments in UTC, so that every program shows them right in its own zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//casebridge//roster//EN")
    calendar.add("version", "2.0")
    for shift in sorted(shifts, key=lambda each: (each.starts_at, each.desk, each.id)):
        person = directory.get(shift.person_id)
        event = Event()
        event.add("uid", f"shift-{shift.id}@casebridge")
        event.add("dtstamp", now)
        event.add("dtstart", shift.starts_at)
        event.add("dtend", shift.ends_at)
        event.add("summary", person.name if person is not None else str(shift.person_id))
        event.add("location", shift.desk)
        event.add(_DESK, shift.desk)
        event.add(_PERSON, directory.short(person) if person is not None else str(shift.person_id))
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _end(event: Component) -> str | datetime:
    duration = event.get("DURATION")
    starts = _moment(event, "DTSTART")
    if event.get("DTEND") is None and duration is not None and isinstance(starts, datetime):
        length = getattr(duration, "dt", None)
        return starts + length if length is not None else str(duration)
    return _moment(event, "DTEND")


def _moment(event: Component, name: str) -> str | datetime:
    """A moment; text where it is none, or where it is in a zone that nobody knows."""
    found: Any = event.get(name)
    if found is None:
        return ""
    try:
        moment = found.dt
    except (AttributeError, ValueError):
        return str(found)
    if not isinstance(moment, datetime):
        return str(moment)
    zone = found.params.get("TZID")
    if zone and moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M} in the unknown zone {zone}"
    return moment
