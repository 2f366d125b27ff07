"""When the database fails, a person is told in one sentence, nothing is half-written, and it goes on afterwards."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

import storage
from bot.domain.errors import StorageError
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from storage.sql.engines import writing_engine
from storage.sql.store import SqlStorage
from tests.kit.engines import Kept, empty, on_database, sqlite_in
from tests.kit.keys import VAULT
from tests.kit.values import case, conversation, entry, inbound, inbox, message, opening, person

SECRET = "locked in a flat in Nanchang"


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Kept]:
    async with on_database(sqlite_in(tmp_path)) as kept:
        yield kept


@pytest.fixture
async def on_server(postgres: str) -> AsyncIterator[Kept]:
    empty(postgres)
    async with on_database(postgres) as kept:
        yield kept


def _whole_turn(size: int = 1) -> Turn:
    return opening(
        case(),
        inbox=inbox(inbound(SECRET * size, raw=b"x" * size)),
        journal=(entry(),),
        outgoing=(message(text=SECRET),),
        people=(person(),),
    )


async def _assert_nothing_of(kept: Kept, turn: Turn) -> None:
    assert turn.inbox is not None
    loaded = await kept.storage.load(Wanted(seen=(turn.inbox.message.key,), cases=(turn.cases[0].id,)))
    assert not loaded.seen
    assert not loaded.cases
    assert await kept.storage.chains() == []
    assert not (await kept.storage.directory()).people


async def _fails(kept: Kept, turn: Turn) -> str:
    with pytest.raises(StorageError) as failed:
        await kept.storage.apply([turn])
    sentence = str(failed.value)
    assert SECRET not in sentence
    assert "INSERT" not in sentence
    assert failed.value.__cause__ is None
    await _assert_nothing_of(kept, turn)
    return sentence


def _pragma(kept: Kept, setting: str) -> int:
    """Read or plant a setting in the writer's own connection."""
    assert isinstance(kept.storage, SqlStorage)
    connection = kept.storage._writer.raw_connection()
    found = connection.cursor().execute(f"PRAGMA {setting}").fetchone()
    connection.close()
    return int(found[0]) if found else 0


async def test_a_full_disk_stores_nothing_and_it_goes_on_when_there_is_room(sqlite: Kept) -> None:
    _pragma(sqlite, f"max_page_count = {_pragma(sqlite, 'page_count') + 3}")
    turn = _whole_turn(100_000)
    assert "no room left" in await _fails(sqlite, turn)
    _pragma(sqlite, f"max_page_count = {1 << 30}")
    await sqlite.storage.apply([turn])
    assert (await sqlite.storage.load(Wanted(cases=(turn.cases[0].id,)))).cases


async def test_a_database_that_another_program_holds_is_named_and_waited_for(sqlite: Kept, tmp_path: Path) -> None:
    _pragma(sqlite, "busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "casebridge.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    turn = _whole_turn()
    assert "locked" in await _fails(sqlite, turn)
    other.execute("ROLLBACK")
    other.close()
    await sqlite.storage.apply([turn])
    assert await sqlite.storage.chains() == ["KC"]


async def test_a_database_that_may_not_be_written_to_is_named(sqlite: Kept) -> None:
    _pragma(sqlite, "query_only = ON")
    turn = _whole_turn()
    assert "may not be written" in await _fails(sqlite, turn)
    _pragma(sqlite, "query_only = OFF")
    await sqlite.storage.apply([turn])
    assert await sqlite.storage.chains() == ["KC"]


@pytest.mark.parametrize("table", ["deadlines", "journal", "outbox", "conversations"])
async def test_a_case_whose_clock_record_or_messages_cannot_be_stored_is_not_stored_either(
    sqlite: Kept, tmp_path: Path, table: str
) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "casebridge.db")) as database, database:
        database.execute(
            f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'this table is broken'); END"
        )
    turn = replace(_whole_turn(), conversations=(conversation(),))
    await _fails(sqlite, turn)
    with contextlib.closing(sqlite3.connect(tmp_path / "casebridge.db")) as database, database:
        database.execute("DROP TRIGGER broken")
    await sqlite.storage.apply([turn])
    (stored,) = (await sqlite.storage.load(Wanted(cases=(turn.cases[0].id,)))).cases.values()
    assert all(deadline.is_running for deadline in stored.deadlines)


async def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are my notes, not a database" * 100)
    with pytest.raises(StorageError, match="not a database of this program"):
        storage.schema_state(f"sqlite:///{tmp_path}/notes.db")
    with pytest.raises(StorageError, match="not a database of this program"):
        storage.migrate(f"sqlite:///{tmp_path}/notes.db", VAULT)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="folder"):
        storage.migrate(f"sqlite:///{tmp_path}/file/casebridge.db", VAULT)


async def test_a_row_that_cannot_be_stored_is_refused_without_its_content(sqlite: Kept) -> None:
    naive = sqlite.now.replace(tzinfo=None)
    turn = opening(case(opened_at=naive), inbox=inbox(inbound(SECRET)), journal=(entry(),))
    assert "does not fit" in await _fails(sqlite, turn)


def _kill_connections(url: str) -> None:
    engine = writing_engine(url)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'casebridge bridge'"
    with engine.begin() as connection:
        connection.execute(text(others))
    engine.dispose()


@pytest.mark.postgres
async def test_when_the_server_drops_idle_connections_nobody_notices(on_server: Kept, postgres: str) -> None:
    await on_server.storage.apply([Turn(inbox=inbox())])
    assert await on_server.storage.is_ready()
    _kill_connections(postgres)
    turn = _whole_turn()
    await on_server.storage.apply([turn])
    assert await on_server.storage.chains() == ["KC"]
    assert await on_server.storage.is_ready()


@pytest.mark.postgres
async def test_a_row_that_does_not_fit_is_refused_without_its_content(on_server: Kept) -> None:
    stored, turn = person(), _whole_turn()
    orphan = Turn(people=(stored,), outgoing=(message("x", id=5), message("y", id=5)))
    with pytest.raises(StorageError, match="does not fit") as failed:
        await on_server.storage.apply([turn, orphan])
    assert failed.value.__cause__ is None
    await _assert_nothing_of(on_server, turn)


def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(StorageError, match="cannot be reached"):
        storage.schema_state("postgresql://nobody@127.0.0.1:1/none")
