"""Finds telephone numbers, bank cards and other long numbers among runs of figures. Pure; no text takes long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from bot.protection.identity.context import About, Words

_LONGEST = 15  #: figures of a telephone number, E.164
_LOOK_UPS = 600  #: a text; beyond them whatever has the shape counts, so that no text takes long
_HOME = ("KH", "CN", "VN")
_NATIONAL = (*_HOME, "TH", "LA", "MM", "MY", "ID", "PH", "TW", "KR", "JP", "GB", "AU")
#: Written without a plus only these are taken for country codes.
_CODES = ("855", "86", "84", "66", "856", "95", "852", "853", "886")
_RUN = re.compile(r"\+?[ (]?\d+(?:[ ._()-]{1,3}\d+)*")
_GROUP = re.compile(r"\d+")
_US = re.compile(r"\(?[2-9]\d\d(?:\) ?|[.-])\d{3}[.-]\d{4}(?!\d)")
_CARD = re.compile(r"(?<![\d-])\d{4}(?:([ -])\d{4}(?:\1\d{4}){2}(?:\1\d{1,3})?|([ -])\d{6}\2\d{5})(?![\d-])")
_LONG = re.compile(r"(?<![\da-z])\d{9,}(?!\d)|(?<=[a-z])\d{10,}(?!\d)|(?<!\d)\d(?: \d){8,}(?!\d)")
_PROFILE = re.compile(r"tg://user\?id=\d+")
_ACCOUNT = re.compile(r"(?<![\da-z])\d(?:[ -]?\d){7,18}(?![\da-z])")


@dataclass(frozen=True, slots=True)
class _Window:
    """Some neighbouring groups of figures, read as one number."""

    start: int
    end: int
    figures: str
    has_plus: bool


class _Budget:
    """Counts the look-ups of one text."""

    def __init__(self) -> None:
        self.left = _LOOK_UPS

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """List links to somebody on Telegram by their number there."""
    return (match.span() for match in _PROFILE.finditer(text))


def cards(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """List bank cards in their usual groups, and numbers beside a word for an account."""
    for match in _CARD.finditer(text):
        if _is_luhn(re.sub(r"\D", "", match[0])):
            yield match.span()
    for match in _ACCOUNT.finditer(text):
        if words.about(*match.span()) is About.ACCOUNT:
            yield match.span()


def long_numbers(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """List whatever is left that is long enough to be an account or an identity number."""
    for match in _LONG.finditer(text):
        if words.about(*match.span()) is not About.CODE:
            yield match.span()


def _is_luhn(figures: str) -> bool:
    doubled = (sum(divmod(int(f) * 2, 10)) if i % 2 else int(f) for i, f in enumerate(reversed(figures)))
    return sum(doubled) % 10 == 0


def phones(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """List telephone numbers: international, national of the parties and their neighbours, or named as one."""
    budget = _Budget()
    for match in _US.finditer(text):
        if _is_valid(re.sub(r"\D", "", match[0]), "US"):
            yield match.span()
    for run in _RUN.finditer(text):
        groups = [(m.start(), m.end()) for m in _GROUP.finditer(text, run.start(), run.end())]
        yield from _in_run(text, groups, words, budget)


def _in_run(text: str, groups: Sequence[tuple[int, int]], words: Words, budget: _Budget) -> Iterator[tuple[int, int]]:
    first = 0
    while first < len(groups):
        taken = 0
        for window, count in _windows(text, groups, first):
            if _is_phone(window, words, budget):
                yield _opened(text, window), window.end
                taken = count
                break
        first += taken or 1


def _windows(text: str, groups: Sequence[tuple[int, int]], first: int) -> list[tuple[_Window, int]]:
    """List what may be one number from a group on, the longest first."""
    windows: list[tuple[_Window, int]] = []
    start, figures = groups[first][0], ""
    has_plus = text[max(0, start - 3) : start].rstrip(" (").endswith("+")
    for count, (begin, end) in enumerate(groups[first : first + _LONGEST + 2], start=1):
        figures += text[begin:end]
        if len(figures) > _LONGEST + 2:  # 00 in front, or a (0) in the middle
            break
        if len(figures) >= 7:
            windows.append((_Window(start, end, figures, has_plus), count))
    return windows[::-1]


def _opened(text: str, window: _Window) -> int:
    """Say where a number starts with its plus and bracket."""
    start = window.start
    while start and window.start - start < 2 and text[start - 1] in "+(":
        start -= 1
    return start


def _is_phone(window: _Window, words: Words, budget: _Budget) -> bool:
    figures = window.figures
    if window.has_plus:
        return _international(figures, budget)
    if figures.startswith("00") and len(figures) >= 11:
        return _international(figures[2:], budget)
    if len(figures) == 11 and figures[0] == "1" and figures[1] >= "3":
        return _looked_up(figures, ("CN",), budget)
    if figures[0] == "0" and 9 <= len(figures) <= 12:
        return _looked_up(figures, _NATIONAL, budget)
    if figures.startswith(_CODES) and len(figures) >= 10 and _international(figures, budget):
        return True
    return len(figures) <= 12 and words.about(window.start, window.end) is About.PHONE


def _international(figures: str, budget: _Budget) -> bool:
    if not budget.spend():
        return True
    return _is_valid(f"+{figures}", None)


def _looked_up(figures: str, regions: Sequence[str], budget: _Budget) -> bool:
    if not budget.spend():
        return True
    return any(_is_valid(figures, region) for region in regions)


@lru_cache(maxsize=2048)
def _is_valid(figures: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(figures, region)
    except phonenumbers.NumberParseException:
        return False
    if region is None:
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number(number)
