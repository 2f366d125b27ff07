"""Looks into the storage that several senders share: few reads however many ask, and nothing told that is old."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.delivery.shared_look import SharedLook
from bot.domain.errors import StorageError


class Shelf:
    """Reads that take as long as the test lets them."""

    def __init__(self) -> None:
        self.says = "as it was"
        self.fails = False
        self.read: list[list[int]] = []
        self.open = asyncio.Event()

    async def look(self, ids: Sequence[int]) -> Mapping[int, str]:
        said = self.says
        self.read.append(list(ids))
        await self.open.wait()
        if self.fails:
            raise StorageError("The disk is full.")
        return dict.fromkeys(ids, said)


async def _turn() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_asks_while_a_look_is_under_way_shares_the_next_one_with_all_others() -> None:
    shelf = Shelf()
    shared = SharedLook(shelf.look)
    first = shared.at([1])
    await _turn()
    others = [shared.at([number]) for number in range(2, 60)]
    shelf.open.set()
    found = await asyncio.gather(first, *others)
    assert shelf.read == [[1], list(range(2, 60))]
    assert all(number in each for number, each in enumerate(found, start=1))


async def test_what_is_told_was_read_after_it_was_asked_for() -> None:
    shelf = Shelf()
    shared = SharedLook(shelf.look)
    first = shared.at([1])
    await _turn()
    shelf.says = "gate closed"
    second = shared.at([1])
    shelf.open.set()
    assert [(await first)[1], (await second)[1]] == ["as it was", "gate closed"]


async def test_a_look_that_fails_is_no_answer_and_the_next_one_is_read_all_the_same() -> None:
    shelf = Shelf()
    shared = SharedLook(shelf.look)
    shelf.fails = True
    shelf.open.set()
    with pytest.raises(StorageError):
        await shared.at([1])
    shelf.fails = False
    assert await shared.at([1]) == {1: "as it was"}


async def test_a_look_is_under_way_until_it_was_answered() -> None:
    shelf = Shelf()
    shared = SharedLook(shelf.look)
    told = [shared.is_under_way]
    found = shared.at([1])
    await _turn()
    told.append(shared.is_under_way)
    shelf.open.set()
    await found
    assert [*told, shared.is_under_way] == [False, True, False]
