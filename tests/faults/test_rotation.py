"""A rotation of keys is killed again and again: all stays readable, and in the end nothing is under the old key."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from time import monotonic

import pytest

import storage
from bot.domain.turn import Turn
from bot.protection.keys import KeyFile
from bot.protection.sealing import Vault
from storage.sealed import SEALED_TABLES, place
from tests.kit.engines import sqlite_in
from tests.kit.keys import VAULT, key_file
from tests.kit.marked import assert_reads, keep_tokens, marked_turn
from tests.kit.processes import cpu_seconds, ended, spawn
from tests.kit.running import Setup
from tests.kit.waiting import Movement

FIELDS = 50_000
KILLS_AT = (0.2, 0.45, 0.75)  #: of all fields
_FIELDS_A_TURN = 11


async def test_a_rotation_of_50000_fields_killed_three_times_leaves_nothing_unreadable_and_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = Setup(tmp_path)
    setup.write()
    turns = await _fill(setup)
    before = _plain(tmp_path, VAULT)
    assert len(before) >= FIELDS
    file, began = KeyFile(key_file(tmp_path)), monotonic()
    under_new = [await _kill(setup, share) for share in KILLS_AT]
    assert _plain(tmp_path, Vault(file)) == before, "in the middle of it everything opens"
    assert len(file.read().keys) == 2, "it went on with the key that it had added"

    assert await ended(_rotation(setup)) == 0
    took, current = monotonic() - began, file.read().current.id
    assert f"everything is under key {current}" in (tmp_path / "output.txt").read_text("utf-8")
    assert dict(storage.fields_by_key(setup.database)) == {current: len(before)}
    assert _plain(tmp_path, Vault(file)) == before
    await _read_some(setup, turns, Vault(file))
    assert _without_old_key(file).read().ids == (current,)
    await _read_some(setup, turns, Vault(file))
    with capsys.disabled():
        sys.stdout.write(f"\n{len(before)} fields, killed with {under_new} done, rotated in {took:.1f} s altogether\n")


async def _fill(setup: Setup) -> list[Turn]:
    sqlite_in(setup.folder)
    turns = [marked_turn(number) for number in range(1, FIELDS // _FIELDS_A_TURN + 2)]
    some = turns[:: len(turns) // 20]
    async with setup.storage() as kept:
        for at in range(0, len(turns), 200):
            await kept.apply(turns[at : at + 200])
        await keep_tokens(kept, some)
    return some


def _rotation(setup: Setup) -> Popen[bytes]:
    return spawn(["-m", "bot", "keys", "rotate", "--config", str(setup.file)], setup.folder / "output.txt")


async def _kill(setup: Setup, share: float) -> int:
    """Begin to rotate, kill it once so much is done, and say how much that was."""
    process, movement = _rotation(setup), Movement()
    try:
        while (done := _under_new(setup)) < share * FIELDS:
            assert process.poll() is None, (setup.folder / "output.txt").read_text("utf-8")
            movement.note((done, cpu_seconds(process)))
            await asyncio.sleep(0.1)  # counting costs as much as rotating
    finally:
        process.kill()
        process.wait()
    left = _under_new(setup)
    assert left < FIELDS, "it was killed in the middle"
    return left


def _under_new(setup: Setup) -> int:
    counted = storage.fields_by_key(setup.database)
    return sum(count for key_id, count in counted.items() if key_id != VAULT.current)


def _plain(folder: Path, vault: Vault) -> dict[str, bytes]:
    """Every sealed field, opened, by its place."""
    found: dict[str, bytes] = {}
    with contextlib.closing(sqlite3.connect(folder / "casebridge.db")) as database:
        for table in SEALED_TABLES:
            for column in table.columns:
                query = f"SELECT {table.key}, {column} FROM {table.name} WHERE length({column}) > 0"
                for key, sealed in database.execute(query):
                    where = place(table.name, key, column)
                    found[where] = vault.open(sealed, where)
    return found


async def _read_some(setup: Setup, turns: list[Turn], vault: Vault) -> None:
    """The bridge reads them as they were written."""
    kept = storage.open_storage(setup.database, clock=lambda: datetime(2026, 4, 18, tzinfo=UTC), vault=vault)
    await kept.start()
    for turn in turns:
        await assert_reads(kept, turn)
    await kept.stop()


def _without_old_key(file: KeyFile) -> KeyFile:
    lines = file.path.read_text("utf-8").splitlines(keepends=True)
    file.path.write_text("".join(line for line in lines if not line.startswith(VAULT.current)), "utf-8")
    return file
