"""Countries by code and by the names people write, ISO 3166-1. Pure after loading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.data.reader import data
from bot.language.nearness import nearest
from bot.language.normalise import bare, plain
from bot.language.words import any_of, named, words

#: Codes that are also English words: read in small letters only where people write them so, to be confirmed.
_WORDS = frozenset((
    "am", "and", "are", "as", "at", "be", "by", "can", "do", "id", "in", "is", "it", "me", "my", "pan", "per", "so",
    "to", "us",
))  # fmt: skip
_WRITTEN_SMALL = frozenset({"are", "id", "my", "us"})
_NEVER = frozenset({"no"})
_PREFIX = 5  #: letters that may stand for a whole name
_MOST = 0.6  #: of the letters of the name
_LONGEST = 50  #: characters; comparing takes time


@dataclass(frozen=True, slots=True)
class FoundCountry:
    """What a name may stand for."""

    codes: tuple[str, ...] = ()  #: alpha-2; none, one, or the candidates of an ambiguous name
    certain: bool = False  #: one code, and written as a code or name of ours


def _load() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    raw = data("countries")
    names = {code: each["name"] for code, each in raw["countries"].items()}
    index = {bare(name): tuple(codes) for name, codes in raw["ambiguous"].items()}
    for code, each in raw["countries"].items():
        for name in (code, each["alpha3"], each["name"], *each.get("also", ()), *named("countries").get(code, ())):
            index.setdefault(bare(name), (code,))
    return names, index


#: English short names by alpha-2 code, and every known spelling with the codes it may stand for.
NAMES, _INDEX = _load()
_LONG = tuple(name for name in _INDEX if len(name) >= _PREFIX)


def spellings(code: str) -> tuple[str, ...]:
    """List the names of a country as they are written, without its codes."""
    each = data("countries")["countries"][code]
    return (each["name"], *each.get("also", ()), *named("countries").get(code, ()))


def name(code: str) -> str:
    """Give the English short name of a code; a code that is none of ours is its own name."""
    return NAMES.get(code, code)


def find(text: str, *, nearly: bool = True) -> FoundCountry:
    """Find the country that a typed name or code stands for, misspelt ones too; never guesses between two."""
    wanted = bare(text)
    if not wanted or wanted in _NEVER:
        return FoundCountry()
    codes = _INDEX.get(wanted)
    if codes:
        is_word = wanted in _WORDS and not text.strip().isupper()
        if is_word and wanted not in _WRITTEN_SMALL:
            return FoundCountry()
        return FoundCountry(codes, certain=len(codes) == 1 and not is_word and "?" not in text)
    within = bare(_around().sub("", plain(text)))
    if len(within) > 1 and within not in _WORDS | {wanted}:
        return FoundCountry(_INDEX.get(within, ()) or (_nearly(within) if nearly else ()))
    return FoundCountry(_nearly(wanted) if nearly else ())


@cache
def _around() -> re.Pattern[str]:
    """What stands before or after the name of a country: "in", "from", a word for people of it."""
    around = any_of(words("in"))
    return re.compile(rf"^{around}|{around}$")


def _nearly(wanted: str) -> tuple[str, ...]:
    if not _PREFIX <= len(wanted) <= _LONGEST:
        return ()
    begun = [name for name in _LONG if name.startswith(wanted) and len(wanted) >= _MOST * len(name)]
    return tuple(dict.fromkeys(code for name in begun or nearest(wanted, _LONG) for code in _INDEX[name]))
