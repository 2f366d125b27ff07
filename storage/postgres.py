"""PostgreSQL storage, for any number of nodes."""

from __future__ import annotations

from collections.abc import Callable

from storage.sql.store import SqlStorage
from storage.sql.waking import listen


class PostgresStorage(SqlStorage):
    """Storage on a PostgreSQL server, whose clock tells the leases of all nodes."""

    by_database = True

    async def listen(self, wake: Callable[[], None]) -> None:
        await listen(self._writer, self._owner, self._limits, wake)
