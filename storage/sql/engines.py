"""How engines are made: one to write with and one to read with, for SQLite and for PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import StorageError

#: `synchronous=FULL` under WAL: what was committed survives a loss of power.
#: A checkpoint writes each changed page once, however often it changed: rarer ones (40 MB of log) write less.
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=10000", "cache_size=-65536")
_BUSY_SECONDS = 5
_CONNECT_SECONDS = 10
_EXAMPLE = "The key database.url must look like sqlite:///folder/file.db or postgresql://user@host/name."


def is_sqlite(url: str) -> bool:
    """Whether this URL names an SQLite file. Raises `StorageError` for what is no database URL of ours."""
    try:
        parts = make_url(url)
    except ArgumentError:
        raise StorageError(_EXAMPLE) from None
    backend = parts.get_backend_name()
    if backend not in ("sqlite", "postgresql") or parts.database in (None, "", ":memory:"):
        raise StorageError(_EXAMPLE)
    return backend == "sqlite"


def writing_engine(url: str, owner: str = "") -> Engine:
    """The engine for everything that changes something: one connection at a time. What it deletes is overwritten."""
    if not is_sqlite(url):
        return _postgres(url, owner)
    _make_for_owner_only(url)
    return _sqlite(url, "BEGIN IMMEDIATE", "secure_delete=ON")


def reading_engine(url: str, owner: str = "") -> Engine:
    """The engine for reads: each transaction sees one moment, and none can write."""
    if is_sqlite(url):
        return _sqlite(url, "BEGIN", "query_only=ON")
    engine = _postgres(url, owner)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite(url: str, begin: str, *pragmas: str) -> Engine:
    """An engine whose transactions begin as told, at once and not with the first write."""
    engine = create_engine(url, hide_parameters=True, max_overflow=20)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}").close()
        _switch_to_wal(connection)
        for pragma in (*_PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _make_for_owner_only(url: str) -> None:
    """Make the file before SQLite does, which asks the umask; the files beside it get the permissions of this one."""
    with suppress(OSError):  # said in its own words when the file is opened
        Path(str(make_url(url).database)).touch(mode=0o600)


def _switch_to_wal(connection: Any) -> None:
    """Two programs may open a new file at once; the switch does not wait for the other, so it is tried again."""
    for _ in range(_BUSY_SECONDS * 20):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL").close()


def _postgres(url: str, owner: str) -> Engine:
    if find_spec("psycopg") is None:
        raise StorageError("PostgreSQL needs one more package: pip install 'casebridge[postgres]'.")
    connect = {"connect_timeout": _CONNECT_SECONDS, "application_name": f"casebridge {owner}".strip()}
    driver = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(driver, paramstyle="format", hide_parameters=True, max_overflow=20, connect_args=connect)
