"""How the databases keep browsers that are pushed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, delete, select, update

from bot.domain.errors import SealBroken
from bot.domain.push import SUBSCRIPTIONS_EACH, Subscription
from bot.protection.sealing import Vault
from storage.rows.messenger_state import subscription_of, subscription_row
from storage.sql.statements import Statements, T

log = structlog.get_logger(__name__)


def add(connection: Connection, statements: Statements, vault: Vault, subscription: Subscription) -> None:
    """Keep a browser, and of its person's no more than a few."""
    connection.execute(statements.upsert("push_subscriptions"), subscription_row(vault, subscription))
    table = T["push_subscriptions"]
    theirs = select(table.c.endpoint_hash).where(table.c.person_id == subscription.person_id)
    newest_first = theirs.order_by(table.c.created_at.desc(), table.c.endpoint_hash)
    left = list(connection.execute(newest_first).scalars())[SUBSCRIPTIONS_EACH:]
    connection.execute(delete(table).where(table.c.endpoint_hash.in_(left)))


def of_people(connection: Connection, vault: Vault, people: Sequence[int]) -> list[Subscription]:
    """The browsers of these people; one that does not open keeps nobody else's from being told."""
    table = T["push_subscriptions"]
    theirs = select(table).where(table.c.person_id.in_(people))
    found: list[Subscription] = []
    for row in connection.execute(theirs.order_by(table.c.created_at.desc(), table.c.endpoint_hash)).mappings():
        try:
            found.append(subscription_of(vault, row))
        except SealBroken as error:
            log.error("A browser that is pushed to cannot be opened.", person_id=row["person_id"], error=str(error))  # noqa: TRY400
    return found


def note_ok(connection: Connection, endpoint_hash: str, now: datetime) -> None:
    """Note that its push service took something."""
    table = T["push_subscriptions"]
    connection.execute(update(table).where(table.c.endpoint_hash == endpoint_hash).values(last_ok_at=now))


def drop(connection: Connection, endpoint_hash: str, person_id: int | None) -> None:
    """Forget a browser."""
    table = T["push_subscriptions"]
    gone = delete(table).where(table.c.endpoint_hash == endpoint_hash)
    connection.execute(gone if person_id is None else gone.where(table.c.person_id == person_id))
