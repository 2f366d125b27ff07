"""Everything that is kept: one port, three implementations. Table rows never leave this package."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports import Blind, Storage
    from storage.schema import SchemaState


def open_storage(
    url: str, *, clock: Callable[[], datetime], owner: str = "bridge", blind: Blind | None = None
) -> Storage:
    """Choose a storage by its URL; `start` opens it.

    `owner` names this process to whoever looks at the server. Without `blind` no secure case can be searched.
    """
    from storage.postgres import PostgresStorage
    from storage.sql.engines import is_sqlite
    from storage.sqlite import SqliteStorage

    kind = SqliteStorage if is_sqlite(url) else PostgresStorage
    return kind(url, clock=clock, owner=owner, blind=blind)


def migrate(url: str) -> str:
    """Bring a database to this program's schema and say in one sentence what was done."""
    from storage.schema import migrate

    return migrate(url)


def schema_state(url: str) -> SchemaState:
    """Say whether a database's schema is this program's (``head``), ``older``, ``newer`` or ``empty``."""
    from storage.schema import schema_state

    return schema_state(url)
