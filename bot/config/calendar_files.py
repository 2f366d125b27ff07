"""Reads public holidays from an iCalendar file (RFC 5545): whole days, once or every year on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.config.kinds import mistake
from bot.domain.office_hours import Holiday

_LARGEST = 1024 * 1024  #: bytes
_REMEDY = "Name an iCalendar file (.ics) of whole days."
_ONCE = frozenset({"FREQ", "INTERVAL", "UNTIL", "COUNT", "BYMONTH", "BYMONTHDAY", "WKST"})


def read_calendar(value: object) -> tuple[Holiday, ...]:
    """Read the file of this name; raises the mistake that says what is wrong with it."""
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str) or not value.strip():
        raise mistake("must be the name of a file.", "Write it in quotes.")
    found = tuple(_holidays(_read(Path(value))))
    if not found:
        raise mistake("names a calendar without any day.", _REMEDY)
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise mistake("names a file that is not there.", _REMEDY) from None
    except OSError as error:
        raise mistake(f"cannot be read: {error.strerror}.", _REMEDY) from None
    if len(content) > _LARGEST:
        raise mistake("is larger than 1 MB.", _REMEDY)
    return content


def _holidays(content: bytes) -> Iterator[Holiday]:
    import icalendar  # most commands do without

    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise mistake("names a file that is no iCalendar file.", _REMEDY) from None
    for number, event in enumerate(events, start=1):
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield _holiday(number, event)


def _holiday(number: int, event: Any) -> Holiday:
    first = _day(number, event.get("DTSTART"))
    if first is None:
        raise mistake(f"names a calendar whose event {number} has no day.", "Give it a DTSTART, or take it out.")
    rule = event.get("RRULE")
    if rule is None and "RDATE" not in event:
        return Holiday(first, _last(number, event, first))
    if rule is None or "EXDATE" in event or not _is_yearly(rule, first):
        raise mistake(
            f"names a calendar whose event {number} comes again in a way that is not understood.",
            "Let it come every year on the same day, or write each day as an event of its own.",
        )
    return Holiday(first, _last(number, event, first), is_yearly=True, until=_until(rule, first))


def _day(number: int, found: Any) -> date | None:
    day = _moment(found)
    if isinstance(day, datetime):
        raise mistake(
            f"names a calendar whose event {number} has a time of day; a holiday is whole days.",
            "Write its DTSTART as VALUE=DATE, or take it out.",
        )
    return day if isinstance(day, date) else None


def _last(number: int, event: Any, first: date) -> date:
    """The last day; what a file calls the end is the day after it."""
    length = _moment(event.get("DURATION"))
    end = _day(number, event.get("DTEND")) or first + (length if isinstance(length, timedelta) else timedelta(days=1))
    return max(first, end - timedelta(days=1))


def _moment(found: Any) -> object:
    """What a property says; None where it is not there or cannot be read."""
    try:
        return getattr(found, "dt", None)
    except ValueError:
        return None


def _is_yearly(rule: Any, first: date) -> bool:
    """Whether it comes every year on the same day, and nothing else is said of when."""

    def says(name: str, *meant: object) -> bool:
        return [str(value).upper() for value in rule.get(name, meant)] == [str(each) for each in meant]

    is_plain = set(rule) <= _ONCE and says("FREQ", "YEARLY") and "FREQ" in rule
    return is_plain and says("INTERVAL", 1) and says("BYMONTH", first.month) and says("BYMONTHDAY", first.day)


def _until(rule: Any, first: date) -> date | None:
    if count := rule.get("COUNT"):
        return date(first.year + int(count[0]) - 1, 12, 31)
    if until := rule.get("UNTIL"):
        return until[0].date() if isinstance(until[0], datetime) else until[0]
    return None
