"""A long record is checked in the memory of a short one."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.journal import Entry, Link, link, row_of
from bot.domain.verify_journal import GENESIS, Finding, Head, examine, manifest_line, row_line
from bot.record.journal_check import verify
from tests.kit.long_record import fill, sample_entry, storage_in

pytestmark = pytest.mark.long

SHORT, LONG = 4_000, 20_000
#: What the longer record may take more: a few rows, not a share of it. Its rows alone would take some 20 MB.
MORE = 300_000


async def _peak_of_database(folder: Path, entries: int) -> int:
    kept = storage_in(folder)
    await kept.start()
    await fill(kept, entries)
    tracemalloc.start()
    found = [said async for said in verify(kept) if isinstance(said, Finding)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    await kept.stop()
    assert not found
    return peak


async def test_the_check_of_a_database_takes_no_more_memory_for_a_longer_record(tmp_path: Path) -> None:
    await _peak_of_database(tmp_path / "first", 1_000)  # what is loaded only once counts for neither
    short = await _peak_of_database(tmp_path / "short", SHORT)
    long = await _peak_of_database(tmp_path / "long", LONG)
    assert long - short < MORE


def _lines(entries: int) -> Iterator[str]:
    head = _last(entries)
    yield manifest_line({"KC": Head(entries, head)}, {"KC": entries}, withholds=False)
    for placed in _chain(entries):
        yield row_line(row_of(placed))


def _chain(entries: int) -> Iterator[Link]:
    previous = GENESIS
    for number in range(1, entries + 1):
        placed = link(sample_entry(number), number, previous)
        previous = placed.hash
        yield placed


def _last(entries: int) -> str:
    for placed in _chain(entries):
        last = placed.hash
    return last


def _peak_of_file(entries: int) -> int:
    tracemalloc.start()
    findings = sum(isinstance(said, Finding) for said in examine(_lines(entries)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert findings == 0
    return peak


def test_the_check_of_a_file_takes_no_more_memory_for_a_longer_one() -> None:
    assert _peak_of_file(5_000) - _peak_of_file(1_000) < 50_000


def test_the_record_of_this_test_would_be_too_large_to_go_unnoticed() -> None:
    tracemalloc.start()
    kept: list[Entry] = [sample_entry(number) for number in range(LONG - SHORT)]
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(kept) == LONG - SHORT
    assert size > 5 * MORE
