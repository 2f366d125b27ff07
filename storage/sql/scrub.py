"""How the files of a database are made to hold nothing of what was let go."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine

from bot.domain.errors import StorageError
from storage.sealed import SEALED_TABLES
from storage.sql.engines import with_limits

#: Tables that lose content.
_TABLES = tuple(table.name for table in SEALED_TABLES)
_TRIES = 25
_PAUSE = 0.2  #: seconds


def scrub(engine: Engine) -> None:
    """Write the file of SQLite anew and empty its log; let PostgreSQL clear its dead rows.

    `secure_delete` overwrites what is deleted where it stands, but not copies that were left behind when pages were
    split: only a file written anew holds none. Raises `StorageError` when a reader kept the log from being emptied.
    """
    if engine.dialect.name == "sqlite":
        _scrub_sqlite(engine)
    else:
        with with_limits(engine, None).connect() as connection:  # outside a transaction, as VACUUM wants it
            connection.exec_driver_sql(f"VACUUM {', '.join(_TABLES)}")


def _scrub_sqlite(engine: Engine) -> None:
    pooled = engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection  # outside a transaction, as VACUUM wants it
        connection.execute("VACUUM").close()
        for _ in range(_TRIES):
            is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not is_busy:
                return
            time.sleep(_PAUSE)
    except sqlite3.Error:
        raise StorageError(
            "The file of the database could not be written anew: somebody else writes, or there is no room for a copy."
        ) from None
    finally:
        pooled.close()
    raise StorageError("The log of the database could not be emptied, because somebody reads all the time.")
