"""What the core asks of the storage to find what a case may belong to. Contracts; the storage itself is in `storage`.

Nothing here is a way out: what is found is judged by `bot.protection.matching` before anybody hears of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.guarded import Guarded
from bot.domain.likeness import Likeness, Look


@dataclass(frozen=True, slots=True)
class Sought:
    """A case, and what is looked for around it."""

    case_id: int
    officer: int
    at: datetime  #: when it was opened
    is_drill: bool
    place: tuple[str, ...]  #: keys of its place
    days: timedelta  #: how far apart two cases at one place may be
    hour: timedelta  #: how far apart two of one officer may be
    closed_since: datetime  #: what was closed before is not compared
    sides: frozenset[str]  #: of its corridor: between these two names are compared
    names: bool = False  #: whether they are


@dataclass(frozen=True, slots=True)
class Hit:
    """A case in whose secure case something stands that stands in this one too."""

    case_id: int
    by: Likeness
    only: frozenset[str] = frozenset()  #: sides in whose memos it stands; empty: each side that reads both


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A name in the secure case of a case."""

    case_id: int
    words: Guarded
    party: str = ""  #: the side in whose memo it stands


@dataclass(frozen=True, slots=True)
class Around:
    """What was found around a case. Bounded lists, the newest first."""

    hits: tuple[Hit, ...] = ()
    at_place: tuple[int, ...] = ()  #: case ids
    of_officer: tuple[int, ...] = ()  #: likewise
    first_words: Mapping[int, Guarded] = field(default_factory=dict)  #: of these of the officer, and of the case
    names: tuple[NamedIn, ...] = ()  #: of the case and of those in its corridor


class FindsAlike(Protocol):
    """Finds cases that may be one, by indexes only: it never goes through all cases."""

    async def claim_looks(self, now: datetime, limit: int, lease: timedelta) -> list[Look]:
        """Take up to `limit` cases that wait to be compared and are not leased, for `lease`. One statement."""

    async def file_place(self, case_id: int, at: datetime, keys: Sequence[str]) -> None:
        """Let a case opened at a moment be found by these keys of its place, and by no earlier ones; durable.

        Only their tokens are kept. Whoever files before they look is seen by everybody who looks after them.
        """

    async def look_around(self, sought: Sought) -> Around:
        """Find what may be one with a case, as of one moment; at most 50 cases in each list, 300 names.

        Released texts are not compared, nor what was purged.
        """
