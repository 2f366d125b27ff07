"""What a button's data says, and how it is written within 64 bytes. Pure.

    a.<case>.<stage>.<act>[.<argument>]   an act on a case, shown at that stage
    f.<case>.<field>.<choice>             an answer to an intake question
    c.<word>[.<argument>]                 anything about the conversation (which case, confirm, send ...)

Numbers are in base 36.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 13  #: digits of the largest id
LIMIT = 64  #: bytes, Telegram's; the smallest of all messengers with buttons


@dataclass(frozen=True, slots=True)
class ActTap:
    """An act on a case, as it stood at `stage`."""

    case_id: int
    stage: int
    act: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceTap:
    """An answer to a question of an intake: the choice's code, or a word like ``done``."""

    case_id: int
    field: str
    choice: str


@dataclass(frozen=True, slots=True)
class WordTap:
    """Something about the conversation, not about one question."""

    word: str
    argument: str = ""


Promise = ActTap | ChoiceTap | WordTap


def write(promise: Promise) -> str:
    """Write button data; raises ValueError past 64 bytes, which no vocabulary of ours reaches."""
    match promise:
        case ActTap(case_id, stage, act, argument):
            parts = ["a", to_base36(case_id), to_base36(stage), act, argument]
        case ChoiceTap(case_id, field, choice):
            parts = ["f", to_base36(case_id), field, choice]
        case WordTap(word, argument):
            parts = ["c", word, argument]
    data = ".".join(parts).rstrip(".")
    if len(data.encode()) > LIMIT:
        raise ValueError(f"button data is over {LIMIT} bytes")
    return data


def parse(data: str) -> Promise | None:
    """Read button data; None for what is not ours."""
    kind, *parts = data.split(".", 4)
    try:
        match kind, parts:
            case "a", [case, stage, act, *argument]:
                return ActTap(_number(case), _number(stage), act, argument[0] if argument else "")
            case "f", [case, field, choice]:
                return ChoiceTap(_number(case), field, choice)
            case "c", [word, *argument]:
                return WordTap(word, ".".join(argument))
    except ValueError:
        pass
    return None


def from_base36(text: str) -> int | None:
    """Read a number as `to_base36` writes it; None for what is none, or larger than any id."""
    try:
        return _number(text)
    except ValueError:
        return None


def _number(text: str) -> int:
    if not text or len(text) > _LONGEST or not set(text) <= set(_DIGITS):
        raise ValueError("not a number of ours")
    number = int(text, 36)
    if number >= 1 << 63:
        raise ValueError("larger than any id")
    return number


@lru_cache(4096)  # the same few cases, once for each of their buttons
def to_base36(number: int) -> str:
    """Write a non-negative number in base 36."""
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits
