"""A database has this program's schema, or the program says what to do about it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, text

import storage
import storage.sqlite  # opened lazily elsewhere: it must not bind what a test has put in place of `head`
from bot.domain.errors import SchemaMismatch, StorageError
from storage.schema import head
from storage.sql.engines import with_limits, writing_engine
from storage.sql.statements import SCHEMA
from tests.kit.clock import Clock
from tests.kit.engines import ENGINES
from tests.kit.keys import VAULT


def _stamp(url: str, version: str) -> None:
    engine = writing_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
    engine.dispose()


async def _start(url: str) -> None:
    kept = storage.open_storage(url, clock=Clock(), vault=VAULT)
    try:
        await kept.start()
    finally:
        await kept.stop()


def test_migrations_make_exactly_the_tables_that_the_program_knows(database: str) -> None:
    engine = writing_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SCHEMA) == []
    engine.dispose()


def test_a_column_that_the_migrations_forgot_would_be_found(database: str) -> None:
    engine = writing_engine(database)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE people ADD COLUMN forgotten TEXT"))
    with engine.connect() as connection:
        (difference,) = compare_metadata(MigrationContext.configure(connection), SCHEMA)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE people DROP COLUMN forgotten"))
    engine.dispose()
    assert difference[0] == "remove_column"


def test_a_second_migration_changes_nothing_and_says_so(database: str) -> None:
    assert storage.schema_state(database) == "head"
    assert storage.migrate(database, VAULT) == f"The database is at version {head()} already; nothing was changed."


async def test_an_older_database_is_refused_with_the_command_that_mends_it(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.open_storage(
        database, clock=Clock(), vault=VAULT
    )  # all that takes `head` by name is loaded before it is another
    monkeypatch.setattr("storage.schema.head", lambda: "9999")
    assert storage.schema_state(database) == "older"
    with pytest.raises(SchemaMismatch, match="run `casebridge migrate`"):
        await _start(database)


async def test_a_newer_database_is_refused_and_never_migrated(database: str) -> None:
    _stamp(database, "from-the-future")
    try:
        assert storage.schema_state(database) == "newer"
        with pytest.raises(SchemaMismatch, match="use a newer program"):
            await _start(database)
        with pytest.raises(SchemaMismatch, match="use a newer program"):
            storage.migrate(database, VAULT)
    finally:
        _stamp(database, head())


async def test_a_database_that_does_not_exist_is_refused_and_not_made_on_the_way(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/casebridge.db"
    assert storage.schema_state(url) == "empty"
    with pytest.raises(SchemaMismatch, match="run `casebridge migrate`"):
        await _start(url)
    assert not (tmp_path / "new").exists()
    assert storage.migrate(url, VAULT) == f"The database was made at version {head()}."
    await _start(url)


async def test_readiness_notices_a_schema_that_changed_under_a_running_program(database: str) -> None:
    kept = storage.open_storage(database, clock=Clock(), vault=VAULT)
    await kept.start()
    assert await kept.is_ready()
    _stamp(database, "from-the-future")
    assert not await kept.is_ready()
    _stamp(database, head())
    assert await kept.is_ready()
    await kept.stop()
    await kept.stop()
    assert not await kept.is_ready()
    with pytest.raises(StorageError, match="closed"):
        await kept.chains()


@pytest.mark.parametrize("kind", ENGINES)
def test_two_nodes_may_migrate_a_new_database_at_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    if kind == "postgresql":
        url = _new_database(request.getfixturevalue("postgres"))
    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(storage.migrate, [url, url], [VAULT, VAULT]))
    assert ["already" in sentence for sentence in said] == [True, False]
    assert storage.schema_state(url) == "head"


def _new_database(server: str) -> str:
    engine = with_limits(writing_engine(server), None)
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE fresh"))
    engine.dispose()
    return make_url(server).set(database="fresh").render_as_string(hide_password=False)


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "casebridge.db", "", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_no_database_of_ours_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StorageError, match="postgresql://user@host/name"):
        storage.open_storage(url, clock=Clock(), vault=VAULT)


def test_sqlite_is_set_up_so_that_what_is_committed_survives_a_power_cut(tmp_path: Path) -> None:
    engine = writing_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
