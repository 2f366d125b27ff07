"""SQLite storage: one file, one writer, readers that never wait for it."""

from __future__ import annotations

from storage.sql.store import SqlStorage


class SqliteStorage(SqlStorage):
    """Storage in an SQLite file of one machine."""

    by_database = False
