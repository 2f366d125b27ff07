"""The English version of something that somebody wrote in another language: dated, attributed, never overwritten. Pure.

The words themselves stay as they were written. A machine's draft is one too, but counts for nothing until a person
confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import SendError
from bot.domain.frozen import replace
from bot.domain.guarded import Guarded
from bot.domain.people import Role

TRIES = 6  #: of the translation program for one text; then a person must write it
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=1)
#: How long whoever wrote it has to say it in English before a machine drafts it.
WRITER_FIRST = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class English:
    """One English version of an answer or a text."""

    id: int
    case_id: int
    of: int  #: id of the answer or the text that it says in English
    text: Guarded
    at: datetime
    by: int  #: person id of who wrote or confirmed it; 0: a machine drafted it, and nobody confirmed it yet
    party: str  #: side of who wrote the original, and so of who may write this
    role: Role | None  #: theirs at that time; None for a draft
    is_machine: bool = False  #: whether a machine drafted it
    draft: int | None = None  #: id of the draft that it confirms or corrects

    @property
    def is_draft(self) -> bool:
        """Whether it is a machine's, and nobody confirmed it."""
        return not self.by


@dataclass(frozen=True, slots=True)
class InEnglish:
    """What a paper says for a free text, and whose words these are."""

    text: str
    party: str  #: side of who wrote it
    role: Role | None  #: theirs; None for an original that somebody else than the reporting officer answered
    at: datetime
    is_machine: bool = False  #: whether a machine drafted it, and a person confirmed it
    is_original: bool = False  #: whether it was written in English letters at once


class TranslationState(StrEnum):
    """How far a machine's draft has come."""

    WAITING = "waiting"
    DONE = "done"  #: drafted, or not needed any more
    PARKED = "parked"  #: given up, and somebody was told


@dataclass(frozen=True, slots=True)
class Translation:
    """That a machine is to draft the English of an answer or a text."""

    id: int  #: of the answer or the text
    case_id: int
    field: str  #: of the answer; empty for a text
    state: TranslationState = TranslationState.WAITING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    reason: str = ""  #: why the last try failed


def failed(asked: Translation, error: SendError, now: datetime) -> Translation:
    """Say that a try failed: another one comes later, or none when it is no use or was tried often enough."""
    attempts = asked.attempts + 1
    if not error.retryable or attempts >= TRIES:
        return replace(
            asked, state=TranslationState.PARKED, attempts=attempts, next_attempt_at=None, reason=error.reason
        )
    wait = min(_FIRST_WAIT * 4 ** (attempts - 1), _LONGEST_WAIT)
    after = max(wait, error.retry_after or wait)
    return replace(asked, attempts=attempts, next_attempt_at=now + after, reason=error.reason)


def settled(asked: Translation) -> Translation:
    """Say that nothing more is to be drafted."""
    return replace(asked, state=TranslationState.DONE, attempts=asked.attempts + 1, next_attempt_at=None, reason="")
