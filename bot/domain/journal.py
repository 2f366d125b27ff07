"""The journal: append-only entries in hash chains, one a corridor and one for acts without a case. Pure.

Each entry hashes a salted digest of its details, so that purging the details keeps the chain valid. The hashes are
computed in `verify_journal`, which also checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.domain.verify_journal import (
    Row,
    digest_details,
    hash_row,
)

#: The chain of acts without a case.
NO_CASE = "-"
#: Stands for stored details that cannot be read any more; no digest of ours is over this.
UNREADABLE: Mapping[str, object] = {"": "unreadable"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, before it has its place in the chain."""

    id: int
    chain: str  #: corridor code, or ``-`` for acts without a case
    at: datetime
    actor: str  #: ``person:12``, ``clock``, ``cli:NAME``, ``stranger``
    act: str
    case_id: int | None = None
    address: str = ""  #: from where
    details: Mapping[str, object] | None = field(default_factory=dict)  #: None: purged
    salt: str = ""  #: random hex, made with the entry; goes with the details, else short ones could be guessed

    @property
    def told(self) -> Mapping[str, object]:
        """The details; none when they were purged."""
        return self.details or {}


class Filed(Protocol):
    """What an entry may be about: a case, or as much of it as the journal needs."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def corridor(self) -> str:
        """Whose chain the entry belongs to."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in its place: `sequence` counts from 1 in each chain."""

    entry: Entry
    sequence: int
    previous: str
    digest: str  #: salted digest of the details
    hash: str


def link(entry: Entry, sequence: int, previous: str) -> Link:
    """Put an entry behind the previous hash."""
    digest = digest_details(entry.told, entry.salt)
    return Link(entry, sequence, previous, digest, hash_of(entry, sequence, previous, digest))


def hash_of(entry: Entry, sequence: int, previous: str, digest: str) -> str:
    """SHA-256 over everything but the details themselves, as hex."""
    return hash_row(row_of(Link(entry, sequence, previous, digest, "")))


def row_of(link: Link) -> Row:
    """Write an entry as it is hashed and exported."""
    entry = link.entry
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return Row(
        entry.id,
        entry.chain,
        link.sequence,
        at,
        entry.actor,
        entry.act,
        entry.case_id,
        entry.address,
        entry.details,
        entry.salt,
        link.previous,
        link.digest,
        link.hash,
    )
