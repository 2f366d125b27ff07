"""Reading when something was: always shown back, written out with weekday and year. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.agreement import Party
from bot.domain.time_words import as_utc, both_times
from bot.intake.reading.moments import Trouble, parse_moment
from bot.intake.reading.result import Confirm, Reading, Unclear
from bot.language.texts import tr


def read_time(text: str, *, now: datetime, zone: ZoneInfo, language: str) -> Reading:
    """Read a moment in the past; the value is RFC 3339 in UTC, the words are the writer's local time."""
    moment = parse_moment(text, now, zone)
    if isinstance(moment, Trouble):
        return Unclear(_sentence(moment, language))
    writer = Party(code="", name="", timezone=zone.key)
    return Confirm(as_utc(moment), both_times(moment, [writer], with_year=True))


def _sentence(trouble: Trouble, language: str) -> str:
    match trouble:
        case Trouble.NO_TIME:
            return tr(
                language, "Please give the day and the time of day, for example: yesterday 21:00, or 17 Apr 14:05."
            )
        case Trouble.FUTURE:
            return tr(
                language,
                "That time is still to come. Please write when it was, for example: today 09:30, or 2 hours ago.",
            )
        case Trouble.TOO_OLD:
            return tr(
                language, "That is more than ten years ago. Please check the year, for example: 17 Apr 2026 14:05."
            )
        case Trouble.OTHER_WEEKDAY:
            return tr(
                language,
                "That date is another day of the week. Please write only date and time, for example: 17 Apr 14:05.",
            )
        case Trouble.UNREADABLE:
            return tr(
                language,
                "I could not read that as a date and time. Please write it like this: 17 Apr 14:05, yesterday 21:00, "
                "or 2 hours ago; or write: unknown.",
            )
