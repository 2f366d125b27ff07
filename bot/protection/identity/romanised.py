"""Writes a part of a name in Latin letters, roughly as it sounds: Khmer, Thai, Lao, Burmese. Pure; only for comparing.

Which letter is which stands in `bot/data/name_sounds/`, a file for each language. Whether a letter without a vowel sign
is heard with a vowel only a dictionary says; here its place does, and who compares makes less of vowels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from bot.data.reader import data

#: The signs of each writing, first and last, and the file of its language.
_WRITINGS = (
    ("\u0e00", "\u0e7f", "th"),
    ("\u0e80", "\u0eff", "lo"),
    ("\u1000", "\u109f", "my"),
    ("\u1780", "\u17ff", "km"),
)
#: Tones and shortenings; Burmese has one of them inside of endings too.
_TONES = re.compile("[\u0e47-\u0e4b\u0ec8-\u0ecb\u17cb\u17cf\u17d1\u1038]|\u1037(?!\u103a)")
_VOWELS = frozenset("aeiouy")
_PURE = tuple("aeiou")
_SONORANTS = frozenset("nmyrlv")  #: what is sounded on; it takes the series of a consonant right before it


def is_romanised(text: str) -> bool:
    """Whether a word begins in a writing that has a table here."""
    return _language(text) != ""


def romanised(text: str) -> str:
    """Write one word in Latin letters; what the table of its writing does not know is left out."""
    letters = _letters(_language(text))
    units = letters.units(_TONES.sub("", text))
    reading = _Reading(letters)
    for at, unit in enumerate(units):
        following = units[at + 1] if at + 1 < len(units) else ""
        reading.add(unit, following, bare=letters.bare(units[at:]))
    return "".join(reading.sounds)


def _language(text: str) -> str:
    return next((language for first, last, language in _WRITINGS if first <= text[:1] <= last), "")


@dataclass(frozen=True, slots=True)
class _Letters:
    """The table of one language, as its file has it."""

    note: str
    consonants: dict[str, str]
    low: str
    finals: dict[str, str]
    vowels: dict[str, str]
    vowels_low: dict[str, str]
    up: str
    down: str
    below: str
    before: str
    medials: str
    silent: str
    inherent: str
    inherent_low: str
    words: dict[str, str]

    def units(self, text: str) -> list[str]:
        """Split a word into signs, or several that are read as one, in the order in which they are heard."""
        consonant = f"[{''.join(self.consonants)}]"
        words = "|".join(map(re.escape, self.words)) or "(?!)"
        if self.before:
            text = re.sub(f"([{self.before}])({consonant})", r"\2\1", text)
        if self.silent:
            text = re.sub(f"({words})|{consonant}[\u0e34\u0e38]?[{self.silent}]", lambda found: found[1] or "", text)
        known = sorted((*self.words, *self.vowels, *self.consonants, *self.up, *self.down), key=len, reverse=True)
        below = f"{self.below}{consonant}|" if self.below else ""
        return re.findall(below + "|".join(map(re.escape, known)), text)

    def bare(self, units: list[str]) -> int:
        """Count the consonants without a vowel sign at the beginning."""
        is_bare = (
            unit in self.consonants and not self.is_joined(unit) and not self.is_vowel(following)
            for unit, following in zip(units, [*units[1:], ""], strict=True)
        )
        return sum(1 for _ in takewhile(bool, is_bare))

    def is_vowel(self, unit: str) -> bool:
        """Whether a sign is the vowel of the consonant before it, or says of which series that is."""
        sound = self.words.get(unit) or self.consonants.get(unit, "")
        return unit in self.vowels or (unit != "" and unit in self.up + self.down) or sound[:1] in _PURE

    def is_joined(self, unit: str) -> bool:
        """Whether a sign goes on the consonant before it, without a vowel between."""
        return unit != "" and (unit in self.medials or (self.below != "" and unit[0] == self.below))


class _Reading:
    """What was read of a word so far."""

    def __init__(self, letters: _Letters) -> None:
        self.sounds: list[str] = []
        self._letters = letters
        self._is_low = False  # the series that the next vowel is of
        self._is_open = False  # the syllable has its vowel, and no end
        self._is_bare = False  # a consonant of its own series, without a vowel sign, came last

    def add(self, unit: str, following: str, *, bare: int) -> None:
        """Add a sign, and the vowel that none says; of bare consonants in a row two and two make a syllable."""
        letters = self._letters
        if unit in letters.words:
            self._say(letters.words[unit])
        elif unit in letters.vowels:
            vowels = letters.vowels_low if self._is_low else {}
            self._say(vowels.get(unit, letters.vowels[unit]))
        elif letters.is_joined(unit):
            self._join(unit, following)
        elif unit in letters.up + letters.down:
            self._is_low = unit in letters.down
        else:
            self._consonant(unit, following, bare)

    def _say(self, sound: str) -> None:
        self.sounds.append(sound)
        self._is_open, self._is_bare = sound[-1:] in _VOWELS, False

    def _join(self, unit: str, following: str) -> None:
        if following or unit in self._letters.medials:
            self.sounds.append(self._letters.consonants[unit[-1]])
            self._is_open, self._is_bare = False, False
            self._without_vowel(following)

    def _consonant(self, unit: str, following: str, bare: int) -> None:
        sound = self._letters.consonants[unit]
        if not (self._is_bare and sound in _SONORANTS):
            self._is_low = unit in self._letters.low
        self._is_bare = sound not in _SONORANTS and bare > 0
        ends = self._is_open and bare % 2 == 1
        self.sounds.append(self._letters.finals.get(unit, sound) if ends else sound)
        self._is_open = sound[-1:] in _VOWELS
        if not ends:
            self._without_vowel(following)

    def _without_vowel(self, following: str) -> None:
        """Say the vowel of a consonant that carries no sign of one."""
        is_said = self._letters.is_vowel(following) or self._letters.is_joined(following)
        if not is_said and not self._is_open:
            letters = self._letters
            self.sounds.append(letters.inherent_low if self._is_low else letters.inherent)
            self._is_open = True


@lru_cache(maxsize=8)
def _letters(language: str) -> _Letters:
    table = data(f"name_sounds/{language}")
    return _Letters(**{name: table[name] for name in _Letters.__slots__})
