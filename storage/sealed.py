"""Which columns of which tables are sealed, and how their values are written: the one list of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.verify_journal import canonical
from bot.protection.sealing import Vault


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with sealed columns. Each value is sealed to ``table:key:column``; NULL and nothing are not sealed."""

    name: str
    key: str = "id"  #: its primary key, one column
    columns: tuple[str, ...] = ("sealed",)


#: A new table with sensitive columns gets a line here; rotation, the scrub and the tests go by this list.
SEALED_TABLES = (
    SealedTable("answers"),
    SealedTable("attachments"),
    SealedTable("conversations", key="person_id"),
    SealedTable("english"),
    SealedTable("export_orders"),
    SealedTable("handoffs"),
    SealedTable("inbox", columns=("sealed", "raw", "sealed_reply")),
    SealedTable("invites"),
    SealedTable("journal"),
    SealedTable("outbox"),
    SealedTable("people"),
    SealedTable("plans"),
    SealedTable("push_subscriptions", key="endpoint_hash"),
    SealedTable("referrals"),
    SealedTable("secure_entries"),
    SealedTable("texts"),
    SealedTable("tokens", key="name"),
)


def place(table: str, key: object, column: str = "sealed") -> str:
    """Name the one place that a value is sealed to."""
    return f"{table}:{key}:{column}"


def seal(vault: Vault, table: str, key: object, values: Mapping[str, object]) -> bytes:
    """Seal the sensitive values of a row."""
    return vault.seal(canonical(values).encode(), place(table, key))


def unseal(vault: Vault, table: str, key: object, sealed: bytes | None) -> dict[str, Any]:
    """Open the sensitive values of a row; none when they were purged. Raises `SealBroken`."""
    if sealed is None:
        return {}
    values: dict[str, Any] = json.loads(vault.open(sealed, place(table, key)))
    return values


def seal_bytes(vault: Vault, table: str, key: object, column: str, plain: bytes) -> bytes:
    """Seal a column that holds one value; nothing stays nothing."""
    return vault.seal(plain, place(table, key, column)) if plain else b""


def unseal_bytes(vault: Vault, table: str, key: object, column: str, sealed: bytes | None) -> bytes:
    """Open a column that holds one value. Raises `SealBroken`."""
    return vault.open(sealed, place(table, key, column)) if sealed else b""
