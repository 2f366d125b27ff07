"""Numbers in figures or words, ages and counts. Pure. What could be two numbers is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.language.normalise import plain, whole_number
from bot.language.words import any_of, numbers, words

_SIZES = {"units": 1, "teens": 1, "tens": 10, "times_ten": 10, "times_hundred": 100}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of something."""

    number: int
    is_exact: bool = True  #: "about 3" is not


@dataclass(frozen=True, slots=True)
class Age:
    """An age in whole years, or a bound of it."""

    years: int
    is_bare: bool = False  #: nothing but the figure, which may be the number of a choice
    is_exact: bool = True  #: "about 14" is not
    bound: int = 0  #: -1 under it, 1 over it


def read_number(text: str) -> int | None:
    """Read one whole number in figures or words, and nothing else."""
    said = plain(text)
    return whole_number(said) if said.isdecimal() else _worded(said)


def in_figures(said: str) -> str:
    """Write the numbers in a comparable text in figures; a word before the figures of a year is none ("năm 2026")."""
    return _run().sub(lambda found: str(_worded(found[0].strip()) or found[0]), said)


@cache
def _run() -> re.Pattern[str]:
    return re.compile(rf"{_any_word()}(?: ?{_any_word()})*(?! \d{{4}})")


def read_count(text: str) -> Count | None:
    """Read a count of people: ``3``, ``about three``, ``三个人``."""
    said = plain(text)
    if said.isdecimal():
        figures = whole_number(said)
        return None if figures is None else Count(figures)
    said, is_exact = _without_about(said)
    found = _people().fullmatch(said)
    number = read_number(found[1]) if found else None
    return None if number is None else Count(number, is_exact)


def read_age(text: str) -> Age | None:
    """Read an age: ``16``, ``sixteen years old``, ``១៦ឆ្នាំ``, ``8 months``, ``under 10``."""
    said = plain(text)
    if said.isdecimal():
        years = whole_number(said)
        return None if years is None else Age(years, is_bare=True)
    said, is_exact = _without_about(said)
    found = _age().fullmatch(said)
    number = read_number(found["number"]) if found else None
    if found is None or number is None:
        return None
    bound = -1 if found["under"] or found["under_after"] else 1 if found["over"] or found["over_after"] else 0
    is_bare = not (found["aged"] or found["years"] or found["months"] or bound)
    return Age(number // 12 if found["months"] else number, is_bare, is_exact, bound)


def _without_about(said: str) -> tuple[str, bool]:
    left = plain(_about().sub(" ", said, count=1)).lstrip("~ ")
    return left, left == said


@cache
def _about() -> re.Pattern[str]:
    about = any_of(words("about"))
    return re.compile(rf"^{about} ?| ?{about}$")


@cache
def _people() -> re.Pattern[str]:
    return re.compile(rf"(.+?) ?{any_of(words('people'))}?")


@cache
def _age() -> re.Pattern[str]:
    under, over = any_of(words("under")), any_of(words("over"))
    return re.compile(
        rf"(?P<aged>{any_of(words('aged'))} ?)?(?:(?P<under>{under} ?)|(?P<over>{over} ?))?(?P<number>.+?)"
        rf"(?: ?(?:(?P<years>{any_of(words('years'))})|(?P<months>{any_of(words('months'))})))?"
        rf"(?: ?(?:(?P<under_after>{under})|(?P<over_after>{over})))?"
    )


@cache
def _token() -> re.Pattern[str]:
    return re.compile(rf" ?({_any_word()})")


def _any_word() -> str:
    return any_of({word for kind in _SIZES for word in numbers(kind)} | words("joining"))


def _worded(said: str) -> int | None:
    """Read a number in words: hundreds, tens and units in falling order."""
    parts, position = [], 0
    while position < len(said):
        found = _token().match(said, position)
        if found is None:
            return None
        parts.append(found[1])
        position = found.end()
    return _sum(parts)


def _sum(parts: list[str]) -> int | None:
    total, unit, size, is_joined = 0, 0, 1000, False
    for word in parts:
        kind, worth = _worth(word)
        if not kind:
            is_joined = total > 0 and not is_joined and not unit
            if not is_joined:
                return None
        elif kind == "units" and not unit and size > 1:
            unit = worth
        elif _SIZES[kind] < size and kind != "units" and (kind.startswith("times") or not unit):
            total += worth * (unit or 1) if kind.startswith("times") else worth
            unit, size, is_joined = 0, _SIZES[kind], False
        else:
            return None
    # "一百五" is 150, "trăm năm" may be either, "one hundred and" is not all of it.
    return None if (size == 100 and unit and not is_joined) or (is_joined and not unit) else total + unit or None


def _worth(word: str) -> tuple[str, int]:
    """The kind of a word and what it is worth; no kind for a word that joins."""
    return next(((kind, numbers(kind)[word]) for kind in _SIZES if word in numbers(kind)), ("", 0))
