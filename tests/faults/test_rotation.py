"""A rotation of keys is killed again and again: all stays readable, and in the end nothing is under the old key."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from time import monotonic, sleep

import pytest

import storage
from bot.domain.turn import Turn
from bot.protection.keys import KeyFile
from bot.protection.sealing import Vault
from storage.sealed import SEALED_TABLES, place
from tests.bench.bridge_config import database_url, write_config
from tests.bench.sides import spawn
from tests.contracts.storage_secrets import assert_reads, keep_tokens, marked_turn
from tests.kit.keys import VAULT, key_file

FIELDS = 50_000
KILLS_AT = (0.2, 0.45, 0.75)  #: of all fields
_FIELDS_A_TURN = 11
_WITHIN = 60  #: seconds


@pytest.mark.timeout(240)
async def test_a_rotation_of_50000_fields_killed_three_times_leaves_nothing_unreadable_and_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_config(tmp_path, 1, "http://127.0.0.1:9")
    turns = await _fill(tmp_path)
    before = _plain(tmp_path, VAULT)
    assert len(before) >= FIELDS
    file, began = KeyFile(key_file(tmp_path)), monotonic()
    under_new = [_kill(tmp_path, share) for share in KILLS_AT]
    assert _plain(tmp_path, Vault(file)) == before, "in the middle of it everything opens"
    assert len(file.read().keys) == 2, "it went on with the key that it had added"

    assert _rotation(tmp_path).wait(_WITHIN) == 0
    took, current = monotonic() - began, file.read().current.id
    assert f"everything is under key {current}" in (tmp_path / "output.txt").read_text("utf-8")
    assert dict(storage.fields_by_key(database_url(tmp_path))) == {current: len(before)}
    assert _plain(tmp_path, Vault(file)) == before
    await _read_some(tmp_path, turns, Vault(file))
    assert _without_old_key(file).read().ids == (current,)
    await _read_some(tmp_path, turns, Vault(file))
    with capsys.disabled():
        sys.stdout.write(f"\n{len(before)} fields, killed with {under_new} done, rotated in {took:.1f} s altogether\n")


async def _fill(folder: Path) -> list[Turn]:
    storage.migrate(database_url(folder), VAULT)
    kept = storage.open_storage(database_url(folder), clock=lambda: datetime(2026, 4, 18, tzinfo=UTC), vault=VAULT)
    await kept.start()
    turns = [marked_turn(number) for number in range(1, FIELDS // _FIELDS_A_TURN + 2)]
    for at in range(0, len(turns), 200):
        await kept.apply(turns[at : at + 200])
    some = turns[:: len(turns) // 20]
    await keep_tokens(kept, some)
    await kept.stop()
    return some


def _rotation(folder: Path) -> Popen[bytes]:
    return spawn(["-m", "bot", "keys", "rotate", "--config", str(folder / "config.toml")], folder)


def _kill(folder: Path, share: float) -> int:
    """Begin to rotate, kill it once so much is done, and say how much that was."""
    process, deadline = _rotation(folder), monotonic() + _WITHIN
    try:
        while _under_new(folder) < share * FIELDS:
            assert process.poll() is None, (folder / "output.txt").read_text("utf-8")
            assert monotonic() < deadline
            sleep(0.02)
    finally:
        process.kill()
        process.wait()
    left = _under_new(folder)
    assert left < FIELDS, "it was killed in the middle"
    return left


def _under_new(folder: Path) -> int:
    counted = storage.fields_by_key(database_url(folder))
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


async def _read_some(folder: Path, turns: list[Turn], vault: Vault) -> None:
    """The bridge reads them as they were written."""
    kept = storage.open_storage(database_url(folder), clock=lambda: datetime(2026, 4, 18, tzinfo=UTC), vault=vault)
    await kept.start()
    for turn in turns:
        await assert_reads(kept, turn)
    await kept.stop()


def _without_old_key(file: KeyFile) -> KeyFile:
    lines = file.path.read_text("utf-8").splitlines(keepends=True)
    file.path.write_text("".join(line for line in lines if not line.startswith(VAULT.current)), "utf-8")
    return file
