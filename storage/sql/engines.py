"""How engines are made: one to write with and one to read with, for SQLite and for PostgreSQL."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import StorageError
from storage.sql.limits import USUAL, Limits

#: `synchronous=FULL` under WAL: what was committed survives a loss of power.
#: A checkpoint writes each changed page once, however often it changed: rarer ones (40 MB of log) write less.
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=10000", "cache_size=-65536")
#: Whether a server that was cut off is still there is asked by the network too, where it can be.
_NETWORK = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,  # milliseconds
}
#: A server that is no longer the one to write to, or shuts down: the connection is of no use any more.
_LEFT = frozenset({"25006", "57P01", "57P02", "57P03"})
_SEVERAL = re.compile(
    r"^(?P<before>[^:]+://(?:[^/?@]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<after>/[^?]*)(?:\?(?P<query>.*))?$"
)
_EXAMPLE = "The key database.url must look like sqlite:///folder/file.db or postgresql://user@host/name."


def is_sqlite(url: str) -> bool:
    """Whether this URL names an SQLite file. Raises `StorageError` for what is no database URL of ours."""
    parts = parts_of(url)
    backend = parts.get_backend_name()
    if backend not in ("sqlite", "postgresql") or parts.database in (None, "", ":memory:"):
        raise StorageError(_EXAMPLE)
    return backend == "sqlite"


def parts_of(url: str) -> URL:
    """Read a URL; several hosts may stand in it as PostgreSQL's own programs take them: ``user@one:5432,two/name``."""
    several = _SEVERAL.match(url)
    if several:
        hosts = "&".join(f"host={host}" for host in several["hosts"].split(","))
        rest = f"&{several['query']}" if several["query"] else ""
        url = f"{several['before']}{several['after']}?{hosts}{rest}"
    try:
        return make_url(url)
    except ArgumentError:
        raise StorageError(_EXAMPLE) from None


def writing_engine(url: str, owner: str = "", limits: Limits = USUAL) -> Engine:
    """The engine for everything that changes something: one connection at a time. What it deletes is overwritten."""
    if not is_sqlite(url):
        return _postgres(url, owner, "BEGIN", limits)
    _make_for_owner_only(url)
    return _sqlite(url, "BEGIN IMMEDIATE", limits, "secure_delete=ON")


def reading_engine(url: str, owner: str = "", limits: Limits = USUAL) -> Engine:
    """The engine for reads: each transaction sees one moment, and none can write."""
    if is_sqlite(url):
        return _sqlite(url, "BEGIN", limits, "query_only=ON")
    return _postgres(url, owner, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", limits)


def with_limits(engine: Engine, limits: Limits | None) -> Engine:
    """The same engine for transactions that have limits of their own; None: a server begins none at all."""
    return engine.execution_options(limits=limits)


def _sqlite(url: str, begin: str, limits: Limits, *pragmas: str) -> Engine:
    """An engine whose transactions begin as told, at once and not with the first write."""
    engine = create_engine(url, hide_parameters=True, max_overflow=20)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={limits.lock * 1000:.0f}").close()
        _switch_to_wal(connection, limits.lock)
        for pragma in (*_PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def connecting(named: Mapping[str, Any], owner: str, limits: Limits) -> dict[str, Any]:
    """Add to what a URL says of a server how it is connected to, unless the URL says so itself."""
    several = {"target_session_attrs": "read-write"} if "," in str(named.get("host", "")) else {}
    usual = {"connect_timeout": round(limits.connect), "application_name": f"casebridge {owner}".strip()}
    return {**_NETWORK, **usual, **several, **named}


def _make_for_owner_only(url: str) -> None:
    """Make the file before SQLite does, which asks the umask; the files beside it get the permissions of this one."""
    with suppress(OSError):  # said in its own words when the file is opened
        Path(str(parts_of(url).database)).touch(mode=0o600)


def _switch_to_wal(connection: Any, seconds: float) -> None:
    """Two programs may open a new file at once; the switch does not wait for the other, so it is tried again."""
    for _ in range(int(seconds * 20)):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.05)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL").close()


def _postgres(url: str, owner: str, kind: str, limits: Limits) -> Engine:
    if find_spec("psycopg") is None:
        raise StorageError("PostgreSQL needs one more package: pip install 'casebridge[postgres]'.")
    from storage.sql.patience import PatientConnection

    engine = create_engine(
        parts_of(url).set(drivername="postgresql+psycopg"),
        paramstyle="format",
        hide_parameters=True,
        max_overflow=20,
        pool_timeout=limits.lock,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, words: Any, named: dict[str, Any]) -> PatientConnection:
        connection = PatientConnection.connect(*words, **connecting(named, owner, limits), autocommit=True)
        connection.look_for_a_pooler(limits)
        return connection

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        patient: Any = connection.connection.driver_connection
        its_own = connection.get_execution_options().get("limits", limits)
        if its_own is not None:
            connection.exec_driver_sql(patient.begin(kind, its_own))

    @event.listens_for(engine, "handle_error")
    def _leave(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) in _LEFT:
            context.is_disconnect = True

    return engine
