"""How times and durations are written for people. Pure; every moment is an aware datetime."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from bot.domain.agreement import Party

#: English names: the record is English and never depends on the machine's locale.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def both_times(moment: datetime, parties: Iterable[Party], *, with_year: bool = False) -> str:
    """Write a moment for all sides: ``Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing``.

    The day is repeated only where it differs. With no parties: UTC. The year is for moments that may be years ago.
    """
    shown: list[str] = []
    day_before = ""
    for party in parties:
        local = moment.astimezone(party.zone)
        day = _day(local, with_year)
        clock = f"{local:%H:%M} {party.city}"
        shown.append(clock if day == day_before else f"{day} {clock}")
        day_before = day
    return " / ".join(shown) or f"{_day(moment.astimezone(UTC), with_year)} {moment.astimezone(UTC):%H:%M} UTC"


def clocks(moment: datetime, parties: Iterable[Party]) -> str:
    """Write the time of day for all sides: ``14:05 Phnom Penh / 15:05 Beijing``; with the days where they differ."""
    sides = tuple(parties)
    local = [moment.astimezone(party.zone) for party in sides]
    if len({each.date() for each in local}) != 1:
        return both_times(moment, sides)
    return " / ".join(f"{each:%H:%M} {party.city}" for each, party in zip(local, sides, strict=True))


def _day(local: datetime, with_year: bool) -> str:
    year = f" {local.year}" if with_year else ""
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}"


def span(duration: timedelta) -> str:
    """Write a duration in its two largest units: ``15 min``, ``3 h``, ``1 h 5 min``, ``2 d 4 h``."""
    minutes = max(0, int(duration.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{days} d"] * bool(days) + [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(parts[:2]) or "0 min"


def as_utc(moment: datetime) -> str:
    """Write a moment for records: RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
