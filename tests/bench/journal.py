"""How fast the record is checked, and how much memory that takes: 100,000 entries on disk, in a process of its own."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.journal import Entry
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding
from bot.ports.storage import Storage
from bot.record.journal_check import verify
from storage import migrate, open_storage
from tests.kit.keys import VAULT

ENTRIES = 100_000
_AT_ONCE = 2_000
_AT = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
_DETAILS = {"field": "situation", "answer": 117_000_000_000_000_000, "source": "tap"}


def sample_entry(number: int) -> Entry:
    """An answer, as most entries are."""
    return Entry(number, "KC", _AT, "person:12", "answered", number % 997, "telegram:501", _DETAILS, f"{number:016x}")


async def fill(kept: Storage, entries: int) -> None:
    """Store a chain as the bridge does."""
    for first in range(1, entries + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, entries + 1))
        await kept.apply([Turn(journal=tuple(sample_entry(number) for number in numbers))])


def storage_in(folder: Path) -> Storage:
    """The database of this folder, made when there is none."""
    url = f"sqlite:///{folder}/journal.db"
    migrate(url, VAULT)
    return open_storage(url, clock=lambda: _AT, vault=VAULT)


async def _check(folder: Path) -> str:
    kept = storage_in(folder)
    await kept.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    said = [one async for one in verify(kept)]
    seconds = time.perf_counter() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    await kept.stop()
    if any(isinstance(one, Finding) for one in said):
        raise RuntimeError(f"the record does not hold: {said}")
    peak = f"memory {(before + grown) / 1024:.0f} MB at its peak, {grown / 1024:.0f} MB of it for the check"
    return f"{ENTRIES / seconds:.0f} entries a second; {peak}."


async def _fill_in(folder: Path) -> None:
    kept = storage_in(folder)
    await kept.start()
    await fill(kept, ENTRIES)
    await kept.stop()


def measure() -> str:
    """Fill a database, then check it in a fresh process; returns a line to print."""
    with tempfile.TemporaryDirectory(prefix="casebridge-bench-") as folder:
        asyncio.run(_fill_in(Path(folder)))
        command = [sys.executable, "-m", "tests.bench.journal", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return f"journal verify over {ENTRIES} entries: {done.stdout.strip()}"


if __name__ == "__main__":
    print(asyncio.run(_check(Path(sys.argv[1]))))
