"""A look at a database from outside of the bridge, also from another machine: without keys, and without a write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.domain.audit import Sighted
from bot.domain.verify_journal import Head
from storage.schema import require_head
from storage.sql.audit import sighted
from storage.sql.engine_threads import transact
from storage.sql.engines import is_sqlite, reading_engine
from storage.sql.kept_by_name import database_time


def look_at(url: str, clock: Callable[[], datetime], seen: Mapping[str, Head]) -> Sighted:
    """Look at what must hold, by the time that the bridge goes by. Raises only `StorageError`."""
    require_head(url)
    by_database = not is_sqlite(url)
    engine = reading_engine(url, "audit")
    try:
        return transact(
            engine,
            lambda connection: sighted(
                connection, database_time(connection) if by_database else clock(), by_database, seen
            ),
        )
    finally:
        engine.dispose()
