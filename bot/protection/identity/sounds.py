"""How a part of a name sounds, by its Latin letters, which each country and each clerk uses in another way. Pure.

"Sokh" and "Sok", "Thida" and "Thyda", "Hsiao" and "Xiao" sound alike here; so do a few names that nobody confuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.language.nearness import closeness

#: What each consonant may be written with, the longest first.
_CONSONANTS = {
    "c": "chh|tch|ch|tj|zh|tsz|ts|j|q|z|c(?=[ei])",
    "s": "sh|hs|x|s",
    "p": "ph|p|b",
    "f": "f",
    "t": "th|ht|dh|t|d",
    "n": "nh|ny(?=[aeiou])|gn|ng|n|l(?![aeiouy])",
    "k": "kh|gh|k|g|c",
    "m": "m",
    "r": "r(?=[aeiouy])",
    "l": "l",
    "y": "(?<![^aeiou])y(?=[aeiou])",
    "w": "[wv](?=[aeiouy])",
    "h": "(?<![aeiou])h(?=[aeiouyw])|(?<=[aeiou])h(?=[aeiou])",
}
_UNIT = re.compile(
    "|".join(f"(?P<{sound}>{spelled})" for sound, spelled in _CONSONANTS.items())
    + "|(?P<vowel>[aeiouy](?:[aeiouy]|[wv](?![aeiouy]))*)|."
)
_TWICE = re.compile(r"([b-df-hj-np-tv-xz])\1+")
_INSIDE = re.compile(r"(?<=[a-z])ng(?=[aeiou])")  #: jian-guo
_OPEN, _FRONT = "a", "eiy"
#: How much each counts: consonants, whether vowels are open, front or back, and the letters as they are written.
_CONSONANTS_COUNT, _VOWELS_COUNT, _LETTERS_COUNT = 0.55, 0.25, 0.2
_TYPED_LONG = 5  #: letters of a word in which one may be a slip
_SLIP = 0.85  #: how alike a slip leaves it at least


@dataclass(frozen=True, slots=True, repr=False)  # no trace of a name in a traceback
class Sound:
    """What is compared of a part of a name."""

    consonants: str
    vowels: str
    letters: str

    @property
    def is_heard(self) -> bool:
        """Whether its writing could be read."""
        return bool(self.consonants or self.vowels)

    def __add__(self, other: Sound) -> Sound:
        return Sound(self.consonants + other.consonants, self.vowels + other.vowels, self.letters + other.letters)


def sound(part: str) -> Sound:
    """Say how a word in small Latin letters without marks sounds."""
    consonants, vowels, before = "", "", ""
    for found in _UNIT.finditer(_INSIDE.sub("nk", _TWICE.sub(r"\1", part))):
        kind = found.lastgroup
        if kind is None:  # not heard
            continue
        if kind == "vowel":
            vowels += _vowel(found[0])
        elif kind != before:
            consonants += kind
        before = kind
    return Sound(consonants, vowels, part)


def likeness_of_parts(one: Sound, other: Sound) -> float:
    """Say how alike two parts of names are, from 0 to 1."""
    letters = closeness(one.letters, other.letters)
    if letters == 1 or not one.is_heard or not other.is_heard:
        return letters
    heard = _CONSONANTS_COUNT * closeness(one.consonants, other.consonants) + _LETTERS_COUNT * letters
    heard += _VOWELS_COUNT * closeness(one.vowels, other.vowels)
    return max(heard, _SLIP) if heard < _SLIP and _is_slip(one.letters, other.letters, letters) else heard


def _is_slip(one: str, other: str, alike: float) -> bool:
    """Whether one letter is missing, too many or has changed places; another letter may be another name."""
    longest = max(len(one), len(other))
    is_kept = len(one) != len(other) or sorted(one) == sorted(other)
    return longest >= _TYPED_LONG and is_kept and round((1 - alike) * longest) == 1


def _vowel(letters: str) -> str:
    first = letters.lstrip("y")[:1] or "y"
    if first in _FRONT:
        return "e"
    return "a" if first == _OPEN else "o"
