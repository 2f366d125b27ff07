"""How fast the record is checked, and how much memory that takes: 100,000 entries on disk, in a process of its own."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.domain.verify_journal import Finding
from bot.record.journal_check import verify
from tests.kit.long_record import fill, storage_in

ENTRIES = 100_000


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
