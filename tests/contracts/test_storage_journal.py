"""Every act has its place in a chain that anybody can verify."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event

from bot.domain.errors import Stale, StorageError
from bot.domain.journal import Link, hash_of
from bot.domain.turn import Turn
from bot.domain.verify_journal import GENESIS, digest_details
from storage.sql.store import SqlStorage
from tests.kit.engines import Kept
from tests.kit.values import case, entry, message, opening, person


async def _chain(kept: Kept, name: str) -> list[Link]:
    return [link async for chunk in kept.storage.stream_journal(name) for link in chunk]


def _assert_holds(links: list[Link]) -> None:
    previous = GENESIS
    for sequence, link in enumerate(links, start=1):
        assert (link.sequence, link.previous) == (sequence, previous)
        assert link.digest == digest_details(link.entry.details or {}, link.entry.salt)
        assert link.hash == hash_of(link.entry, sequence, previous, link.digest)
        previous = link.hash


async def test_each_corridor_has_a_chain_of_its_own_that_verifies_as_it_was_stored(kept: Kept) -> None:
    details = {"why": "quỳnh ភ្នំពេញ", "codes": ("a", "b"), "at": kept.now, "none": None}
    entries = [entry("one", details=details), entry("two", chain="KV"), entry("three"), entry("signed in", chain="-")]
    for act in entries:
        await kept.storage.apply([Turn(journal=(act, entry("more", chain=act.chain)))])
    assert await kept.storage.chains() == ["-", "KC", "KV"]
    lengths = {}
    for chain in await kept.storage.chains():
        links = await _chain(kept, chain)
        _assert_holds(links)
        lengths[chain] = len(links)
    assert lengths == {"KC": 4, "KV": 2, "-": 2}
    assert await _chain(kept, "XX") == []


async def test_a_turn_that_is_not_stored_leaves_no_gap_in_the_chain(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened, journal=(entry("opened"),))])
    with pytest.raises(StorageError):
        await kept.storage.apply([opening(case(reference=opened.reference), journal=(entry("lost"),))])
    await kept.storage.apply([Turn(journal=(entry("next"),))])
    links = await _chain(kept, "KC")
    assert [link.entry.act for link in links] == ["opened", "next"]
    _assert_holds(links)


async def test_the_heads_of_the_chains_are_held_last_and_only_while_entries_are_linked(kept: Kept) -> None:
    said: list[str] = []
    assert isinstance(kept.storage, SqlStorage)
    event.listen(kept.storage._writer, "before_cursor_execute", lambda *told: said.append(told[2]))
    await kept.storage.apply([opening(case(), journal=(entry("opened"),), outgoing=(message(),), people=(person(),))])
    held = next(place for place, statement in enumerate(said) if "FROM chain_heads" in statement)
    assert [statement.split("(")[0].strip() for statement in said[held + 1 :]] == [
        "INSERT INTO journal",
        "INSERT INTO chain_heads",
    ]


async def test_two_nodes_write_one_chain(kept: Kept) -> None:
    other = await kept.other_node()
    await kept.storage.apply([Turn(journal=(entry("first"),))])
    turns = [Turn(journal=(entry(str(number)), entry(str(number)))) for number in range(10)]
    await asyncio.gather(*(store.apply([t]) for t, store in zip(turns, [kept.storage, other] * 5, strict=True)))
    links = await _chain(kept, "KC")
    assert len(links) == 21
    _assert_holds(links)


async def test_two_nodes_that_begin_a_chain_at_once_leave_one_chain(kept: Kept) -> None:
    other = await kept.other_node()
    both = (store.apply([Turn(journal=(entry(),))]) for store in (kept.storage, other))
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert all(isinstance(outcome, frozenset | Stale) for outcome in outcomes)
    links = await _chain(kept, "KC")
    assert len(links) == sum(isinstance(outcome, frozenset) for outcome in outcomes) >= 1
    _assert_holds(links)


async def test_a_long_chain_comes_in_chunks_and_in_order(kept: Kept) -> None:
    await kept.storage.apply([Turn(journal=tuple(entry(str(number)) for number in range(1500)))])
    chunks = [chunk async for chunk in kept.storage.stream_journal("KC")]
    assert [len(chunk) for chunk in chunks] == [1000, 500]
    _assert_holds([link for chunk in chunks for link in chunk])
