"""Backups while everybody writes, killed in the middle; a bridge made of one elsewhere, killed in the middle too."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from storage import copying
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.engines import sqlite_in
from tests.kit.keys import RECIPIENT, identity_file
from tests.kit.running import Setup, Terminal, elsewhere_of, started
from tests.kit.town import DESKS, OFFICERS, Town
from tests.kit.waiting import until

MEGABYTES = 24  #: of ballast, so that a copy takes many steps


def _load(folder: Path) -> None:
    """Make a database large, as after some years."""
    with contextlib.closing(sqlite3.connect(folder / "casebridge.db")) as database, database:
        database.execute("CREATE TABLE ballast (content BLOB)")
        database.executemany("INSERT INTO ballast VALUES (?)", [(os.urandom(1 << 20),) for _ in range(MEGABYTES)])


async def _large_bridge(folder: Path) -> Setup:
    setup = Setup(folder, desks=DESKS)
    setup.write()
    await setup.enrol()
    _load(folder)
    return setup


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    return identity_file(tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Setup:
    return elsewhere_of(tmp_path, desks=DESKS)


def test_a_copy_is_of_one_moment_and_ends_though_somebody_writes_between_any_two_steps(tmp_path: Path) -> None:
    url = sqlite_in(tmp_path)
    _load(tmp_path)
    file, steps = tmp_path / "casebridge.db", 0
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE counted (number INTEGER)")

        def write(_bytes: int) -> None:
            nonlocal steps
            steps += 1
            writer.execute("INSERT INTO counted VALUES (?)", (steps,))

        copying.copy_database(url, tmp_path / "copy", write)
    assert steps > 4
    with contextlib.closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT count(*) FROM counted").fetchone() == (0,), "nothing of what came after it began"


async def test_nothing_acknowledged_before_a_backup_under_load_is_lost(
    tmp_path: Path, identity: Path, elsewhere: Setup
) -> None:
    acknowledged: list[int] = []
    async with Town.open(tmp_path, mode="webhook") as town:
        await asyncio.to_thread(_load, tmp_path)
        async with _flood(town, acknowledged):
            await until(lambda: len(acknowledged) > 50)
            before = list(acknowledged)
            file = tmp_path / "night.backup"
            await town.terminal.beside("backup", file, "--to", RECIPIENT)
            during = len(acknowledged) - len(before)
    assert during > 0, "nobody waited for the backup"
    there = Terminal(elsewhere.file)
    await there.beside("restore", file, "--identity", identity)
    await there.beside("journal", "verify")
    kept = {int(number) for (number,) in elsewhere.query("SELECT external_id FROM inbox")}
    assert set(before) <= kept
    assert elsewhere.query("SELECT count(*) FROM cases")[0][0] > 0


@contextlib.asynccontextmanager
async def _flood(town: Town, acknowledged: list[int]) -> AsyncIterator[None]:
    """Officers write one message after another, until the block ends."""

    async def write(client: httpx.AsyncClient, officer: int) -> None:
        for number in range(officer * 10_000, officer * 10_000 + 5_000):
            body = update(number, officer, f"a girl is held, word {number}")
            if (await client.post("/hooks/telegram", content=body)).status_code == 200:
                acknowledged.append(number)

    async with httpx.AsyncClient(base_url=town.setup.url, headers={SECRET_HEADER: SECRET}, timeout=60) as client:
        tasks = [asyncio.create_task(write(client, officer)) for officer in OFFICERS[:6]]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _killed_when(setup: Setup, seen: Callable[[], object], *words: str) -> bool:
    """Give a command and kill it as soon as something is seen; False when it was done before."""
    async with started(setup.folder, *words, "--config", str(setup.file)) as program:

        def look() -> None:
            while program.process.poll() is None and not seen():
                time.sleep(0.001)

        await asyncio.to_thread(look)
        program.process.send_signal(signal.SIGKILL)
        return await program.ended() == -signal.SIGKILL


def _large(folder: Path, pattern: str) -> bool:
    """Whether something of that name is being written there."""
    with contextlib.suppress(FileNotFoundError):
        return any(path.stat().st_size > 100_000 for path in folder.glob(pattern))
    return False


async def test_a_backup_killed_in_the_middle_leaves_the_one_before_and_the_next_one_works(
    tmp_path: Path, identity: Path, elsewhere: Setup
) -> None:
    setup = await _large_bridge(tmp_path)
    terminal, file = Terminal(setup.file), tmp_path / "night.backup"
    await terminal.beside("backup", file, "--to", RECIPIENT)
    before = file.read_bytes()
    for place in ((tmp_path / "data" / ".backup", "database"), (tmp_path, ".night.backup.*.part")):
        assert await _killed_when(setup, partial(_large, *place), "backup", str(file), "--to", RECIPIENT)
        assert file.read_bytes() == before
    await terminal.beside("backup", file, "--to", RECIPIENT)
    assert file.read_bytes() != before
    assert not list((tmp_path / "data").iterdir()), "no copy of the database is left"
    await Terminal(elsewhere.file).beside("restore", file, "--identity", identity)


async def test_a_restore_killed_in_the_middle_leaves_no_database_and_the_next_one_works(
    tmp_path: Path, identity: Path, elsewhere: Setup
) -> None:
    setup = await _large_bridge(tmp_path)
    kept = tmp_path / "data" / "attachments" / "aa" / "aa" / ("a" * 64)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"sealed" * 1000)
    file, there = tmp_path / "night.backup", Terminal(elsewhere.file)
    await Terminal(setup.file).beside("backup", file, "--to", RECIPIENT)
    work = elsewhere.folder / "data" / ".restore"
    for seen in (lambda: _large(work, "database"), (work / "placing").exists):
        words = ("restore", str(file), "--identity", str(identity))
        assert await _killed_when(elsewhere, seen, *words)
        assert not (elsewhere.folder / "casebridge.db").exists()
        (said,) = await there.beside("run", code=1)
        assert said == "The database has no tables yet: run `casebridge migrate`."
    await there.beside("restore", file, "--identity", identity)
    await there.beside("journal", "verify")
    assert (elsewhere.folder / "data" / "attachments" / "aa" / "aa" / ("a" * 64)).read_bytes() == kept.read_bytes()
    assert not work.exists()
