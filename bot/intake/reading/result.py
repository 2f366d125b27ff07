"""What comes of reading a typed answer: understood, to be confirmed, or unclear. Never a guess."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import Value


@dataclass(frozen=True, slots=True)
class Read:
    """Understood."""

    value: Value
    shown: str = ""  #: as a person reads it, when it differs from what was typed


@dataclass(frozen=True, slots=True)
class Confirm:
    """Understood, but to be shown back and confirmed before it is stored."""

    value: Value
    shown: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood; the sentence says what would be, with an example."""

    sentence: str


@dataclass(frozen=True, slots=True)
class OutsidePurpose(Unclear):
    """Understood, and outside the purpose of the bridge; the sentence says so."""

    code: str


Reading = Read | Confirm | Unclear
