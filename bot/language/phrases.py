"""Phrases found in running words of any writing. Pure.

A star ends the beginning of a word, three points stand for up to three words. Words of a writing with gaps between
them are found whole, others anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.folding import fold

_SPACED = re.compile(r"[0-9a-z\u00c0-\u024f\u1e00-\u1eff'&]")
_GAP = r"(?:[^\s.,;]+ ){0,3}?"


def comparable(text: str) -> str:
    """Make running words comparable, with the marks between them."""
    return " ".join(fold(text).casefold().split())


def either(phrases: Iterable[str]) -> str:
    """Write a pattern that matches any of these phrases, the longest first; nothing where there are none."""
    found = sorted({comparable(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase))
    spaced = "|".join(_written(phrase) for phrase in found if _SPACED.match(phrase))
    joined_up = "|".join(_written(phrase) for phrase in found if not _SPACED.match(phrase))
    # What stands before a word is looked at once for all of them: that is what makes it fast.
    parts = ([rf"(?<![\w'])(?:{spaced})(?![\w'])"] if spaced else []) + ([joined_up] if joined_up else [])
    return "|".join(parts) or r"(?!)"


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Find any of these phrases in comparable words."""
    return re.compile(either(phrases))


def _written(phrase: str) -> str:
    words = [_GAP if word == "..." else re.escape(word).replace(r"\*", r"\w*") + " " for word in phrase.split()]
    return "".join(words).removesuffix(" ")
