"""Which file of a database went, however it went."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.watched_files import WatchedFiles


@pytest.fixture
def database(tmp_path: Path) -> Path:
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"bridge.db{end}").write_bytes(b"content")
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
    log.write_bytes(b"content")
    assert not files.lost()
    log.unlink()
    assert files.lost() == "bridge.db-wal"
