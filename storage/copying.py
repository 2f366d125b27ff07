"""Copies of a whole database while others go on writing, and putting such a copy into an empty place."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import StorageError
from bot.record.atomic_files import sync, sync_folder
from storage import postgres_tools
from storage.sql.engines import is_sqlite, reading_engine
from storage.sql.errors import storage_error

_PAGES = 1024  #: copied in one step
_BESIDE = ("-wal", "-shm", "-journal")  #: what SQLite keeps beside a file


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL."""
    return Path(str(make_url(url).database)) if is_sqlite(url) else None


def url_of(file: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{file}"


def copy_database(url: str, target: Path, advance: Callable[[int], object]) -> bool:
    """Copy the database as of one moment, for its owner only; False where there is no tool to do it.

    Raises `StorageError` when it cannot be read, is damaged, or the copy finds no room.
    """
    source = file_of(url)
    target.touch(mode=0o600)
    if source is None:
        return postgres_tools.dump(url, target)
    if not source.exists():
        raise StorageError("The database has no tables yet: there is nothing to back up.")
    with _told():
        _copy(source, target, advance)
    settle(target)
    return True


def _copy(source: Path, target: Path, advance: Callable[[int], object]) -> None:
    """Copy page by page within one transaction that reads.

    Without that, each commit of another connection makes the copy begin anew; with it, it is of one moment, and in WAL
    mode nobody waits for it.
    """
    with _opened(source) as live, _opened(target) as copy:
        size: int = live.execute("PRAGMA page_size").fetchone()[0]
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        done = 0

        def step(_status: int, remaining: int, total: int) -> None:
            nonlocal done
            advance((total - remaining - done) * size)
            done = total - remaining

        live.backup(copy, pages=_PAGES, progress=step)
        live.execute("ROLLBACK")


def settle(file: Path) -> None:
    """Make one file of a copy, with no log beside it, and let SQLite look whether it is whole."""
    with _told(), _opened(file) as copy:
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()
        if [str(row[0]) for row in copy.execute("PRAGMA integrity_check(1)")] != ["ok"]:
            raise sqlite3.DatabaseError("malformed")


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise storage_error(SQLAlchemyError(str(error))) from None


def _opened(file: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=5))


def require_empty(url: str) -> None:
    """Raise `StorageError` unless there is nothing yet where a database is to be put."""
    file = file_of(url)
    if file is not None:
        there = [path for path in (file, *(file.with_name(file.name + end) for end in _BESIDE)) if path.exists()]
        if there:
            raise StorageError(f"There is a database already: {there[0]}. Restore into an empty place only.")
    elif _tables(url):
        raise StorageError("There are tables already in the database. Restore into an empty one only.")


def _tables(url: str) -> list[str]:
    engine = reading_engine(url)
    try:
        with engine.connect() as connection:
            return inspect(connection).get_table_names()
    except SQLAlchemyError as error:
        raise storage_error(error) from None
    finally:
        engine.dispose()


def load(url: str, copy: Path) -> str:
    """Bring a copy to where it can be looked at, and say its address there; no bridge takes it for a database yet."""
    if file_of(url) is not None:
        settle(copy)
        return url_of(copy)
    postgres_tools.load(url, copy)
    return url


def put_in_place(url: str, copy: Path) -> None:
    """Put a copy that was loaded and marked where the database belongs, in one step."""
    file = file_of(url)
    if file is None:
        return
    settle(copy)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_empty(url)
    if copy.stat().st_dev != file.parent.stat().st_dev:  # a file moves in one step on one disk only
        copy = Path(shutil.copyfile(copy, file.with_name(f".{file.name}.restoring")))
    sync(copy)
    copy.rename(file)
    sync_folder(file.parent)
