"""One of several nodes: its process, its own way to the database, and its own clock."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from tests.kit.processes import ended, listening, spawn
from tests.kit.running import Setup
from tests.kit.way import Way

_STARTS = 10
_QUIET = 1.0  #: seconds in which a node asks its database something
_TRIES = 100  #: to meet a node inside a transaction
_INSIDE = text(
    "SELECT count(*) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid WHERE a.usename = :name"
    " AND a.state = 'idle in transaction' AND l.relation = 'chain_heads'::regclass AND l.mode = 'RowExclusiveLock'"
)


@dataclass
class Node:
    """A node; each is a user of its own to the database, so that it is known there."""

    number: int
    setup: Setup
    way: Way
    server: str  #: the database's URL without any way
    process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> Path:
        return self.setup.folder / "output.txt"

    @property
    def _clock(self) -> Path:
        return self.setup.folder / "clock"

    async def start(self) -> None:
        """Start it, again and again as a supervisor does while there is no database, and wait until it answers."""
        command = ["-m", "bot", "run", "--config", str(self.setup.file)]
        for _ in range(_STARTS):
            self.process = spawn(command, self.output, variables=self._variables())
            with contextlib.suppress(RuntimeError):
                return await listening(self.process, self.setup.port)
        raise AssertionError(f"node {self.number} does not run:\n{self.output.read_text('utf-8')}")

    def _variables(self) -> dict[str, str]:
        if not self._clock.exists():
            return {}
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_CACHE_DURATION": "1",
        }

    def set_clock(self, seconds: int) -> None:
        """Let its clock go so far ahead of the machine's."""
        new = self._clock.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._clock)

    def signal(self, number: signal.Signals) -> None:
        """Send its process a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def kill(self) -> None:
        """Kill it."""
        if self.process is not None:
            self.process.kill()
            await asyncio.to_thread(self.process.wait)

    async def stop_inside(self) -> bool:
        """Stop it while it is inside a transaction and holds a chain of the record; whether that was met.

        It is stopped when it has just asked something, so that the answer finds it inside.
        """
        for _ in range(_TRIES):
            self.way.heard.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.way.heard.wait(), _QUIET)
            self.signal(signal.SIGSTOP)
            if await asyncio.to_thread(self._is_inside):
                return True
            self.signal(signal.SIGCONT)
        return False

    def _is_inside(self) -> bool:
        try:
            with asking(self.server) as connection:
                return bool(connection.scalar(_INSIDE, {"name": name_of(self.number)}))
        except DBAPIError:  # the database is down
            return False

    async def end(self) -> int:
        """Ask it to stop, and say how it ended."""
        assert self.process is not None
        self.process.terminate()
        return await ended(self.process)


@contextlib.contextmanager
def asking(url: str) -> Iterator[Connection]:
    """Ask the database, past all nodes."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def name_of(node: int) -> str:
    """What a node is called at the database."""
    return f"node{node}"
