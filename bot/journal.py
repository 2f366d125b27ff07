"""The journal: append-only entries in hash chains, one a corridor and one for acts without a case. Pure.

Each entry hashes a salted digest of its details, so that purging the details keeps the chain valid.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.errors import BridgeError

#: What the first entry of a chain follows.
GENESIS = "0" * 64
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


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
    details: Mapping[str, object] = field(default_factory=dict)
    salt: str = ""  #: random hex, made with the entry


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


def digest_details(details: Mapping[str, object], salt: str) -> str:
    """SHA-256 over the salt and the canonical JSON of the details, as hex."""
    return hashlib.sha256(f"{salt}|{canonical(details)}".encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and non-ASCII kept: one text for one value."""
    return _encode(value)


def link(entry: Entry, sequence: int, previous: str) -> Link:
    """Put an entry behind the previous hash."""
    digest = digest_details(entry.details, entry.salt)
    return Link(entry, sequence, previous, digest, hash_of(entry, sequence, previous, digest))


def hash_of(entry: Entry, sequence: int, previous: str, digest: str) -> str:
    """SHA-256 over everything but the details themselves, as hex."""
    fields = [
        previous,
        entry.chain,
        sequence,
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.act,
        entry.case_id,
        entry.address,
        digest,
    ]
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


class Checker:
    """Follows one chain entry by entry, in flat memory."""

    def __init__(self, chain: str) -> None:
        """Start before the first entry."""
        self.chain = chain
        self.count = 0
        self._previous = GENESIS

    def take(self, link: Link) -> None:
        """Check the next entry. Raises `BridgeError` that names the first entry that does not fit."""
        place = f"Journal {self.chain}, entry {self.count + 1}"
        if link.sequence != self.count + 1 or link.previous != self._previous:
            raise BridgeError(f"{place}: an entry is missing, inserted or out of order here.")
        if link.digest != digest_details(link.entry.details, link.entry.salt):
            raise BridgeError(f"{place}: its details were changed.")
        if link.hash != hash_of(link.entry, link.sequence, link.previous, link.digest):
            raise BridgeError(f"{place}: it was changed.")
        self.count += 1
        self._previous = link.hash

    def done(self) -> str:
        """Say what was found, with the head for a witness."""
        return f"Journal {self.chain}: {self.count} entries, all in order. Head {self._previous}"
