"""The words that people type, of all languages at once: officers mix them. Pure after loading.

Each language has a file of the same keys in `bot/data/words/`, English every one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from bot.data.reader import data
from bot.language.normalise import plain

LANGUAGES = ("en", "km", "vi", "zh")
_LETTER = r"[^\W\d_]"
_SPACED = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]", re.IGNORECASE)


@cache
def _files() -> tuple[Mapping[str, Any], ...]:
    return tuple(data(f"words/{language}") for language in LANGUAGES)


@cache
def words(kind: str) -> frozenset[str]:
    """All words of a kind, made comparable."""
    return frozenset(plain(word) or word for each in _files() for word in each[kind])


@cache
def numbers(kind: str) -> Mapping[str, int]:
    """What each word of a kind of number is worth."""
    return {plain(word): worth for each in _files() for word, worth in each[kind].items()}


@cache
def named(kind: str) -> Mapping[str, tuple[str, ...]]:
    """The words for each name of a kind, as they are written: `countries`, `times`."""
    found: dict[str, tuple[str, ...]] = {}
    for each in _files():
        for name, typed in each[kind].items():
            found[name] = (*found.get(name, ()), *typed)
    return found


@cache
def of_choice(field: str, code: str) -> tuple[str, ...]:
    """Further words for a choice of a question, as they are written."""
    return tuple(word for each in _files() for word in each["choices"].get(field, {}).get(code, ()))


def any_of(known: Iterable[str]) -> str:
    """Write a pattern that finds any of these words, the longest first.

    A word of a script with spaces does not stand within a longer one.
    """
    longest = sorted(known, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in longest if _SPACED.match(word))
    others = [re.escape(word) for word in longest if not _SPACED.match(word)]
    return "(?:" + "|".join([rf"(?<!{_LETTER})(?:{spaced})(?!{_LETTER})"] * bool(spaced) + others) + ")"
