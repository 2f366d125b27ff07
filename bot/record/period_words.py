"""Reads a period from words, for chat and page alike: ``last month``, ``from 2026-03-01 to 2026-03-31``. Pure.

Months, quarters, years and days are those of the reader's own zone. Two bare dates are UTC, the second exclusive, as on
the command line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.language.folding import begins

#: Calendar periods, as they are typed and chosen.
CALENDAR = ("this month", "last month", "this quarter", "last quarter", "this year", "last year")

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAY = r"(\d{4}-\d\d-\d\d)"
_END = r"(?:[\s,:;]+|$)"
_CALENDAR = re.compile(rf"\s*(this|last)\s+(month|quarter|year){_END}", re.IGNORECASE)
_DAYS = re.compile(rf"\s*from\s+{_DAY}\s+(?:to|until)\s+{_DAY}{_END}", re.IGNORECASE)
_BARE = re.compile(rf"\s*{_DAY}\s+{_DAY}{_END}")


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment up to another, exclusive; and the zone whose days it was said in."""

    since: datetime
    until: datetime
    zone: tzinfo

    @property
    def days(self) -> tuple[str, str]:
        """Its first and its last day in that zone, as a person reads them."""
        last = (self.until - timedelta(seconds=1)).astimezone(self.zone)
        return f"{self.since.astimezone(self.zone):%Y-%m-%d}", f"{last:%Y-%m-%d}"


def period_of(text: str, now: datetime, zone: tzinfo) -> tuple[Period, str] | None:
    """Read the period that a text begins with, and give what follows; None when it begins with none that there is."""
    try:
        return _calendar(text, now.astimezone(zone)) or _days(text, zone) or _bare(text)
    except (ValueError, OverflowError):  # no such day, or one at the end of the calendar
        return None


def _calendar(text: str, today: datetime) -> tuple[Period, str] | None:
    found = begins(_CALENDAR, text)
    if found is None:
        return None
    which, unit = (word.lower() for word in found[0].groups())
    length = _MONTHS[unit]
    first = today.year * 12 + (today.month - 1) // length * length - (length if which == "last" else 0)
    return _between(_month(first, today), _month(first + length, today), today.tzinfo or UTC), found[1]


def _month(number: int, today: datetime) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=today.tzinfo)


def _days(text: str, zone: tzinfo) -> tuple[Period, str] | None:
    found = begins(_DAYS, text)
    if found is None:
        return None
    first, last = (datetime.fromisoformat(day).replace(tzinfo=zone) for day in found[0].groups())
    return _between(first, last + timedelta(days=1), zone), found[1]


def _bare(text: str) -> tuple[Period, str] | None:
    found = begins(_BARE, text)
    if found is None:
        return None
    since, until = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in found[0].groups())
    return _between(since, until, UTC), found[1]


def _between(since: datetime, until: datetime, zone: tzinfo) -> Period:
    if until <= since:
        raise ValueError("it ends before it begins")
    return Period(since.astimezone(UTC), until.astimezone(UTC), zone)
