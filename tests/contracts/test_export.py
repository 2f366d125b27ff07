"""The case log out of a real database: complete, in flat memory, and while others write."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import tracemalloc
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pyrage
import pytest

from bot.domain.case import Case, Channel, DeadlineKind
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.turn import Turn
from bot.ports.storage import Storage
from bot.record.export.case_log import export
from bot.record.export.dossier import ExportReader
from bot.record.export.manifest import ExportRequest
from bot.record.report.period_report import report
from tests.kit.casebook import (
    AGREEMENT,
    NOW,
    OFFICER,
    SINCE,
    UNTIL,
    a_case,
    accepted,
    answered,
    clock,
    due,
    keep,
)
from tests.kit.engines import Kept, on_database, sqlite_in

pytestmark = pytest.mark.long

MANY = 3000
HALF_MINUTE = timedelta(seconds=30)
FLAT_BYTES = 13_000_000  #: a chunk of 500 cases takes 9.6 MB, all 2,000 together 17


def cases(numbers: Iterable[int]) -> list[Case]:
    return [a_full_case(number) for number in numbers]


def a_full_case(number: int) -> Case:
    case = answered(a_case(number, after=number * HALF_MINUTE))
    for kind in (DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE):
        case = due(case, kind, timedelta(hours=1), settled=timedelta(minutes=number % 90))
    case = due(case, DeadlineKind.DIPLOMATIC, timedelta(hours=1))
    return accepted(case, Channel.POLICE, timedelta(hours=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


def order(form: str) -> ExportRequest:
    return ExportRequest(form, SINCE, UNTIL, ("KH",), "person:9", "annual meeting")


def lines_in(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


async def fill(storage: Storage, number: int, first: int = 1) -> None:
    for start in range(first, first + number, 500):
        await keep(storage, cases(range(start, min(start + 500, first + number))))


async def test_three_thousand_cases_are_all_there_and_the_count_is_the_storages_own(kept: Kept, folder: Path) -> None:
    await fill(kept.storage, MANY)
    made = await export(kept.storage, order("jsonl"), folder / "log.jsonl", clock=clock, agreement=AGREEMENT)
    first, *rows = lines_in(folder / "log.jsonl")
    references = [json.loads(line)["reference"] for line in rows]
    assert made.count == MANY == len(set(references)) == await kept.storage.count_cases(SINCE, UNTIL, ("KH",))
    assert references == sorted(references)
    assert json.loads(first)["manifest"]["count"] == MANY
    assert json.loads(rows[0])["exploitation"] == ["ForcedMarriage", "Servitude"]


async def test_excel_opens_a_long_case_log(kept: Kept, folder: Path) -> None:
    await fill(kept.storage, 1100)
    made = await export(kept.storage, order("xlsx"), folder / "log.xlsx", clock=clock, agreement=AGREEMENT)
    book = openpyxl.load_workbook(folder / "log.xlsx", read_only=True)
    assert sum(1 for _ in book["Cases"].iter_rows()) == 1 + 1100
    book.close()
    assert made.sha256 == hashlib.sha256((folder / "log.xlsx").read_bytes()).hexdigest()


async def test_an_export_holds_a_few_hundred_cases_in_memory_and_never_all(folder: Path) -> None:
    async with on_database(sqlite_in(folder)) as kept:
        await fill(kept.storage, 2000)
        peaks = [await peak_of_an_export(kept.storage, folder / form, form) for form in ("jsonl", "xlsx")]
    assert max(peaks) < FLAT_BYTES


async def peak_of_an_export(storage: Storage, target: Path, form: str) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        await export(storage, order(form), target, clock=clock, agreement=AGREEMENT)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_what_is_reported_while_an_export_runs_neither_disturbs_it_nor_waits_for_it(
    kept: Kept, folder: Path
) -> None:
    storage = kept.storage
    await fill(storage, 1200)
    writing: list[asyncio.Task[None]] = []

    def progress(written: int, _: int) -> None:
        writing.append(asyncio.ensure_future(keep(storage, cases(range(5000 + written, 5010 + written)))))

    made = await export(storage, order("csv"), folder / "log.csv", clock=clock, agreement=AGREEMENT, progress=progress)
    await asyncio.gather(*writing)
    assert made.count == 1200 == len(lines_in(folder / "log.csv")) - 1
    assert await storage.count_cases(SINCE, UNTIL) == 1230


async def test_an_identified_export_journals_every_case_before_it_reads_it(kept: Kept, folder: Path) -> None:
    """Writing to the journal while the cases are streamed neither waits for the stream nor disturbs it."""
    storage, key = kept.storage, pyrage.x25519.Identity.generate()
    await fill(storage, 1100)
    entry = SecureEntry(7_000_001, 1, SecureField.NAMES, Guarded("KEO | Sophy"), NOW, OFFICER.id, "KH")
    await storage.apply([Turn(secure=(entry,))])

    async def journalled(cases: Sequence[Case]) -> None:
        acts = (Entry(8_000_000 + c.id, c.corridor, NOW, "person:9", "identified_export_read", c.id) for c in cases)
        await storage.apply([Turn(journal=tuple(acts))])

    request = replace(order("jsonl"), recipient=str(key.to_public()), approved_by="person:7", number="4x2k9")
    target, reader = folder / "log.jsonl.age", ExportReader("KH", AGREEMENT)
    made = await export(storage, request, target, clock=clock, agreement=AGREEMENT, reader=reader, included=journalled)
    rows = [json.loads(line) for line in pyrage.decrypt(target.read_bytes(), [key]).splitlines()]
    assert made.count == 1100 == len(rows)
    assert rows[0]["secure"] == ["person 1 names: KEO | Sophy"]
    assert rows[0]["texts"] == ["2026-01-01T00:00:30Z KH first: urgent, girl 16, sister of Chan"]
    read = [link.entry.case_id async for links in storage.stream_journal("KC") for link in links]
    assert sorted(filter(None, read)) == list(range(1, 1101))


async def test_a_report_of_many_cases_counts_them_all(kept: Kept) -> None:
    await fill(kept.storage, 1200)
    made = await report(kept.storage, AGREEMENT, SINCE, UNTIL, clock=lambda: NOW)
    assert made.opened == 1200
    assert made.directions[0].victims["age_group"] == {"12_17": 1200}
