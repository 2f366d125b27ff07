"""How times and durations are written for people. Pure; every moment is an aware datetime."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.agreement import Party

#: English names: the record is English and never depends on the machine's locale.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Around a change of a zone's clocks nobody knows by heart which time is meant.
_NEAR = timedelta(days=3)


def both_times(
    moment: datetime, parties: Iterable[Party], *, with_year: bool = False, since: datetime | None = None
) -> str:
    """Write a moment for all sides: ``Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing``.

    The day is repeated only where it differs. With no parties: UTC. The year is for moments that may be years ago.
    Where a zone's clocks are changed near it, or after `since`, its offset is written: ``02:10 Berlin (+01:00)``.
    """
    shown: list[str] = []
    day_before = ""
    for party in parties:
        day = _day(moment.astimezone(party.zone), with_year)
        clock = _clock(moment, party, since)
        shown.append(clock if day == day_before else f"{day} {clock}")
        day_before = day
    return " / ".join(shown) or f"{_day(moment.astimezone(UTC), with_year)} {moment.astimezone(UTC):%H:%M} UTC"


def clocks(moment: datetime, parties: Iterable[Party], *, since: datetime | None = None) -> str:
    """Write the time of day for all sides: ``14:05 Phnom Penh / 15:05 Beijing``; with the days where they differ."""
    sides = tuple(parties)
    if len({moment.astimezone(party.zone).date() for party in sides}) != 1:
        return both_times(moment, sides, since=since)
    return " / ".join(_clock(moment, party, since) for party in sides)


def _clock(moment: datetime, party: Party, since: datetime | None) -> str:
    local = moment.astimezone(party.zone)
    offset = f" ({local.isoformat()[-6:]})" if _is_in_doubt(moment, party.zone, since) else ""
    return f"{local:%H:%M} {party.city}{offset}"


@lru_cache(1024)  # the same deadlines are written in many messages, and zones are slow to ask
def _is_in_doubt(moment: datetime, zone: ZoneInfo, since: datetime | None) -> bool:
    offset = moment.astimezone(zone).utcoffset()
    near = (moment - _NEAR, moment + _NEAR, since or moment)
    return any(each.astimezone(zone).utcoffset() != offset for each in near)


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


def lap(duration: timedelta) -> str:
    """Write how long an answer took: in seconds below a minute, else as `span`."""
    return f"{int(duration.total_seconds())} s" if timedelta(0) <= duration < timedelta(minutes=1) else span(duration)


def as_utc(moment: datetime) -> str:
    """Write a moment for records: RFC 3339 in UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
