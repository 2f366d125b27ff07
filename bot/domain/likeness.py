"""Why two cases may be one matter, and what somebody said of it. Values; nothing here says that they are one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.closed_sets import for_each

#: How long a closed case is compared with new ones.
COMPARED_FOR = timedelta(days=365)
#: How long *Same* can be taken back.
TAKEN_BACK_WITHIN = timedelta(days=1)


class Likeness(StrEnum):
    """By what two cases are alike."""

    PHONE = "phone"
    DOCUMENT = "document"
    APP = "app"  #: somebody's name in an app, as WeChat's
    SPOT = "spot"  #: the exact place, in both secure cases
    NAME = "name"  #: in both secure cases, in whatever writing
    PLACE = "place"  #: city or province, kind of exploitation, time
    WORDS = "words"  #: of one officer, within the hour

    @property
    def strength(self) -> int:
        """How much it says; what points to one person or door says most."""
        return _STRENGTH[self]

    @property
    def is_identifier(self) -> bool:
        """Whether it points to one person or door, so that it is asked about again after *Different*."""
        return _STRENGTH[self] > _WEAK


_WEAK = 1
_STRENGTH = for_each(
    Likeness,
    {
        Likeness.PHONE: 3,
        Likeness.DOCUMENT: 3,
        Likeness.APP: 3,
        Likeness.SPOT: 2,
        Likeness.NAME: _WEAK,
        Likeness.PLACE: _WEAK,
        Likeness.WORDS: _WEAK,
    },
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One likeness of two cases, and who may be told of it."""

    by: Likeness
    only: str = ""  #: the one side that may know, where it stands in a memo of that side; empty: each that reads both


class Verdict(StrEnum):
    """What is said of two cases that are alike."""

    ASKED = "asked"  #: nobody said anything yet
    SAME = "same"  #: the younger one is joined to the older one
    RELATED = "related"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Match:
    """Two cases that may be one matter, or that somebody linked or told apart. One for each pair."""

    older: int  #: case id
    younger: int
    reasons: tuple[Reason, ...]
    found_at: datetime
    verdict: Verdict = Verdict.ASKED
    decided_at: datetime | None = None
    decided_by: int | None = None  #: person id
    version: int = 1  #: goes up at every write

    @property
    def pair(self) -> tuple[int, int]:
        """The older and the younger one."""
        return self.older, self.younger

    def other(self, case_id: int) -> int:
        """The one of the two that this is not."""
        return self.older if case_id == self.younger else self.younger


@dataclass(frozen=True, slots=True)
class Look:
    """That a case is to be compared with the others, because something changed by which it may be found."""

    case_id: int
    stamp: int  #: another one each time, so that a look that began before is not taken for this one
    names: bool = False  #: whether names are to be compared too


def is_news(match: Match | None, reasons: frozenset[Reason]) -> bool:
    """Whether likenesses are worth asking about: a pair is asked about once, and again where a stronger one appears."""
    if match is None:
        return True
    known = {reason.by for reason in match.reasons}
    stronger = any(reason.by.is_identifier and reason.by not in known for reason in reasons)
    return match.verdict is Verdict.DIFFERENT and stronger
