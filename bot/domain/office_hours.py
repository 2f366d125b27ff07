"""When the offices of a side are open: weekly hours and public holidays, in its own local time. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: What fell due while an office was closed is due this long after it opens, so that somebody can act on it in time.
GRACE = timedelta(hours=1)

_DAY = timedelta(days=1)
_LONGEST_CLOSED = 366  #: days that are looked through
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when an office is open on some days of the week."""

    days: tuple[int, ...]  #: of the week, Monday is 0
    opens: time
    closes: time | None  #: None: at midnight


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days on which an office stays closed."""

    first: date
    last: date
    is_yearly: bool = False  #: again each year on the same days
    until: date | None = None  #: of a yearly one: when it ends; None: never

    def covers(self, day: date) -> bool:
        """Whether an office is closed on a day because of it."""
        length = (self.last - self.first).days
        return any(self._begins(day - back * _DAY) for back in range(length + 1))

    def _begins(self, day: date) -> bool:
        if not self.is_yearly:
            return day == self.first
        is_the_day = (day.month, day.day) == (self.first.month, self.first.day)
        return is_the_day and self.first <= day <= (self.until or date.max)


@dataclass(frozen=True, slots=True)
class Office:
    """The offices of one side."""

    timezone: str
    hours: tuple[Hours, ...] = ()  #: empty: open day and night
    holidays: tuple[Holiday, ...] = ()

    def opens(self, moment: datetime) -> datetime:
        """The moment itself while the offices are open, else when they open next."""
        return max(moment, self._next(moment)[0])

    def due(self, moment: datetime) -> datetime:
        """When something is due that would be at this moment: not before the offices have been open for an hour."""
        return max(moment, self._next(moment)[0] + GRACE)

    def opens_again(self, moment: datetime) -> bool:
        """Whether the offices are open at a moment or within a year after it."""
        return self._next(moment)[1] > moment

    def _next(self, moment: datetime) -> Span:
        """The time of being open that a moment is in or comes before; far behind it where they never open again."""
        begin = moment - _DAY
        spans = self._spans(begin.astimezone(ZoneInfo(self.timezone)).date())
        return next((span for span in spans if span[1] > moment), (begin, moment))

    def _spans(self, first: date) -> Iterator[Span]:
        """The times of being open from a day on, in order; what adjoins or overlaps is one."""
        whole: Span | None = None
        for day in (first + n * _DAY for n in range(_LONGEST_CLOSED)):
            for opens, closes in self._on(day):
                if whole is not None and opens <= whole[1]:
                    whole = (whole[0], max(whole[1], closes))
                    continue
                if whole is not None:
                    yield whole
                whole = (opens, closes)
        if whole is not None:
            yield whole

    def _on(self, day: date) -> list[Span]:
        if any(holiday.covers(day) for holiday in self.holidays):
            return []
        hours = self.hours or (Hours((0, 1, 2, 3, 4, 5, 6), time(), None),)
        return sorted(self._span(day, each) for each in hours if day.weekday() in each.days)

    def _span(self, day: date, hours: Hours) -> Span:
        """Of an hour that a change of the clocks doubles, all of it is within."""
        zone = ZoneInfo(self.timezone)
        closing = datetime.combine(day, hours.closes) if hours.closes else datetime.combine(day + _DAY, time())
        opens = datetime.combine(day, hours.opens, tzinfo=zone)
        return opens.astimezone(UTC), closing.replace(tzinfo=zone, fold=1).astimezone(UTC)
