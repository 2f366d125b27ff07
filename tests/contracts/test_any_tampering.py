"""Any single change of a stored chain, whatever it is, is found."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding, canonical
from bot.record.journal_check import verify
from storage.sql.statements import T
from tests.kit.clock import Clock
from tests.kit.engines import sqlite_in
from tests.kit.examples import examples
from tests.kit.keys import VAULT
from tests.kit.values import entry, new_id

_ROWS = 12
_NAMES = [column.name for column in T["journal"].columns]
_HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


def _sealed_as(number: int) -> bytes:
    """Details sealed with the right key for one place or another."""
    return VAULT.seal(canonical({"details": {"n": number}, "salt": "5a17"}).encode(), f"journal:{number}:sealed")


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(1, 2**62),
    "sequence": st.integers(-3, 40) | st.just("x"),
    "case_id": st.none() | st.integers(1, 2**62) | st.just("x"),
    "chain": st.sampled_from(["-", "VC", "XX"]),
    "at": st.datetimes().map(lambda moment: f"{moment.isoformat(' ', 'microseconds')}+00:00") | st.text(max_size=9),
    "sealed": st.none() | st.binary(max_size=60) | st.text(max_size=9) | st.integers(0, 2).map(_sealed_as),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tampering")
    sqlite_in(folder)
    return folder / "casebridge.db"


@settings(max_examples=examples(150), deadline=None)
@given(choice=st.data())
async def test_any_single_change_of_a_stored_chain_is_found(file: Path, choice: st.DataObject) -> None:
    kept = storage.open_storage(f"sqlite:///{file}", clock=Clock(), vault=VAULT)
    await kept.start()
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript("DELETE FROM journal; DELETE FROM chain_heads")
        await kept.apply([Turn(journal=tuple(entry(f"act {n}", case_id=new_id()) for n in range(_ROWS)))])
        before = _rows(database)
        sequence = choice.draw(st.integers(1, _ROWS), "sequence")
        what = choice.draw(st.sampled_from(["delete", "copy", *_NAMES]), "what")
        with contextlib.suppress(sqlite3.IntegrityError), database:
            _mutate(database, sequence, what, choice)
        is_changed = _rows(database) != before
    found = [said async for said in verify(kept) if isinstance(said, Finding)]
    await kept.stop()
    assert bool(found) is is_changed
    if is_changed and what not in ("copy", "sequence", "chain"):
        assert sequence in {f.sequence for f in found}


def _rows(database: sqlite3.Connection) -> list[Any]:
    return database.execute("SELECT * FROM journal ORDER BY id").fetchall()


def _mutate(database: sqlite3.Connection, sequence: int, what: str, choice: st.DataObject) -> None:
    if what == "delete":
        database.execute("DELETE FROM journal WHERE sequence = ?", [sequence])
    elif what == "copy":
        (row,) = database.execute("SELECT * FROM journal WHERE sequence = ?", [sequence])
        names = [name for _, name, *_ in database.execute("PRAGMA table_info(journal)")]
        copy = dict(zip(names, row, strict=True)) | {"id": new_id()}
        copy["sequence"] = choice.draw(st.integers(0, _ROWS + 2), "copied to")
        database.execute(f"INSERT INTO journal VALUES ({', '.join('?' * len(copy))})", list(copy.values()))
    else:
        value = choice.draw(_VALUES.get(what, _HEX | st.text(max_size=12)), "value")
        database.execute(f"UPDATE journal SET {what} = ? WHERE sequence = ?", [value, sequence])
