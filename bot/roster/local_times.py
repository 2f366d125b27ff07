"""Reading when a shift begins or ends, as somebody wrote it in their own zone. Pure; never a guess."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read ``2026-12-24 20:00`` in a zone, or with an offset of its own. Raises ValueError with a sentence."""
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text.strip()!r} is no date and time like 2026-12-24 20:00") from None
    if len(text.strip()) <= len("2026-12-24"):
        raise ValueError(f"{text.strip()!r} has no time of day, like 2026-12-24 20:00")
    return in_zone(written, zone)


def read_end(text: str, begins: datetime, zone: ZoneInfo) -> datetime:
    """Read an end as `read_moment` does, or a time of day alone: the first one after the beginning, over midnight."""
    try:
        clock = time.fromisoformat(text.strip())
    except ValueError:
        return read_moment(text, zone)
    if clock.tzinfo is not None:
        raise ValueError(f"{text.strip()!r} has an offset but no date")
    local = begins.astimezone(zone)
    ends = datetime.combine(local.date(), clock)
    if ends <= local.replace(tzinfo=None):
        ends += timedelta(days=1)
    return in_zone(ends, zone)


def in_zone(written: datetime, zone: ZoneInfo) -> datetime:
    """Take a local time as UTC. Raises ValueError where the zone's clocks skip it or show it twice."""
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    early, late = (written.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    moment = early.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != written.replace(fold=0):
        raise ValueError(f"{written:%Y-%m-%d %H:%M} does not exist in {zone.key}: clocks are set forward there")
    if early.utcoffset() != late.utcoffset():
        offsets = " or ".join(f"{each.isoformat(timespec='minutes')}" for each in (early, late))
        raise ValueError(f"{written:%Y-%m-%d %H:%M} comes twice in {zone.key}; write which one: {offsets}")
    return moment
