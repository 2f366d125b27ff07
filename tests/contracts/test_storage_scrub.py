"""What was let go is left nowhere: not in a row, not in a page of the file, not in its log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

import storage
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding
from bot.ports.storage import Storage
from bot.record.journal_check import verify
from storage.sealed import SEALED_TABLES, place
from storage.sql.engines import reading_engine
from storage.sql.statements import SCHEMA
from tests.contracts.closed_case import SECRET, closed_case, order_for
from tests.kit.clock import Clock
from tests.kit.engines import sqlite_in
from tests.kit.keys import VAULT
from tests.kit.sealed import files_with, tails
from tests.kit.values import inbound, inbox


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[tuple[Storage, Path]]:
    kept = storage.open_storage(sqlite_in(tmp_path), clock=Clock(), vault=VAULT)
    await kept.start()
    yield kept, tmp_path
    await kept.stop()


@pytest.mark.parametrize("is_whole", [False, True])
async def test_after_a_purge_no_file_of_the_database_holds_even_what_was_sealed(
    file: tuple[Storage, Path], is_whole: bool
) -> None:
    kept, folder = file
    url = f"sqlite:///{folder}/casebridge.db"
    cases = [await closed_case(kept) for _ in range(30)]
    for number in range(300):  # pages fill, split and move
        await kept.apply([Turn(inbox=inbox(inbound("x" * (number * 37 % 3000), raw=b"y" * (number * 91 % 5000))))])
    before = tails(url)
    for about in cases:
        await kept.purge(order_for(about, is_whole=is_whole))
    gone = before.keys() - tails(url).keys()
    assert {before[value] for value in gone} >= {"texts", "answers", "inbox", "outbox", "journal", "handoffs"}
    await kept.scrub()
    assert files_with(folder, before.keys() - gone)  # what stays is in the files as it is in the rows
    assert files_with(folder, gone) == set()
    assert not [said async for said in verify(kept) if isinstance(said, Finding)]


async def test_a_reader_who_is_at_it_is_waited_for_and_others_write_on_afterwards(file: tuple[Storage, Path]) -> None:
    kept, folder = file
    url = f"sqlite:///{folder}/casebridge.db"
    about = await closed_case(kept)
    before = tails(url)
    engine = reading_engine(url)
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM cases")).scalar_one()
        await kept.purge(order_for(about))
    engine.dispose()
    await kept.scrub()
    gone = before.keys() - tails(url).keys()
    assert gone
    assert files_with(folder, gone) == set()
    await closed_case(kept)


async def test_after_a_purge_no_sealed_value_of_any_table_opens_to_the_text(database: str) -> None:
    kept = storage.open_storage(database, clock=Clock(), vault=VAULT)
    await kept.start()
    about = await closed_case(kept)
    assert _tables_with_secret(database) >= {"texts", "answers", "inbox", "outbox", "journal", "handoffs"}
    await kept.purge(order_for(about))
    await kept.scrub()
    await kept.stop()
    assert _tables_with_secret(database) == set()


def _tables_with_secret(url: str) -> set[str]:
    """The tables in which this secret still is, for whoever has the key."""
    engine = reading_engine(url)
    found = set()
    with engine.connect() as connection:
        for table in SEALED_TABLES:
            for row in connection.execute(SCHEMA.tables[table.name].select()).mappings():
                values = ((column, row[column]) for column in table.columns if row[column])
                opened = [VAULT.open(value, place(table.name, row[table.key], c)) for c, value in values]
                if any(SECRET.encode() in plain for plain in opened):
                    found.add(table.name)
    engine.dispose()
    return found
