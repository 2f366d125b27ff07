"""The words that announce a name or an address in words, of all languages together: what `data/` has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category, normalize

from bot.data.reader import data, languages
from bot.language.folding import Folded, traced

_FOLDER = "names_and_streets"
_JOINED_UP = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u4e00-\u9fff"  #: writings without spaces between words
_LANGUAGES = tuple(data(f"{_FOLDER}/{language}") for language in languages(_FOLDER))
_UNSEEN = frozenset({"Cf", "Me"})


def words(part: str) -> tuple[str, ...]:
    """List the words of a part, the longest first."""
    found = {_plain(word) for spoken in _LANGUAGES for word in spoken[part]}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def either(found: Iterable[str]) -> str:
    """Write a pattern that matches one of these words, as a whole where the writing has spaces."""
    return "|".join(
        re.escape(word).replace(r"\ ", r"\s+") + ("" if is_joined_up(word) else r"(?!\w)") for word in found
    )


def is_joined_up(word: str) -> bool:
    """Whether a word is of a writing that puts no space between words."""
    return re.match(f"[{_JOINED_UP}]", word) is not None


def lower(text: str) -> Folded:
    """Make a text plain as `fold` does, but with the accents that tell one word from another."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)), text)
    return traced(text, _sign)


@lru_cache(maxsize=4096)
def _sign(sign: str) -> str:
    return "" if category(sign) in _UNSEEN else _plain(sign)


def _plain(text: str) -> str:
    return normalize("NFKC", text).lower()
