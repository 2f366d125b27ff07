"""What was let go is left nowhere: not in a row, not in a page of the file, not in its log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

import storage
from bot.journal import Finding
from bot.ports import Storage
from bot.turn import Turn
from bot.verifying import verify
from storage.sql.engines import reading_engine
from storage.sql.statements import SCHEMA
from tests.contracts.closed_case import SECRET, closed_case, order_for
from tests.contracts.storage_engines import Clock
from tests.contracts.storage_values import inbound, inbox


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[tuple[Storage, Path]]:
    url = f"sqlite:///{tmp_path}/casebridge.db"
    storage.migrate(url)
    kept = storage.open_storage(url, clock=Clock())
    await kept.start()
    yield kept, tmp_path
    await kept.stop()


def _holds(folder: Path) -> list[str]:
    return [path.name for path in sorted(folder.iterdir()) if SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("is_whole", [False, True])
async def test_after_a_purge_no_file_of_the_database_holds_the_text(file: tuple[Storage, Path], is_whole: bool) -> None:
    kept, folder = file
    cases = [await closed_case(kept) for _ in range(30)]
    for number in range(300):  # pages fill, split and move
        await kept.apply([Turn(inbox=inbox(inbound("x" * (number * 37 % 3000), raw=b"y" * (number * 91 % 5000))))])
    assert _holds(folder)
    for about in cases:
        await kept.purge(order_for(about, is_whole=is_whole))
    await kept.scrub()
    assert _holds(folder) == []
    assert not [said async for said in verify(kept) if isinstance(said, Finding)]


async def test_a_reader_who_is_at_it_is_waited_for_and_others_write_on_afterwards(file: tuple[Storage, Path]) -> None:
    kept, folder = file
    about = await closed_case(kept)
    engine = reading_engine(f"sqlite:///{folder}/casebridge.db")
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM cases")).scalar_one()
        await kept.purge(order_for(about))
    engine.dispose()
    await kept.scrub()
    assert _holds(folder) == []
    await closed_case(kept)


async def test_after_a_purge_no_row_of_any_table_holds_the_text(database: str) -> None:
    kept = storage.open_storage(database, clock=Clock())
    await kept.start()
    about = await closed_case(kept)
    assert _tables_with_secret(database) >= {"texts", "answers", "inbox", "outbox", "journal", "handoffs"}
    await kept.purge(order_for(about))
    await kept.scrub()
    await kept.stop()
    assert _tables_with_secret(database) == set()


def _tables_with_secret(url: str) -> set[str]:
    engine = reading_engine(url)
    with engine.connect() as connection:
        rows = {name: connection.execute(table.select()).all() for name, table in SCHEMA.tables.items()}
    engine.dispose()
    return {name for name, found in rows.items() if any(SECRET in str(row) for row in found)}
