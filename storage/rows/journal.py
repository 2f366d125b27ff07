"""The journal, to rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import RowMapping

from bot.domain.errors import SealBroken
from bot.domain.journal import UNREADABLE, Entry, Link
from bot.protection.sealing import Vault
from storage.rows.cases import RowDict
from storage.sealed import seal, unseal


def link_row(link: Link, secret: bytes | None) -> RowDict:
    """A journal entry in its place, with what is sealed of it."""
    entry = link.entry
    return {
        "id": entry.id,
        "chain": entry.chain,
        "sequence": link.sequence,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "case_id": entry.case_id,
        "address": entry.address,
        "sealed": secret,
        "previous": link.previous,
        "digest": link.digest,
        "hash": link.hash,
    }


def link_of(vault: Vault, row: RowMapping) -> Link:
    """A journal entry in its place; without details and salt when these were purged."""
    details, salt = _opened_secret(vault, row)
    entry = Entry(
        id=row["id"],
        chain=row["chain"],
        at=_moment_of(row["at"]),
        actor=row["actor"],
        act=row["act"],
        case_id=row["case_id"],
        address=row["address"],
        details=details,
        salt=salt,
    )
    # SQLite keeps whatever somebody writes past us: a place that is no number is no place of ours.
    sequence = row["sequence"] if isinstance(row["sequence"], int) else 0
    return Link(entry, sequence, row["previous"], row["digest"], row["hash"])


def secret_of(vault: Vault, entry: Entry) -> bytes | None:
    """The details with their salt: with the salt in the open, short details could be guessed from their digest."""
    if entry.details is None:
        return None
    return seal(vault, "journal", entry.id, {"details": entry.details, "salt": entry.salt})


def _opened_secret(vault: Vault, row: RowMapping) -> tuple[Mapping[str, object] | None, str]:
    """Details and salt; what does not open comes back as something that no digest is over, and its check finds it."""
    if row["sealed"] is None:
        return None, ""
    try:
        secret = unseal(vault, "journal", row["id"], row["sealed"])
        return secret["details"], secret["salt"]
    except (SealBroken, KeyError, TypeError):
        return UNREADABLE, ""


def _moment_of(value: datetime | str) -> datetime:
    """The moment, which a check of the journal reads as text; one that cannot be read fails that check."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
