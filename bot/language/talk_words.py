"""Words of a conversation that mean the same in every question, in all languages at once. Pure after loading."""

from __future__ import annotations

from bot.data.reader import by_language
from bot.language.normalise import plain

_TALK = by_language("talk")
_MARKS = tuple(mark for words in _TALK.values() for mark in words["question_marks"])


def _all(meaning: str) -> tuple[str, ...]:
    found = {plain(word) for words in _TALK.values() for word in words[meaning]}
    return tuple(sorted(found, key=len, reverse=True))


_TAKE_OUT = _all("take_out")
_DONE, _EDIT, _LATER = (frozenset(_all(meaning)) for meaning in ("done", "edit", "later"))


def is_done(text: str) -> bool:
    """Whether somebody says that they have chosen all they want."""
    return plain(text) in _DONE


def is_bare_edit(text: str) -> bool:
    """Whether somebody wants to change an answer and does not say which."""
    return plain(text) in _EDIT


def is_later(text: str) -> bool:
    """Whether somebody leaves what they are asked for to others, or to another time."""
    return plain(text) in _LATER


def taken_out(text: str) -> str:
    """What somebody wants taken out of their choices (``not interpreter``); empty for anything else."""
    typed = plain(text)
    word = next((word for word in _TAKE_OUT if typed.startswith(f"{word} ")), "")
    return typed.removeprefix(word).strip() if word else ""


def asks(text: str) -> bool:
    """Whether words ask something."""
    return text.rstrip().endswith(_MARKS)
