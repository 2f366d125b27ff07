"""Which schema a database has, and how it gets this program's."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.closed_sets import for_each
from bot.domain.errors import SchemaMismatch, StorageError
from bot.protection.sealing import Vault
from storage.sql.checks import check_keys, noted_keys
from storage.sql.engines import is_sqlite, parts_of, reading_engine, writing_engine
from storage.sql.errors import storage_error
from storage.sql.limits import USUAL
from storage.sql.statements import T

#: Any number that nobody else on the server locks.
_LOCK = 0x5CA5EB1D
_SERVES = "serves:"  #: before the version of a program that can work with this database
_MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaState(StrEnum):
    """How a database's schema relates to this program."""

    HEAD = "head"  #: it is this program's
    OLDER = "older"
    NEWER = "newer"  #: or of another program: its version is not among ours
    BESIDE = "beside"  #: newer, but all that came since was added: this program can work beside its successor
    EMPTY = "empty"  #: there is none yet


_WORK = frozenset({SchemaState.HEAD, SchemaState.BESIDE})
_REMEDIES = for_each(
    SchemaState,
    {
        SchemaState.OLDER: "The database is older than this program: run `casebridge migrate`.",
        SchemaState.NEWER: "The database was made by a newer program: use a newer program.",
        SchemaState.EMPTY: "The database has no tables yet: run `casebridge migrate`.",
    },
    but={SchemaState.HEAD, SchemaState.BESIDE},
)


_DONE = for_each(
    SchemaState,
    {
        SchemaState.EMPTY: "The database was made at version {}.",
        SchemaState.OLDER: "The database was brought to version {}.",
        SchemaState.HEAD: "The database is at version {} already; nothing was changed.",
        SchemaState.BESIDE: "The database is newer than version {}, which can go on with it; nothing was changed.",
    },
    but={SchemaState.NEWER},
)


def schema_state(url: str) -> SchemaState:
    """Compare a database with this program, without changing it. Raises `StorageError` when it cannot be read."""
    if _is_missing_file(url):
        return SchemaState.EMPTY
    engine = reading_engine(url, limits=USUAL.for_long)
    try:
        with engine.connect() as connection:
            return _state_of(connection)
    except SQLAlchemyError as error:
        raise storage_error(error) from None
    finally:
        engine.dispose()


def keys_of(url: str) -> frozenset[str]:
    """The ids of the keys that a database is sealed with. Raises `StorageError` when it cannot be read."""
    if _is_missing_file(url):
        return frozenset()
    engine = reading_engine(url, limits=USUAL.for_long)
    try:
        with engine.connect() as connection:
            return noted_keys(connection)
    except SQLAlchemyError as error:
        raise storage_error(error) from None
    finally:
        engine.dispose()


def require_head(url: str) -> None:
    """Raise `SchemaMismatch` with the remedy unless the schema is this program's."""
    state = schema_state(url)
    if state not in _WORK:
        raise SchemaMismatch(_REMEDIES[state])


def can_work(connection: Connection) -> bool:
    """Whether this program can work with a database as it is now."""
    return _state_of(connection) in _WORK


def migrate(url: str, vault: Vault) -> str:
    """Bring a database to this program's schema, making an SQLite file where there is none. Says what was done.

    Raises `SchemaMismatch` for a newer database and `StorageError` when it cannot be written.
    """
    _make_folder(url)
    engine = writing_engine(url, limits=USUAL.for_long)
    try:
        state = _migrate(engine, vault)
    except SQLAlchemyError as error:
        raise storage_error(error) from None
    finally:
        engine.dispose()
    return _DONE[state].format(head())


def _migrate(engine: Engine, vault: Vault) -> SchemaState:
    """Change the schema in one transaction; returns how it was before."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # one node at a time; SQLite has one writer anyway
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            # Whoever waits for a whole table lets all others wait behind it: better fail, and be called again.
            connection.execute(select(func.set_config("lock_timeout", f"{USUAL.lock * 1000:.0f}ms", True)))
        state = _state_of(connection)
        if state is SchemaState.NEWER:
            raise SchemaMismatch(_REMEDIES[state])
        if state not in _WORK:
            if noted_keys(connection):
                check_keys(connection, vault)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _note_served(connection)
            check_keys(connection, vault)
    return state


def _state_of(connection: Connection) -> SchemaState:
    current = version_of(connection)
    if current is None:
        return SchemaState.EMPTY
    if current == head():
        return SchemaState.HEAD
    if current in _versions():
        return SchemaState.OLDER
    served = select(T["meta"].c.key).where(T["meta"].c.key == f"{_SERVES}{head()}")
    return SchemaState.NEWER if connection.execute(served).first() is None else SchemaState.BESIDE


def _note_served(connection: Connection) -> None:
    """Let running programs go on whose version differs by additions only."""
    meta = T["meta"]
    connection.execute(delete(meta).where(meta.c.key.startswith(_SERVES)))
    for version in _served():
        connection.execute(insert(meta), {"key": f"{_SERVES}{version}", "value": 1})


def _served() -> Iterator[str]:
    for later, earlier in pairwise(_scripts().walk_revisions()):
        if not getattr(later.module, "is_addition", False):
            return
        yield earlier.revision


def version_of(connection: Connection) -> str | None:
    """The version that the database says it has."""
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def knows(version: str) -> bool:
    """Whether a database of this version can be brought to this program's."""
    return version in _versions()


@cache
def _versions() -> frozenset[str]:
    return frozenset(revision.revision for revision in _scripts().walk_revisions())


@cache
def head() -> str:
    """The version of this program's schema."""
    return str(_scripts().get_current_head())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _file_of(url: str) -> Path | None:
    name = parts_of(url).database
    return Path(name) if is_sqlite(url) and name else None


def _is_missing_file(url: str) -> bool:
    file = _file_of(url)
    return file is not None and not file.exists()


def _make_folder(url: str) -> None:
    file = _file_of(url)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise StorageError(
            f"The folder {file.parent} for the database cannot be made: check its permissions."
        ) from None
