"""Typed words, made comparable. Pure; nothing here decides what an answer means."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.language.folding import fold

#: Controls that storage refuses or that turn a line around on screen. Joiners stay: Khmer needs them.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FIGURES = 19  #: of the largest id
_LONGEST_NUMBER = 60  #: signs, the marks around it too; nothing longer is looked at
#: Between two words only: the sign of "-3" stays.
_BETWEEN = re.compile(r"(?<=\w)[\s_\-]+(?=\w)")
#: Scripts that put no space between words: where one stands, it says nothing.
_UNSPACED = r"[\u1780-\u17d3\u3400-\u9fff]"
_NEEDLESS = re.compile(rf"(?<={_UNSPACED}) (?={_UNSPACED})")
#: Marks that say nothing before and after words. A point or comma before a figure does.
_BEFORE = re.compile(r"""^(?:[\s"'(\[{*!;:]|[.,](?!\d))+""")
_AFTER = " .!,;:\"')]}*~"


def clean(text: str) -> str:
    """Drop control characters and lone surrogates, keep line breaks, compose accents, trim."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def whole_number(text: str) -> int | None:
    """Read typed figures of any script (``25``, ``២៥``, ``①``); None for anything else, or too many of them."""
    may_be = len(text) <= _LONGEST_NUMBER and any(map(str.isnumeric, text))
    figures = plain(text) if may_be else ""
    return int(figures) if figures.isdecimal() and len(figures) <= _FIGURES else None


def plain(text: str) -> str:
    """Make typed words comparable: folded, no case, one space between words, no marks around them.

    A question mark stays: who writes ``yes?`` is not sure.
    """
    return unmarked(spaced(_BETWEEN.sub(" ", fold(clean(text)).casefold()).replace("_", " ")))


def unmarked(text: str) -> str:
    """Take off the marks that say nothing, before and after."""
    return _BEFORE.sub("", text).rstrip(_AFTER)


def spaced(text: str) -> str:
    """Put one space between words, and none where the script has none."""
    return _NEEDLESS.sub("", " ".join(text.split()))


@lru_cache(4096)  # the words that people write are few
def bare(text: str) -> str:
    """Make names comparable: as `plain`, without accents, brackets and other marks, or a leading "the"."""
    letters = unicodedata.normalize("NFKD", plain(text).replace("đ", "d"))
    kept = "".join(
        c
        if c.isalnum() or unicodedata.category(c) == "Mc"
        else ""
        if unicodedata.category(c) == "Mn" or c in ".'"
        else " "
        for c in letters
    )
    return " ".join(kept.split()).removeprefix("the ")


#: Signs that take room and show nothing, though they count as letters or symbols.
_UNSEEN = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe0e\ufe0f")


def is_blank(text: str) -> bool:
    """Whether nothing in a text can be seen: blanks, joiners and marks of direction only."""
    return all(c in _UNSEEN or unicodedata.category(c) in ("Cc", "Cf", "Zs", "Zl", "Zp") for c in text)
