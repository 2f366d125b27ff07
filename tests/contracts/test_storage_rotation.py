"""A rotation brings everything under the new key, whatever else is written meanwhile and wherever it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import storage
from bot.domain.errors import StorageError
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from bot.protection.keys import KeyFile
from bot.protection.sealing import Vault
from storage import rotation
from storage.sql.limits import USUAL
from tests.kit.clock import START, Clock
from tests.kit.engines import sqlite_in
from tests.kit.keys import VAULT, key_file, vault
from tests.kit.marked import MARK, assert_reads, change, keep_marked, marked_turn, sealed_values
from tests.kit.values import conversation, person

pytestmark = pytest.mark.long

PEOPLE = 40
BUSY = tuple(range(1, 11))


async def _opened(url: str, keys: Vault) -> Storage:
    kept = storage.open_storage(url, clock=Clock(), vault=keys)
    await kept.start()
    return kept


async def _filled(url: str) -> list[Turn]:
    turns = [marked_turn(officer) for officer in range(1, PEOPLE + 1)]
    kept = await _opened(url, VAULT)
    await keep_marked(kept, *turns)
    await kept.stop()
    return turns


def _rotate(url: str, keys: Vault, advance: Callable[[int], object] = lambda _: None) -> rotation.Resealed:
    return rotation.reseal(url, keys, advance, sleep=lambda _: None)


async def test_everything_is_under_the_new_key_and_the_old_one_may_go(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 7)
    turns = await _filled(database)
    fields = sum(map(len, sealed_values(database).values()))
    steps: list[int] = []
    done = _rotate(database, vault(1, 2), steps.append)
    assert (done.count, sum(steps), done.broken) == (fields, fields, [])
    assert dict(storage.fields_by_key(database)) == {"00000002": fields}
    assert storage.noted_keys(database) == {"00000002"}
    kept = await _opened(database, vault(2))
    for turn in turns:
        await assert_reads(kept, turn)
    await kept.stop()


async def test_an_interrupted_rotation_goes_on_where_it_was(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 50)
    turns = await _filled(database)

    class Killed(Exception):
        pass

    def die(_count: int) -> None:
        raise Killed

    fields = sum(map(len, sealed_values(database).values()))
    for _ in range(3):
        with pytest.raises(Killed):
            _rotate(database, vault(1, 2), die)
    left = storage.fields_by_key(database)["00000001"]
    assert fields - 150 <= left < fields
    assert storage.noted_keys(database) == {"00000001", "00000002"}
    assert _rotate(database, vault(1, 2)).count == left
    assert set(storage.fields_by_key(database)) == {"00000002"}
    kept = await _opened(database, vault(2))
    await assert_reads(kept, turns[-1])
    await kept.stop()


async def test_a_field_that_does_not_open_is_named_left_alone_and_holds_up_nothing(database: str) -> None:
    turns = await _filled(database)
    change(database, "texts", turns[3].texts[0].id, sealed=b"\x01\x00\x00\x00\x01" + b"planted" * 9)
    done = _rotate(database, vault(1, 2))
    assert done.broken == [f"texts:{turns[3].texts[0].id}:sealed"]
    assert storage.fields_by_key(database)["00000001"] == 1
    assert storage.noted_keys(database) == {"00000002"}


async def test_what_a_running_bridge_writes_meanwhile_stays(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 50)
    await _filled(database)
    file = KeyFile(key_file(tmp_path))
    kept = await _opened(database, Vault(file))
    file.add(START)
    rotating = asyncio.create_task(asyncio.to_thread(rotation.reseal, database, Vault(file), lambda _: None))
    version, written = 1, []
    while not rotating.done():
        version += 1
        renamed = tuple(person(n, name=f"{MARK} {version}") for n in BUSY)
        talks = tuple(conversation(version, person_id=n, pending={"held": [version]}) for n in BUSY)
        written.append(marked_turn(1000 + version))
        await kept.apply([Turn(people=renamed, conversations=talks)])
        await keep_marked(kept, written[-1])
        loaded = await kept.load(Wanted(people=BUSY))
        assert {talk.pending["held"][0] for talk in loaded.conversations.values()} == {version}  # type: ignore[index]
        await asyncio.sleep(0.02)
    assert (await rotating).broken == []
    assert version > 3
    current = Vault(file).current
    assert set(storage.fields_by_key(database)) == {current}
    fresh = await _opened(database, Vault(file))
    for turn in written:
        await assert_reads(fresh, turn)
    names = {someone.name for someone in (await fresh.directory()).people.values() if someone.id in BUSY}
    assert names == {f"{MARK} {version}"}
    await fresh.stop()
    await kept.stop()


async def test_a_rotation_that_never_gets_to_write_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "USUAL", replace(USUAL, lock=0))
    url = sqlite_in(tmp_path)
    await _filled(url)
    other = sqlite3.connect(tmp_path / "casebridge.db", isolation_level=None)

    def lock(_count: int) -> None:
        if not other.in_transaction:
            other.execute("BEGIN IMMEDIATE")

    monkeypatch.setattr(rotation, "_BATCH", 20)
    with contextlib.closing(other), pytest.raises(StorageError, match="keeps the database locked"):
        _rotate(url, vault(1, 2), lock)
    assert _rotate(url, vault(1, 2)).broken == []
    assert set(storage.fields_by_key(url)) == {"00000002"}
