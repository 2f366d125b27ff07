"""Whatever is changed in a stored journal past the bridge is found, and it is said where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

import storage
from bot.domain.case import Case
from bot.domain.turn import Turn
from bot.domain.verify_journal import PURGED, Finding, Head, Summary, Witness
from bot.ports.reads import Scope
from bot.ports.retention import Purge
from bot.ports.storage import Storage
from bot.record.journal_check import verify
from storage.sealed import seal
from storage.sql.engines import writing_engine
from storage.sql.statements import T
from tests.kit.clock import Clock
from tests.kit.database import KeptStorage
from tests.kit.engines import Kept
from tests.kit.keys import VAULT
from tests.kit.values import case, entry, opening

ACTS = ("opened", "answered", "alerted", "acknowledged", "closed")


async def _found(kept: Storage, *witnesses: Witness) -> list[Finding]:
    return [said async for said in verify(kept, witnesses) if isinstance(said, Finding)]


async def _summaries(kept: Storage) -> list[Summary]:
    return [said async for said in verify(kept) if isinstance(said, Summary)]


async def _fill(kept: Storage) -> None:
    """Two chains of five entries, the first about a case."""
    about = case()
    await kept.apply([opening(about)])
    for act in ACTS:
        await kept.apply([Turn(journal=(entry(act, case_id=about.id), entry(act, chain="VC")))])


@pytest.fixture
async def stored(database: str) -> AsyncIterator[tuple[Storage, str]]:
    kept = storage.open_storage(database, clock=Clock(), vault=VAULT)
    await kept.start()
    await _fill(kept)
    yield kept, database
    await kept.stop()


def _change(url: str, *statements: str) -> None:
    engine = writing_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


COLUMNS = {
    "id": ("id = id + 1000000", "changed"),
    "at": ("at = '2026-04-18 07:05:00.000001+00:00'", "changed"),
    "actor": ("actor = 'person:3'", "changed"),
    "act": ("act = 'snoozed'", "changed"),
    "case_id": ("case_id = NULL", "changed"),
    "address": ("address = 'telegram:7'", "changed"),
    "sealed, by somebody without a key": ("sealed = 'because'", "details were changed"),
    "sealed, of another entry": (
        "sealed = (SELECT sealed FROM journal WHERE chain = 'KC' AND sequence = 2)",
        "details were changed",
    ),
    "sealed, gone": ("sealed = NULL", "no purge accounts for it"),
    "previous": (f"previous = '{'1' * 64}'", "does not follow"),
    "digest": (f"digest = '{'1' * 64}'", "details were changed"),
    "hash": (f"hash = '{'1' * 64}'", "changed"),
}


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_changed_column_of_an_entry_is_found_and_the_entry_named(
    stored: tuple[Storage, str], column: str
) -> None:
    kept, url = stored
    assert await _found(kept) == []
    change, problem = COLUMNS[column]
    _change(url, f"UPDATE journal SET {change} WHERE chain = 'KC' AND sequence = 3")
    (found,) = await _found(kept)
    assert (found.chain, found.sequence) == ("KC", 3)
    assert found.id is not None
    assert problem in found.problem


@pytest.mark.parametrize(
    "secret",
    [
        {"details": {"why": "because"}, "salt": "5a17"},
        {"details": {"why": "answered"}, "salt": "5a18"},
        {"details": {"why": "answered"}, "salt": ""},
        {"details": None, "salt": ""},
        {"details": "because"},
        {},
    ],
)
async def test_details_or_a_salt_that_somebody_with_the_key_sealed_are_found(
    stored: tuple[Storage, str], secret: dict[str, Any]
) -> None:
    kept, url = stored
    links = [link async for chunk in kept.stream_journal("KC") for link in chunk]
    number = links[2].entry.id
    sealed = seal(VAULT, "journal", number, secret)
    _change(url, f"UPDATE journal SET sealed = {_literal(url, sealed)} WHERE id = {number}")
    (found,) = await _found(kept)
    assert (found.chain, found.sequence, found.id) == ("KC", 3, number)


def _literal(url: str, sealed: bytes) -> str:
    return f"x'{sealed.hex()}'" if url.startswith("sqlite") else f"'\\x{sealed.hex()}'"


def test_every_column_of_an_entry_is_among_those_that_are_changed() -> None:
    tried = {name.partition(",")[0].partition(" ")[0] for name in COLUMNS}
    assert tried | {"chain", "sequence"} == {column.name for column in T["journal"].columns}


async def test_an_entry_in_another_chain_or_place_is_found_in_both(stored: tuple[Storage, str]) -> None:
    kept, url = stored
    _change(url, "UPDATE journal SET chain = 'XY' WHERE chain = 'KC' AND sequence = 3")
    found = {(f.chain, f.sequence) for f in await _found(kept)}
    assert {("KC", 3), ("XY", 3)} <= found
    _change(url, "UPDATE journal SET chain = 'KC', sequence = 9 WHERE chain = 'XY'")
    problems = {f.sequence: f.problem for f in await _found(kept)}
    assert "is missing" in problems[3]
    assert "changed" in problems[9]


async def test_a_missing_entry_is_named_and_the_other_chains_are_checked_all_the_same(
    stored: tuple[Storage, str],
) -> None:
    kept, url = stored
    _change(
        url,
        "DELETE FROM journal WHERE chain = 'KC' AND sequence IN (2, 3)",
        "UPDATE journal SET actor = 'clock' WHERE chain = 'VC' AND sequence = 4",
        "UPDATE journal SET actor = 'clock' WHERE chain = 'VC' AND sequence = 5",
    )
    assert [str(f).partition(" (id")[0].partition(": ")[0] for f in await _found(kept)] == [
        "Journal KC, entry 2",
        "Journal VC, entry 4",
        "Journal VC, entry 5",
    ]
    assert "all up to entry 3 are missing" in (await _found(kept))[0].problem


async def test_an_inserted_entry_and_two_that_changed_places_are_found(stored: tuple[Storage, str]) -> None:
    kept, url = stored
    names = [column.name for column in T["journal"].columns]
    values = [{"id": "id + 1000000", "sequence": "6"}.get(name, name) for name in names]
    copy = f"INSERT INTO journal ({', '.join(names)}) SELECT {', '.join(values)} FROM journal"
    _change(url, f"{copy} WHERE chain = 'KC' AND sequence = 5")
    assert {(f.chain, f.sequence) for f in await _found(kept)} == {("KC", 6)}
    _change(
        url,
        "DELETE FROM journal WHERE chain = 'KC' AND sequence = 6",
        "UPDATE journal SET sequence = 9 WHERE chain = 'KC' AND sequence = 2",
        "UPDATE journal SET sequence = 2 WHERE chain = 'KC' AND sequence = 3",
        "UPDATE journal SET sequence = 3 WHERE chain = 'KC' AND sequence = 9",
    )
    assert {f.sequence for f in await _found(kept)} >= {2, 3}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("DELETE FROM journal WHERE chain = 'KC' AND sequence = 5", "the end is cut off: the stored head is entry 5"),
        ("UPDATE chain_heads SET sequence = 6 WHERE chain = 'KC'", "the end is cut off: the stored head is entry 6"),
        ("UPDATE chain_heads SET sequence = 4 WHERE chain = 'KC'", "it was added behind the stored head"),
        (f"UPDATE chain_heads SET hash = '{'2' * 64}' WHERE chain = 'KC'", "not the entry that the stored head names"),
        ("DELETE FROM chain_heads WHERE chain = 'KC'", "the chain's stored head is missing"),
        ("DELETE FROM journal WHERE chain = 'KC'", "the end is cut off"),
    ],
)
async def test_the_end_of_a_chain_is_compared_with_its_stored_head(
    stored: tuple[Storage, str], change: str, problem: str
) -> None:
    kept, url = stored
    _change(url, change)
    found = await _found(kept)
    assert {f.chain for f in found} == {"KC"}
    assert any(problem in f.problem for f in found)


async def test_a_head_under_another_name_is_found(stored: tuple[Storage, str]) -> None:
    kept, url = stored
    _change(url, "UPDATE chain_heads SET chain = 'KX' WHERE chain = 'KC'")
    assert {f.chain for f in await _found(kept)} == {"KC", "KX"}


async def test_a_cut_tail_with_a_mended_head_and_a_chain_computed_anew_show_only_to_a_witness(kept: Kept) -> None:
    await kept.storage.apply([Turn(journal=tuple(entry(act) for act in ACTS))])
    honest = Witness("KC", *(await kept.storage.heads())["KC"])
    other = await _another_history()
    assert await _found(kept.storage, honest) == []
    assert await _found(other) == []
    (found,) = await _found(other, honest)
    assert (found.chain, found.sequence) == ("KC", 5)
    assert "not the entry that a witness names" in found.problem
    (found,) = await _found(other, honest._replace(sequence=7))
    assert "it is not there" in found.problem
    (found,) = await _found(other, honest._replace(chain="QQ"))
    assert (found.chain, found.sequence) == ("QQ", 5)


async def _another_history() -> Storage:
    """The same length, every hash right, and not what happened."""
    other = KeptStorage()
    await other.apply([Turn(journal=tuple(entry(act, actor="person:9") for act in ACTS))])
    return other


# Details may go, if the chain says so.


def _purge(about: Case, limit: int = 100) -> Purge:
    return Purge(about.id, about.version, is_whole=False, record=_record(about), limit=limit)


def _record(about: Case) -> Any:
    return entry(PURGED, case_id=about.id, details={"rule": "tier2"})


async def _case(kept: Storage) -> Case:
    (about,) = await kept.list_cases(Scope(0, "KH", sees_party=True), open_only=False, limit=9)
    return about


async def test_a_purge_takes_details_and_salts_and_the_chain_accounts_for_them(kept: Kept) -> None:
    await _fill(kept.storage)
    for taken in (3, 2):
        purged = await kept.storage.purge(_purge(await _case(kept.storage), limit=3))
        assert purged.rows == {"journal": taken}
        assert await _found(kept.storage) == []
    links = [link async for chunk in kept.storage.stream_journal("KC") for link in chunk]
    assert [(link.entry.details, link.entry.salt) for link in links[:5]] == [(None, "")] * 5
    assert [link.entry.told["entries"] for link in links[5:]] == [3, 2]
    summary = next(s for s in await _summaries(kept.storage) if s.chain == "KC")
    assert (summary.entries, summary.purged) == (7, 5)
    assert (await kept.storage.heads())["KC"] == Head(7, links[-1].hash)
    assert len((await kept.storage.history((await _case(kept.storage)).id)).journal) == 7


async def test_an_entry_that_lost_its_details_after_a_purge_is_found(stored: tuple[Storage, str]) -> None:
    kept, url = stored
    about = await _case(kept)
    await kept.purge(_purge(about))
    await kept.apply([Turn(journal=(entry("reopened", case_id=about.id), entry("closed", case_id=about.id)))])
    assert await _found(kept) == []
    _change(url, "UPDATE journal SET sealed = NULL WHERE chain = 'KC' AND sequence = 8")
    (found,) = await _found(kept)
    assert (found.chain, found.sequence) == ("KC", 8)
    assert "no purge accounts for it" in found.problem


async def test_the_record_of_a_purge_keeps_its_details(stored: tuple[Storage, str]) -> None:
    kept, url = stored
    await kept.purge(_purge(await _case(kept)))
    assert (await kept.purge(_purge(await _case(kept)))).rows == {}
    _change(url, "UPDATE journal SET sealed = NULL WHERE act = 'purged' AND sequence = 6")
    assert ("KC", 6) in {(f.chain, f.sequence) for f in await _found(kept)}
