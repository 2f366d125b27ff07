"""Which known name a misspelt one is near to, how near two words are. Pure; whoever asks shows it before it counts.

Word by word, so that a word more or less ("not", "un-") is another name. Short words are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

_SHORT, _LONG = 5, 10  #: letters of a word in which two may have changed places; of one that may hold two errors
_LONGEST = 60  #: characters; nothing longer is a name


def nearest(typed: str, names: Iterable[str]) -> tuple[str, ...]:
    """List the names that comparable words are near to, the nearest only; empty when none is."""
    words = typed.split()
    if len(typed) > _LONGEST or not words or not all(_is_word(word) for word in words):
        return ()
    far = {name: errors for name in names if (errors := _errors(words, name.split())) is not None}
    fewest = min((errors for errors, is_other in far.values() if not is_other), default=0)
    near = sorted((is_other, name) for name, (errors, is_other) in far.items() if errors <= fewest)
    return tuple(name for _, name in near) if fewest else ()


def closeness(one: str, other: str) -> float:
    """Say how near two words are by the typing errors between them: 1 for the same, 0 for nothing in common."""
    return OSA.normalized_similarity(one, other)


def likeness_of_texts(one: str, other: str) -> float:
    """Say from 0 to 1 how much two comparable texts say the same, in whatever order their words are."""
    if not one or not other:
        return 0.0
    return max(fuzz.token_sort_ratio(one, other), fuzz.ratio(one, other)) / 100


def _is_word(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _errors(typed: list[str], name: list[str]) -> tuple[int, bool] | None:
    """Count the errors; also says whether it is rather another word than a misspelling: "unlocked", "rescued"."""
    if len(typed) != len(name):
        return None
    total, is_other = 0, False
    for one, other in zip(typed, name, strict=True):
        errors = _in_word(one, other)
        if errors is None:
            return None
        total += errors
        is_other = is_other or (errors > 0 and _is_another(one, other))
    return total, is_other


def _in_word(typed: str, name: str) -> int | None:
    if typed == name:
        return 0
    if _squeezed(typed) == _squeezed(name) and _is_word(name):
        return 1
    longest = max(len(typed), len(name))
    allowed = 0 if longest < _SHORT else 1 if longest < _LONG else 2
    errors = OSA.distance(typed, name, score_cutoff=allowed)
    if longest == _SHORT and sorted(typed) != sorted(name):
        return None  # "child" is no Chile
    return errors if errors <= allowed else None


def _is_another(typed: str, name: str) -> bool:
    if _squeezed(typed) == _squeezed(name):
        return False
    return typed[0] != name[0] or typed.startswith(name) or name.startswith(typed)


def _squeezed(word: str) -> str:
    return "".join(sign for sign, before in zip(word, f" {word}", strict=False) if sign != before)
