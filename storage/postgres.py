"""PostgreSQL storage, for any number of nodes."""

from __future__ import annotations

from storage.sql.store import SqlStorage


class PostgresStorage(SqlStorage):
    """Storage on a PostgreSQL server, whose clock tells the leases of all nodes."""

    by_database = True
