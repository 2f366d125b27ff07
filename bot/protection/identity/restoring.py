"""Puts words back that were taken for a name or an address, or shows which they were. Pure.

Both take words with brackets in them, and the whole text as it was written.
"""

from __future__ import annotations

from bot.protection.identity.detector import POSSIBLE, find, with_marks, words_for


def holds_marks(words: str, whole: str) -> bool:
    """Whether something stands in these words only as a bracket because it may be a name or an address."""
    return any(word in words for word in _possible(whole))


def restored(words: str, whole: str) -> str:
    """Put back what may be a name or an address; identifiers stay covered."""
    for word, written in _possible(whole).items():
        words = words.replace(word, written)
    return words


def marked(words: str, whole: str) -> str:
    """The same, with marks around what was put back."""
    for word, written in _possible(whole).items():
        words = words.replace(word, f"«{written}»")
    return words


def _possible(whole: str) -> dict[str, str]:
    found = with_marks(whole, find(whole))
    words = zip(found, words_for(found), strict=True)
    return {word: whole[one.start : one.end] for one, word in words if one.kind in POSSIBLE}
