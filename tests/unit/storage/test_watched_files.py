"""Which file of a database went, however it went."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from storage.watched_files import WatchedFiles

#: How a log begins.
LOG = bytes.fromhex("377f0682002de218") + bytes(4000)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    for end in ("", "-shm"):
        (tmp_path / f"bridge.db{end}").write_bytes(b"content")
    (tmp_path / "bridge.db-wal").write_bytes(LOG)
    return tmp_path / "bridge.db"


def test_nothing_is_missing_while_all_are_there_and_the_log_is_emptied_now_and_then(database: Path) -> None:
    files = WatchedFiles(database)
    database.with_name("bridge.db-wal").write_bytes(b"")
    database.write_bytes(b"more content")
    assert not files.lost()


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_what_is_removed_is_named_until_it_is_put_back(database: Path, end: str) -> None:
    files, file = WatchedFiles(database), database.with_name(f"bridge.db{end}")
    aside = file.rename(database.with_name("aside"))
    assert files.lost() == file.name
    aside.rename(file)
    assert not files.lost()


def test_another_file_in_its_place_or_an_emptied_one_is_named(database: Path) -> None:
    files = WatchedFiles(database)
    copy = database.with_name("copy")
    copy.write_bytes(database.read_bytes())
    kept = database.rename(database.with_name("kept"))
    copy.rename(database)
    assert files.lost() == "bridge.db"
    kept.rename(database)
    database.write_bytes(b"")
    assert files.lost() == "bridge.db"


def test_a_log_that_comes_later_is_watched_from_then_on(database: Path) -> None:
    log = database.with_name("bridge.db-wal")
    log.unlink()
    files = WatchedFiles(database)
    log.write_bytes(LOG)
    assert not files.lost()
    log.unlink()
    assert files.lost() == "bridge.db-wal"


def test_sqlite_may_empty_its_log_and_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "bridge.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE words (word TEXT)")
        files = WatchedFiles(file)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("INSERT INTO words VALUES ('one')")
        assert not files.lost()
        database.execute("PRAGMA wal_checkpoint(RESTART)")
        database.execute("INSERT INTO words VALUES ('two')")
        assert not files.lost()
        os.truncate(tmp_path / "bridge.db-wal", 0)
        database.execute("INSERT INTO words VALUES ('three')")
        assert files.lost() == "bridge.db-wal"
