"""What has many figures and tells of nobody: dates, times, references, prices. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain import reference
from bot.protection.identity.found import without

_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_OFFSET = r"(?:[+-](?:0\d|1[0-4]):?[0-5]\d|[+-](?:1[0-4]|\d)(?!\d))"
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_MONEY = (
    r"(?:riels?|reil|usd|us\$|dollars?|\$|yuan|rmb|cny|元|块|¥|vnd|dong|baht|thb|euros?|eur|€|៛"
    r"|wan|万|million|trieu|ty)"
)

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}([-/.]){_MONTH}\1{_DAY}(?!\d)",
        rf"(?<!\d){_DAY}([-/.]){_MONTH}\1{_YEAR}(?!\d)",
        rf"(?<!\d){_MONTH}([-/.]){_DAY}\1{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[ t]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?(?!\d)",
        rf"(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}(?!\d)",
        rf"(?<![\d:])\d{{1,2}}[:h]\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?(?: ?[ap]\.?m)?"
        rf"(?: ?(?:utc|gmt) ?{_OFFSET}|{_OFFSET}|z)?(?!\d)",
        rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[ -]?(?:of )?{_MONTH_NAME}(?:[ ,-]{{1,2}}{_YEAR})?(?!\d)",
        rf"(?<![a-z]){_MONTH_NAME} \d{{1,2}}(?:st|nd|rd|th)?(?:[ ,]{{1,2}}{_YEAR})?(?!\d)",
        r"(?<!\d)(?:[01]\d|2[0-3])[0-5]\d ?(?:h|hrs|hours)(?![a-z])",
        r"(?<![\d,])[1-9]\d{0,2}(?:,\d{3}){1,6}(?:\.\d{1,3})?(?![\d,])",
        rf"{_MONEY} ?[1-9][\d.,]{{0,20}}",
        rf"(?<!\d)(?<!\d[ .])[1-9]\d{{0,11}}(?:[ .,]\d{{3}}){{0,5}} ?{_MONEY}(?![a-z])",
    )
)
#: A case's public name wherever it stands; what is spelt with both hyphens is meant as one even when its check fails.
_REFERENCE = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}([- ]?)[0-9a-z]{5}([- ]?)[0-9a-z](?![a-z0-9])")
_DRILL = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}-(?=\d{0,4}[a-z])[0-9a-z]{5}(?![a-z0-9])")


def without_harmless(text: str) -> str:
    """Blank what is a date, a time, a reference or a price in a folded text; each looks at what the others left."""
    text = without(text, _references(text))
    for pattern in (_DRILL, *_PATTERNS):
        text = without(text, (match.span() for match in pattern.finditer(text)))
    return text


def _references(text: str) -> Iterator[tuple[int, int]]:
    for match in _REFERENCE.finditer(text):
        if (match[1] == "-" and match[2] == "-") or reference.parse(match[0]):
            yield match.span()
