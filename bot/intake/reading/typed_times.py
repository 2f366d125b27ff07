"""When something was, as people type it: strict forms and common ones. Never a guess.

It is always shown back, written out with weekday and year. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum, auto
from zoneinfo import ZoneInfo

from bot.domain.agreement import Party
from bot.domain.time_words import as_utc, both_times
from bot.intake.reading.result import Confirm, Reading, Unclear
from bot.intake.reading.time_phrases import Phrase, phrase
from bot.language.texts import tr


class Trouble(Enum):
    """Why a text is no moment in the past."""

    UNREADABLE = auto()
    NO_TIME = auto()  #: a day without a time of day, or a vague one ("yesterday evening")
    FUTURE = auto()
    TOO_OLD = auto()
    OTHER_WEEKDAY = auto()  #: "Fri 18 Apr" when that is a Saturday
    BUDDHIST_YEAR = auto()  #: 2569, which is 2025 or 2026
    PAST = auto()  #: where a time to come is asked for
    TOO_FAR = auto()  #: likewise, more than a year ahead


_InYear = Callable[[str | None, int, int, date], list[date]]

_OLDEST = timedelta(days=3653)  #: ten years
_SLIP = timedelta(days=180)  #: a date without a year that is less past is a slip, not next year's
_FARTHEST = timedelta(days=366)
_SLACK = timedelta(minutes=5)  #: phones' clocks differ from ours
_TYPED_AHEAD = timedelta(days=31)  #: a date without a year that is less ahead is a slip, not last year's

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("mon monday", "tue tues tuesday", "wed wednesday", "thu thur thurs thursday", "fri friday", "sat saturday",
         "sun sunday"),
    )
    for name in names.split()
}  # fmt: skip
_CITIES = {
    "phnom penh": "Asia/Phnom_Penh", "beijing": "Asia/Shanghai", "ha noi": "Asia/Ho_Chi_Minh",
    "hanoi": "Asia/Ho_Chi_Minh", "z": "UTC", "utc": "UTC", "gmt": "UTC",
}  # fmt: skip
_DAYS_AHEAD = {"today": 0, "tomorrow": 1, "day after tomorrow": 2}
_DAYS_AGO = {"today": 0, "yesterday": 1, "day before yesterday": 2}
_AMOUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}

_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = "(" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")\.?"
_AMOUNT = r"(\d{1,3}|" + "|".join(_AMOUNTS) + ")"
_AGO = re.compile(
    rf"(?:{_AMOUNT} ?(?:h|hr|hrs|hour|hours))?(?: ?(?:and )?{_AMOUNT} ?(?:m|min|mins|minute|minutes))? ago"
)
_CLOCK = re.compile(
    r"(?<![\d:.+-])(?:"
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?(?: ?(?P<half>[ap])\.?m)?"
    r"|(?P<hour12>\d{1,2}) ?(?P<half12>[ap])\.?m"
    r"|(?P<oclock>\d{1,2}) o'clock"
    r"|(?P<hour24>\d{2})(?P<minute24>\d{2}) ?(?:h|hrs|hours)"
    r")(?P<zone> ?(?:" + "|".join(_CITIES) + r")?(?: time)?(?P<offset> ?[+-]\d{1,2}(?::?\d{2})?)?)?(?![\w:])"
)
_ISO = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
_DATES = (
    _ISO,
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?(?P<name>{_MONTH})(?:[ -](?P<year>\d{{4}}))?"),
    re.compile(rf"(?P<name>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: (?P<year>\d{{4}}))?"),
)
_FIGURES = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}))?")
_LEADING_WEEKDAY = re.compile(rf"{_WEEKDAY} (?=\S)")
_LAST_WEEKDAY = re.compile(rf"(last )?{_WEEKDAY}")
_NEXT_WEEKDAY = re.compile(_WEEKDAY)
_VAGUE = re.compile(r"\b(night|midnight|day|days|week|weeks|o'clock)\b")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_BUDDHIST = 543  #: years ahead of the international calendar, 544 for some months of the year
#: The hours of a part of the day; those of a night that has passed may be of the next day.
_HOURS = {
    "early": range(7), "morning": range(4, 12), "midday": range(11, 15), "afternoon": range(12, 19),
    "evening": range(16, 24), "night": range(18, 24), "last night": (*range(18, 24), *range(5)),
}  # fmt: skip


def read_time(text: str, *, now: datetime, zone: ZoneInfo, language: str) -> Reading:
    """Read a moment in the past; the value is RFC 3339 in UTC, the words are the writer's local time."""
    moment = parse_moment(text, now, zone)
    if isinstance(moment, Trouble):
        return Unclear(_sentence(moment, now, language))
    writer = Party(code="", name="", timezone=zone.key)
    return Confirm(as_utc(moment), both_times(moment, [writer], with_year=True))


def _sentence(trouble: Trouble, now: datetime, language: str) -> str:
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
        case Trouble.BUDDHIST_YEAR:
            return tr(
                language,
                "That year looks like one of the Buddhist calendar. Please write the year as in {year}, or none, for "
                "example: 17 Apr 14:05.",
                year=now.year,
            )
        case Trouble.PAST | Trouble.TOO_FAR:
            return of_coming(trouble, language)
        case Trouble.UNREADABLE:
            return tr(
                language,
                "I could not read that as a date and time. Please write it like this: 17 Apr 14:05, yesterday 21:00, "
                "or 2 hours ago; or write: unknown.",
            )


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | Trouble:
    """Read a moment up to now; `zone` counts where the text names none. The caller shows it back."""
    said = phrase(text)
    try:
        moment = _ago(said.text, now) or _clock_and_day(said, now, zone, _PAST)
    except (ValueError, OverflowError):  # no such day or time: 31 Feb, 25:00
        return Trouble.UNREADABLE
    if isinstance(moment, Trouble):
        return moment
    return Trouble.TOO_OLD if moment < now - _OLDEST else moment


def parse_coming(text: str, now: datetime, zone: ZoneInfo) -> datetime | Trouble:
    """Read a moment that is still to come, at most a year ahead; `zone` counts where the text names none.

    The caller shows it back, written out with weekday and in all local times.
    """
    said = phrase(text)
    try:
        moment = _clock_and_day(said, now, zone, _COMING)
    except (ValueError, OverflowError):
        return Trouble.UNREADABLE
    return Trouble.TOO_FAR if isinstance(moment, datetime) and moment > now + _FARTHEST else moment


def of_coming(trouble: Trouble, language: str) -> str:
    """Say why a text is no moment to come, and how to write one."""
    if trouble is Trouble.PAST:
        return tr(language, "That time is over. Please write a time to come, for example: 18 Apr 05:00.")
    if trouble is Trouble.TOO_FAR:
        return tr(language, "That is more than a year ahead. Please check the year.")
    return tr(
        language,
        "Please give the day and the time of day in figures, for example: tomorrow 05:00, 18 Apr 05:00, or "
        "2026-04-18 05:00.",
    )


def _ago(typed: str, now: datetime) -> datetime | None:
    if typed in ("now", "just now", "right now"):
        return now
    if typed == "half an hour ago":
        return now - timedelta(minutes=30)
    match = _AGO.fullmatch(typed)
    if not match or not any(match.groups()):
        return None
    hours, minutes = (_AMOUNTS.get(n) or int(n) if n else 0 for n in match.groups())
    return now - timedelta(hours=hours, minutes=minutes)


def _clock_and_day(said: Phrase, now: datetime, zone: ZoneInfo, way: _Way) -> datetime | Trouble:
    typed = said.text
    clock = _CLOCK.search(typed)
    if "tomorrow" in typed and way is _PAST:
        return Trouble.FUTURE
    if any(_is_buddhist(int(year), now) for year in _YEAR.findall(typed)):
        return Trouble.BUDDHIST_YEAR
    day = _day_text(typed, clock)
    if not clock:
        is_a_day = said.part or _VAGUE.search(day) or (day and way.days(day, now.date()))
        return Trouble.NO_TIME if is_a_day else Trouble.UNREADABLE
    if clock["offset"] and not (_ISO.fullmatch(day) or _names_zone(clock)):
        return Trouble.UNREADABLE  # "10:05-11:00" is a stretch of time; an offset only after an ISO date or "UTC"
    where = _zone_of(clock, zone)
    days = way.days(day, now.astimezone(where).date())
    if not days:
        return Trouble.UNREADABLE
    at = _time_of(clock, said.part)
    if at is None:
        return Trouble.NO_TIME
    if said.part == "last night" and at.hour in range(5):
        days = [each + timedelta(days=1) for each in days]
    weekday = _LEADING_WEEKDAY.match(day)
    return way.choose([datetime.combine(d, at, where) for d in days], now, weekday and weekday[1])


def _is_buddhist(year: int, now: datetime) -> bool:
    ahead = year - now.year
    return _BUDDHIST - _OLDEST.days // 365 <= ahead <= _BUDDHIST + 1


def _day_text(typed: str, clock: re.Match[str] | None) -> str:
    if not clock:
        return typed
    before, after = typed[: clock.start()], typed[clock.end() :]
    before = re.sub(r"(?<=\d)t$", "", before)  # RFC 3339 joins date and time with a T
    return f"{before} {after}".strip()


def _newest(moments: Sequence[datetime], now: datetime, weekday: str | None) -> datetime | Trouble:
    past = next((m for m in moments if m <= now + _SLACK), None)
    if past is None:
        return Trouble.FUTURE
    if weekday and past.weekday() != _WEEKDAYS[weekday]:
        return Trouble.OTHER_WEEKDAY
    return past


def _soonest(moments: Sequence[datetime], now: datetime, weekday: str | None) -> datetime | Trouble:
    coming = next((m for m in moments if m > now), None)
    if coming is None:
        return Trouble.PAST
    if weekday and coming.weekday() != _WEEKDAYS[weekday]:
        return Trouble.OTHER_WEEKDAY
    return coming


def _time_of(clock: re.Match[str], part: str) -> time | None:
    """Read the time of day; None when it could be before noon or after."""
    half = clock["half"] or clock["half12"]
    hour = int(clock["hour"] or clock["hour12"] or clock["oclock"] or clock["hour24"])
    if half:
        if hour not in range(1, 13):
            raise ValueError("no such hour on a twelve-hour clock")
        hour = hour % 12 + (12 if half == "p" else 0)
    meant = _in_part(hour, part, is_whole_day=bool(half)) if part else _at_any_time(hour, bare=bool(clock["oclock"]))
    if meant is None:
        return None
    return time(meant, int(clock["minute"] or clock["minute24"] or 0), int(clock["second"] or 0))


def _in_part(hour: int, part: str, *, is_whole_day: bool) -> int | None:
    """Find the hour that is within a part of the day, if one is."""
    either = {hour} if is_whole_day or hour > 12 else {hour % 12, hour % 12 + 12}
    found = [each for each in either if each in _HOURS[part]]
    return found[0] if len(found) == 1 else None


def _at_any_time(hour: int, *, bare: bool) -> int | None:
    return None if bare and hour in range(1, 13) else hour


def _names_zone(clock: re.Match[str]) -> bool:
    return (clock["zone"] or "").strip().startswith(("utc", "gmt"))


def _zone_of(clock: re.Match[str], zone: ZoneInfo) -> tzinfo:
    if clock["offset"]:
        sign, digits = clock["offset"].strip()[0], re.sub(r"\D", "", clock["offset"])
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        if hours > 14 or minutes > 59:
            raise ValueError("no such offset")
        return timezone((1 if sign == "+" else -1) * timedelta(hours=hours, minutes=minutes))
    city = (clock["zone"] or "").strip().removesuffix("time").strip()
    return ZoneInfo(_CITIES[city]) if city else zone


def _days(text: str, today: date) -> list[date]:
    """List the days a text may mean, the likeliest first; only the newest past one counts."""
    if not text:
        return [today, today - timedelta(days=1)]
    if text in _DAYS_AGO:
        return [today - timedelta(days=_DAYS_AGO[text])]
    weekday = _LAST_WEEKDAY.fullmatch(text)
    if weekday:
        back = (today.weekday() - _WEEKDAYS[weekday[2]]) % 7
        days = [today - timedelta(days=back), today - timedelta(days=back + 7)]
        return days[1:] if weekday[1] and back == 0 else days
    return _dates(_LEADING_WEEKDAY.sub("", text), today, _in_year)


def _days_to_come(text: str, today: date) -> list[date]:
    """List the days to come that a text may mean, the soonest first."""
    if not text:
        return [today, today + timedelta(days=1)]
    if text in _DAYS_AHEAD:
        return [today + timedelta(days=_DAYS_AHEAD[text])]
    weekday = _NEXT_WEEKDAY.fullmatch(text)
    if weekday:
        ahead = (_WEEKDAYS[weekday[1]] - today.weekday()) % 7
        return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)]
    return _dates(_LEADING_WEEKDAY.sub("", text), today, _in_year_to_come)


def _dates(text: str, today: date, in_year: _InYear) -> list[date]:
    figures = _FIGURES.fullmatch(text)
    if figures:
        first, _, second, year = figures.groups()
        # Day first, as both sides write it; the month only where the second figure cannot be one.
        day, month = (int(second), int(first)) if int(second) > 12 else (int(first), int(second))
        return in_year(year, month, day, today)
    match = next((m for pattern in _DATES if (m := pattern.fullmatch(text))), None)
    if not match:
        return []
    found = match.groupdict()
    month = _MONTHS[found["name"].rstrip(".")] if "name" in found else int(found["month"])
    return in_year(found["year"], month, int(found["day"]), today)


def _in_year(year: str | None, month: int, day: int, today: date) -> list[date]:
    if year:
        return [date(int(year), month, day)]
    this_year = date(today.year, month, day)
    return [this_year if this_year <= today + _TYPED_AHEAD else date(today.year - 1, month, day)]


def _in_year_to_come(year: str | None, month: int, day: int, today: date) -> list[date]:
    if year:
        return [date(int(year), month, day)]
    this_year = date(today.year, month, day)
    return [this_year if this_year >= today - _SLIP else date(today.year + 1, month, day)]


@dataclass(frozen=True, slots=True)
class _Way:
    """Into which direction of time a text is read."""

    days: Callable[[str, date], list[date]]
    choose: Callable[[Sequence[datetime], datetime, str | None], datetime | Trouble]


_PAST, _COMING = _Way(_days, _newest), _Way(_days_to_come, _soonest)
