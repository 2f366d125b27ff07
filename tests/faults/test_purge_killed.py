"""A purge that is killed in the middle of its work is taken up again: nothing stays, nothing is unaccounted for."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.case import Case, CaseText, ClosureCode, Status, TextKind
from bot.domain.guarded import Guarded
from bot.domain.journal import Entry
from bot.domain.messages import Address
from bot.domain.turn import Turn
from storage import migrate
from tests.kit.keys import VAULT
from tests.kit.running import Setup, Terminal, started
from tests.kit.sealed import files_with, tails
from tests.kit.waiting import Movement

SECRET = "behind the blue door"
CASES, TEXTS = 20, 60
KILLS = 3


async def _fill(setup: Setup) -> None:
    await asyncio.to_thread(migrate, setup.database, VAULT)
    closed_at = datetime.now(UTC) - timedelta(days=200)
    async with setup.storage() as storage:
        for number in range(1, CASES + 1):
            await storage.apply([_closed(number, closed_at)])


def _closed(number: int, at: datetime) -> Turn:
    place = Address("telegram", "11")
    opened = Case(number, f"KC26-{number:05}-X", "KC", "KH", "CN", 11, place, at, at)
    closed = replace(opened, status=Status.CLOSED, closed_at=at, closure=ClosureCode.FOUND_SAFE)
    ids = range(number * 1000, number * 1000 + TEXTS)
    texts = tuple(CaseText(i, number, TextKind.TEXT, Guarded(f"{SECRET} {i}"), at, 11, "KH") for i in ids)
    acts = tuple(Entry(i, "KC", at, "person:11", "noted", number, details={"reason": SECRET}, salt="5a17") for i in ids)
    return Turn(cases=(closed,), new_cases=frozenset({number}), texts=texts, journal=acts)


def _purges(setup: Setup) -> int:
    with contextlib.suppress(sqlite3.OperationalError):
        return int(setup.query("SELECT count(*) FROM journal WHERE act = 'purged'")[0][0])
    return 0


def _wait_for(setup: Setup, wanted: int) -> None:
    movement = Movement()
    while (done := _purges(setup)) < wanted:
        movement.note(done)
        time.sleep(0.002)


async def _kill_after(setup: Setup, more: int) -> None:
    """Start a purge, let it commit some more transactions, and kill it."""
    wanted = _purges(setup) + more
    async with started(setup.folder, "purge", "--config", str(setup.file)) as program:
        await asyncio.to_thread(_wait_for, setup, wanted)
        program.process.send_signal(signal.SIGKILL)
        assert await program.ended() == -signal.SIGKILL, program.output


async def test_a_purge_killed_again_and_again_ends_with_nothing_left_and_a_whole_record(tmp_path: Path) -> None:
    setup = Setup(tmp_path, more="\n[retention]\nbatch = 10\n")
    setup.write()
    await _fill(setup)
    sealed = tails(setup.database)
    assert files_with(tmp_path, sealed)
    terminal = Terminal(setup.file)
    for kill in range(KILLS):
        await _kill_after(setup, 7 + 3 * kill)
        await terminal.beside("journal", "verify")
        assert setup.query("SELECT count(*) FROM texts WHERE sealed IS NOT NULL")[0][0] > 0
    *_, summary = await terminal.beside("purge")
    assert summary.startswith("Purged: cases ")
    verified = await terminal.beside("journal", "verify")
    assert f"{CASES * TEXTS} of them without their details, as recorded" in verified[-1]
    assert setup.query("SELECT count(*) FROM cases WHERE purged_at IS NULL") == [(0,)]
    assert setup.query("SELECT count(*) FROM texts WHERE sealed IS NOT NULL") == [(0,)]
    gone = sealed.keys() - tails(setup.database).keys()
    assert len(gone) >= 2 * CASES * TEXTS
    assert files_with(tmp_path, gone) == set()
