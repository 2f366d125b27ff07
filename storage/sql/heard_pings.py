"""How many pings each recipient had of late, and what gathers the rest of them; for all nodes together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, text

from bot.domain.heard_pings import GATHERED, HeardPings
from bot.domain.ids import first_at
from bot.domain.messages import Priority
from bot.protection.sealing import Vault
from storage.rows.messages import outgoing_of
from storage.sql.leaving import is_untouched
from storage.sql.statements import T

#: Word for word as the partial index has it, else SQLite does not use it.
_ARE_PINGS = text("kind = 'ping'")


def heard_pings(connection: Connection, vault: Vault, since: Sequence[datetime]) -> dict[str, HeardPings]:
    """Count since the earliest of these moments, by recipient."""
    if not since:
        return {}
    after = {"after": first_at(min(since))}
    counted = {recipient: HeardPings(count) for recipient, count in connection.execute(_counted(), after)}
    for row in connection.execute(_gathered(), after).mappings():
        count = counted[row["recipient"]].count
        counted[row["recipient"]] = HeardPings(count, outgoing_of(vault, row), is_taken=not is_untouched(row))
    return counted


def _heard() -> Any:
    outbox = T["outbox"].c
    is_needed = and_(outbox.priority > int(Priority.U1), outbox.state != "dropped", outbox.dedupe_key.not_like("%>%"))
    return and_(_ARE_PINGS, outbox.id >= bindparam("after"), is_needed)


@cache
def _counted() -> Any:
    recipient = T["outbox"].c.recipient
    return select(recipient, func.count()).where(_heard()).group_by(recipient)


@cache
def _gathered() -> Any:
    outbox = T["outbox"]
    return select(outbox).where(_heard(), outbox.c.dedupe_key.like(f"{GATHERED}%")).order_by(outbox.c.id)
