"""What SQLite does to answer what a storage asks it: one line a step of each plan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event

import storage
from storage.sql.store import SqlStorage
from tests.kit.clock import Clock
from tests.kit.engines import sqlite_in
from tests.kit.keys import VAULT


@dataclass
class Explained:
    """A storage whose reads are noted, to be explained afterwards."""

    storage: SqlStorage
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def plans(self) -> list[tuple[str, str]]:
        """Each statement that was read with, on one line, and a step of its plan."""
        with self.storage._reader.connect() as connection:
            return [
                (" ".join(sql.split()), row.detail)
                for sql, values in list(self.asked)
                for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, values)
            ]


@asynccontextmanager
async def explained(folder: Path) -> AsyncIterator[Explained]:
    """An empty storage on SQLite whose reads are noted."""
    kept = storage.open_storage(sqlite_in(folder), clock=Clock(), vault=VAULT)
    assert isinstance(kept, SqlStorage)
    await kept.start()
    found = Explained(kept)
    event.listen(
        kept._reader, "before_cursor_execute", lambda _c, _x, sql, values, *_: found.asked.append((sql, values))
    )
    try:
        yield found
    finally:
        await kept.stop()
