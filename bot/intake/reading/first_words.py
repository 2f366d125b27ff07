"""What words say that nobody asked for: something happened, small talk, a command alone, or nothing certain. Pure.

The words stand in `bot/data/first_words/`, a file for each language, and are read in all of them at once: officers mix
them. Only a whole message of listed small talk is taken as such; everything else may be somebody in danger.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache, lru_cache

from bot.data.reader import data
from bot.domain.typed_commands import ABOUT_CASE, ALONE, WITH_ARGUMENT, Command
from bot.language.folding import fold

_LANGUAGES = ("en", "zh", "km", "vi")
_SMALL = ("small", "thanks", "greetings")
_LONGEST = 80  #: letters of a message that is nothing but small talk
_FIGURES = 3  #: of a number that tells nothing
_SKIN = re.compile(r"[\U0001f3fb-\U0001f3ff]")  #: the colours of a hand's skin
_LATIN = r"0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_BETWEEN_OTHERS = re.compile(rf"(?<=[^\s{_LATIN}])\s+(?=[^\s{_LATIN}])")
_ENDS_LATIN = re.compile(rf"[{_LATIN}]\Z")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_ASKED = "?"  #: a question mark of any writing, where `_fold` keeps it


class Told(StrEnum):
    """What words tell that belong to no question and no case."""

    HAPPENED = "happened"  #: something that happened to somebody: an alert
    UNSURE = "unsure"  #: perhaps: the person is asked
    THANKS = "thanks"
    GREETING = "greeting"
    SMALL = "small"  #: any other small talk


def told(text: str) -> Told:
    """Say what words tell."""
    said = _fold(text)
    kind = _kind(said) if _is_small(said) else None
    if kind is Told.SMALL or (kind is not None and not any(sign.isdecimal() for sign in text)):
        return kind  # a figure beside thanks may be an answer
    searched = _without_accents(said)
    if _found("happened", searched):
        return Told.HAPPENED
    is_doubtful = _ASKED in _fold(text, _ASKED) or _found("doubt", searched)
    return Told.HAPPENED if _found("people", searched) and not is_doubtful else Told.UNSURE


def command_alone(text: str) -> Command | None:
    """Read a message that is one command and nothing that it is about, such as "status?" or "plan please"."""
    found = _parts(_fold(text), _small_and_commands()) if len(text) <= _LONGEST else None
    named = {word for word in found or () if word in _commands()}
    name, _, rest = _commands()[named.pop()].partition(" ") if len(named) == 1 else ("", "", "")
    return Command(name, rest) if name else None


def takes_back(text: str) -> bool:
    """Whether a message says nothing but that something should stop or was wrong: "cancel", "sorry, false alarm"."""
    return _says_only(text, "stop", "withdraw")


def stops(text: str) -> bool:
    """Whether a message says nothing but that what goes on should stop: "cancel", "stop please"."""
    return _says_only(text, "stop")


def _says_only(text: str, *names: str) -> bool:
    """Whether a message is words of these lists, with nothing but small talk around them."""
    said = _fold(text) if len(text) <= _LONGEST else ""
    if _any_of(*names).search(said) is None:
        return False
    found = _parts(said, _phrases(*names, *_SMALL))
    return found is not None and not _phrases(*names).isdisjoint(found)


@cache
def _any_of(*names: str) -> re.Pattern[str]:
    """Find a phrase of these lists anywhere: most messages have none."""
    return re.compile("|".join(map(re.escape, sorted(_phrases(*names)))))


def yes_or_no(text: str) -> bool | None:
    """Read a yes or no to whether somebody is in danger; None for anything else.

    A no takes an alert back: its words are fewer than those to what is shown back.
    """
    said = _fold(text)
    is_yes, is_no = said in _phrases("yes"), said in _phrases("no")
    return None if is_yes is is_no else is_yes


def _kind(said: str) -> Told:
    found = set(_parts(said, _small()) or ())
    if found & _phrases("thanks"):
        return Told.THANKS
    return Told.GREETING if found & _phrases("greetings") else Told.SMALL


def _is_small(said: str) -> bool:
    """Whether it is nothing but small talk; a number alone may be an answer to somebody."""
    found = _parts(said, _small())
    return found is not None and not (found and all(part.isdecimal() for part in found))


@lru_cache(256)  # a message is looked at for several things
def _fold(text: str, keeping: str = "") -> str:
    """Make words comparable, beyond `fold`: no case, no marks, no gaps in writings that have none."""
    shown = fold(_SKIN.sub("", text)).casefold()
    kept = "".join(_comparable(sign, keeping) for sign in shown)
    return unicodedata.normalize("NFC", _BETWEEN_OTHERS.sub("", " ".join(kept.split())))


def _comparable(sign: str, keeping: str) -> str:
    return sign if sign in keeping or unicodedata.category(sign)[0] in "LMNS" else " "


def _without_accents(said: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFD", said)).replace("đ", "d")


def _parts(said: str, phrases: frozenset[str]) -> list[str] | None:
    """Take words apart into listed phrases, longest first; None when anything else is among them."""
    if len(said) > _LONGEST:
        return None
    longest = _length_of_longest(phrases)
    reached: dict[int, list[str]] = {0: []}
    for start in range(len(said)):
        if start not in reached:
            continue
        before = reached[start]
        if said[start] == " ":
            reached.setdefault(start + 1, before)
            continue
        for end in _ends(said, start, longest, phrases):
            reached.setdefault(end, [*before, said[start:end]])
    return reached.get(len(said))


@cache
def _length_of_longest(phrases: frozenset[str]) -> int:
    return max(map(len, phrases))


def _ends(said: str, start: int, longest: int, phrases: frozenset[str]) -> Iterator[int]:
    """Where a listed phrase, or a number of few figures, may end that begins here."""
    for end in range(min(len(said), start + longest), start, -1):
        part = said[start:end]
        is_listed = part in phrases or (part.isdecimal() and len(part) <= _FIGURES)
        if is_listed and (end == len(said) or said[end] == " " or not _ENDS_LATIN.search(part)):
            yield end


@cache
def _phrases(*names: str) -> frozenset[str]:
    listed = (data(f"first_words/{language}") for language in _LANGUAGES)
    return frozenset(_fold(phrase) for words in listed for name in names for phrase in words[name])


def _small() -> frozenset[str]:
    return _phrases(*_SMALL)


@cache
def _small_and_commands() -> frozenset[str]:
    return _small() | frozenset(_commands())


@cache
def _commands() -> dict[str, str]:
    """The commands by the words that stand for them, in any of the languages."""
    found = {name: name for name in ALONE | ABOUT_CASE | WITH_ARGUMENT}
    for language in _LANGUAGES:
        found |= {_fold(word): name for word, name in data(f"first_words/{language}")["commands"].items()}
    return found


def _found(name: str, searched: str) -> bool:
    return _pattern(name).search(searched) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Find any phrase of a list: whole words where a writing has gaps between them, anywhere where it has none."""
    phrases = sorted({_written(phrase) for phrase in _raw(name)} - {""})
    return re.compile("|".join(phrases))


def _raw(name: str) -> Iterable[str]:
    return (phrase for language in _LANGUAGES for phrase in data(f"first_words/{language}")[name])


def _written(phrase: str) -> str:
    words = [(_without_accents(_fold(word)), word.endswith("*")) for word in phrase.split()]
    pattern = " ".join(re.escape(word) + (r"\w*" if is_begun else "") for word, is_begun in words if word)
    return rf"(?<!\w){pattern}(?!\w)" if re.match(rf"[{_LATIN}]", pattern) else pattern
