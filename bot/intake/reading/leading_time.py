"""The time to come at the beginning of a line, and the words that follow it. Never a guess: of two readings it is none.

Pure. The caller shows the time back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.intake.reading.typed_times import parse_coming
from bot.language.folding import begins, fold

_LONGEST = 48  #: signs that a day and a time of day are written in
_IN = re.compile(
    r"\s*(?:in\s+)?\+?(?:(?P<days>\d{1,2})\s*(?:d|days?)\b|(?P<hours>\d{1,3})\s*(?:h|hrs?|hours?)"
    r"(?:\s*(?:and\s+)?(?P<more>\d{1,2})\s*(?:m|min|mins|minutes?))?\b"
    r"|(?P<minutes>\d{1,3})\s*(?:m|min|mins|minutes?)\b)",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\s*(?:at|by|until|before)\s+", re.IGNORECASE)
#: What goes on with another time is no single one: "12:00-13:00", "9:00 or 10:00".
_GOES_ON = re.compile(r"\s*(?:[-/~+]|(?:or|to|and|until|till)\b)\s*\d", re.IGNORECASE)
_STOPS = ",:;.!-\n\uff0c\u3002\uff1b\uff1a\u3001\u17d4"  #: what ends a time for certain
_MARKS = f" \t\r\u200b{_STOPS}"
_EITHER = re.compile(r"\s*\d{1,2}h\d{2}(?!\s*m)\b", re.IGNORECASE)  #: "1h30": how long, or half past one
_OF_TIME = re.compile(r"\s*time\b", re.IGNORECASE)  #: "Beijing time"
_CLOCK_ENDS = re.compile(r":\d\d$")


def leading_time(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """Read how long, or by when, and what follows; None when there is no time, or more than one reading of it."""
    if begins(_EITHER, text) is not None:
        return None
    span = begins(_IN, text)
    if span is not None:
        amounts = {name: int(number or 0) for name, number in span[0].groupdict().items()}
        wait = timedelta(days=amounts["days"], hours=amounts["hours"], minutes=amounts["minutes"] + amounts["more"])
        return None if _goes_on(span[1]) else (now + wait, span[1].strip(_MARKS))
    named = begins(_BEFORE, text)
    return _moment_and_words((named[1] if named is not None else text).strip(), now, zone)


def _moment_and_words(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    read = [(cut, at) for cut in _cuts(text) if isinstance(at := parse_coming(text[:cut], now, zone), datetime)]
    if not read:
        return None
    at = read[0][1]
    end = min(cut for cut, other in read if other == at)  # what follows may begin with words that a time can do without
    after = text[end:]
    is_ended = not after.strip() or after[0] in _STOPS
    others = [cut for cut, other in read if other != at]
    if _goes_on(after) or (not is_ended and any(_may_be_words(text[cut:end], now, zone) for cut in others)):
        return None
    words = begins(_OF_TIME, after)
    return at, (words[1] if words is not None else after).strip(_MARKS)


def _cuts(text: str) -> Iterator[int]:
    """Where a time may end, the longest first: never within a word or a number."""
    for cut in range(min(len(text), _LONGEST), 0, -1):
        if _ends_there(text[:cut], text[cut : cut + 1]):
            yield cut


def _ends_there(before: str, following: str) -> bool:
    last = before[-1]
    if last.isspace() or not following:
        return not last.isspace()
    if unicodedata.category(following).startswith("M"):
        return False
    if last.isdecimal():  # "30个人" are people, "12:00等" is a time
        return not following.isalnum() or bool(_CLOCK_ENDS.search(fold(before)) and not _is_latin(following))
    return not (_is_latin(last) and _is_latin(following))


def _is_latin(sign: str) -> bool:
    return sign.isdecimal() or unicodedata.name(sign, "").startswith(("LATIN", "FULLWIDTH LATIN"))


def _goes_on(rest: str) -> bool:
    return begins(_GOES_ON, rest) is not None


def _may_be_words(part: str, now: datetime, zone: ZoneInfo) -> bool:
    """Whether what makes the later reading could be the first of the words: a day of its own, or a bare figure."""
    alone = fold(part).strip()
    is_day = isinstance(parse_coming(f"{alone} 23:59", now, zone), datetime)
    return alone.isdecimal() or (bool(alone) and is_day)
