"""What the core asks of storage to let go of what is kept no longer. Contracts, part of the `Storage` port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.case import Case
from bot.domain.journal import Entry
from bot.domain.retention_rules import Cutoffs


@dataclass(frozen=True, slots=True)
class Purge:
    """One short transaction that lets go of rows of a case."""

    case_id: int
    version: int  #: of the case that this was decided on
    is_whole: bool  #: the case goes with all its rows; else only free texts and what identifies somebody
    record: Entry  #: of act ``purged``; counts are added to its details
    limit: int  #: rows at most
    free_fields: tuple[str, ...] = ()  #: fields whose answers go
    kept_acts: frozenset[str] = frozenset()  #: acts whose details stay in the journal
    is_first: bool = True  #: recorded even when there was nothing to let go of


@dataclass(frozen=True, slots=True)
class Purged:
    """What went, or would go."""

    rows: Mapping[str, int] = field(default_factory=dict)  #: by table, only where there were any
    is_done: bool = True  #: False: the limit was reached and there is more
    version: int = 0  #: of the case now; 0 when it is gone


class Retains(Protocol):
    """What lets go. All methods but `scrub` are short transactions that hold other writers up for a moment only."""

    async def purgeable(self, cutoffs: Cutoffs, *, limit: int, after: int = 0) -> list[Case]:
        """List cases of which something is due by these moments, by id, those on hold too, with ids above `after`."""

    async def purge(self, order: Purge) -> Purged:
        """Let go of up to `limit` rows of a case, and record it in its chain; when all went the case is marked so.

        Journal entries lose details and salts, digests and hashes stay; the record accounts for them with ``case``
        and ``entries`` in its details, and for the other rows with ``rows``. Rows of the outbox that still waited are
        dropped. Raises `Stale` when the case moved or is on hold; nothing is written then.
        """

    async def would_purge(self, order: Purge) -> Purged:
        """Count what `purge` would let go of without a limit, and change nothing."""

    async def unassigned(self, before: datetime) -> int:
        """Count messages and answers about no case from before a moment whose content is still kept."""

    async def purge_unassigned(self, before: datetime, record: Entry, limit: int) -> int:
        """Let go of the content of up to `limit` of these, and of what waits in conversations not moved since then.

        Records the number as ``count``; nothing is written when there was nothing. Returns the number.
        """

    async def unneeded(self, contents: Sequence[str], now: datetime) -> list[str]:
        """Name those of these contents of files, by SHA-256, that no row names.

        None while a file is just being fetched, since its content may be kept already and its row not yet.
        """

    async def forget_person(self, person_id: int, name: str, record: Entry) -> None:
        """Put another name in the place of a person's everywhere, and end their bindings and their conversation."""

    async def scrub(self) -> None:
        """Let the files of the database hold nothing of what was let go; may hold writers up meanwhile."""
