"""What was delivered is noted in the end, however long the database refuses, and meanwhile told nobody twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import StorageError, Throttled, Unavailable
from bot.domain.messages import Address, DeliveryState
from bot.domain.turn import Mark, Turn
from tests.kit.engines import Kept
from tests.kit.nodes import SharingNode, Told
from tests.kit.values import message
from tests.kit.waiting import until


class Refusing:
    """A storage that refuses marks, so many times or of some rows; everything else goes through."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.times = 0
        self.rows: set[int] = set()
        self.tries = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    async def apply(self, turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        if marks:
            self.tries += 1
        if marks and (self.times > 0 or self.rows & {mark.outbox_id for mark in marks}):
            self.times -= 1
            raise StorageError("The server cannot be reached.")
        found: frozenset[int] = await self._storage.apply(turns, marks)
        return found


class Pair:
    """Two nodes, the first of which may have a storage that refuses marks."""

    def __init__(self, kept: Kept, one: SharingNode, two: SharingNode, refusing: Refusing, told: Told) -> None:
        self.kept, self.one, self.two, self.refusing, self.told = kept, one, two, refusing, told

    async def tell(self, *numbers: int, are_refused: bool = False) -> list[int]:
        """The first node sends a message to each of these people; returns the ids of the rows."""
        messages = [message(address=Address("telegram", str(number))) for number in numbers]
        if are_refused:
            self.refusing.rows = {one.id for one in messages}
        await self.one.storage.apply([Turn(outgoing=tuple(messages))])
        self.one.deliverer.hand_over(messages)
        await self.one.deliverer.drain()
        return [one.id for one in messages]

    async def passes(self, seconds: int) -> None:
        """Let time pass, with a tick of both nodes every five seconds."""
        for _ in range(0, seconds, 5):
            self.kept.let_pass(seconds=5)
            await self.one.tick()
            await self.two.tick()

    async def are_sent(self, ids: list[int]) -> bool:
        """Whether all of these are noted as sent."""
        states = await self.states()
        return all(states[one] is DeliveryState.SENT for one in ids)

    async def states(self) -> dict[int, DeliveryState]:
        rows = await self.kept.storage.outbox(list(DeliveryState), 100)
        return {row.message.id: row.state for row in rows}


@pytest.fixture
async def pair(kept: Kept) -> AsyncIterator[Pair]:
    told, refusing = Told(), Refusing(kept.storage)
    one = SharingNode("one", 1, refusing, told, lambda: kept.now)
    two = SharingNode("two", 2, await kept.other_node(), told, lambda: kept.now)
    for node in (one, two):
        node.line.start()
    yield Pair(kept, one, two, refusing, told)
    for node in (two, one):
        node.limit.set()
        await node.stop()


async def test_marks_that_were_refused_some_times_are_stored_and_nobody_is_told_twice(pair: Pair) -> None:
    pair.refusing.times = 7
    ids = await pair.tell(1, 2, 3)
    await pair.one.line.settled()
    assert await pair.states() == dict.fromkeys(ids, DeliveryState.SENT)
    await pair.passes(90)
    assert pair.told.twice == []


async def test_one_mark_that_never_fits_holds_up_no_other_and_its_row_stays_with_who_sent_it(pair: Pair) -> None:
    (bad,) = await pair.tell(1, are_refused=True)
    others = await pair.tell(2, 3)
    await pair.passes(120)
    others += await pair.tell(4)
    await pair.passes(5)
    await until(lambda: pair.are_sent(others))
    assert pair.told.twice == []
    assert pair.one.line.unstored().keys() == {bad}
    pair.refusing.rows = set()
    await pair.one.line.settled()
    assert (await pair.states())[bad] is DeliveryState.SENT


async def test_this_node_itself_never_sends_again_what_it_could_not_note_yet(pair: Pair) -> None:
    await pair.tell(1, are_refused=True)
    pair.kept.let_pass(hours=1)  # it was cut off for so long that its lease is over
    await pair.one.tick()
    assert pair.told.twice == []


async def test_what_was_put_back_and_could_not_be_noted_yet_is_not_overtaken(pair: Pair) -> None:
    pair.told.on_each = _throttle
    (first,) = await pair.tell(1, are_refused=True)
    pair.told.on_each = lambda: None
    second = message(address=Address("telegram", "1"))
    await pair.two.storage.apply([Turn(outgoing=(second,))])
    await pair.passes(5)
    assert pair.told.by == ["one"], "it only tried the first one"
    pair.refusing.rows = set()
    await pair.one.line.settled()
    await pair.passes(10)
    assert pair.told.keys[-1] == second.dedupe_key
    for node in (pair.one, pair.two):
        await node.line.settled()
    assert await pair.states() == dict.fromkeys((first, second.id), DeliveryState.SENT)


async def test_a_late_word_of_who_had_a_chat_before_neither_leaves_a_message_behind_nor_lets_others_pass(
    pair: Pair,
) -> None:
    first, second = (message(address=Address("telegram", "1")) for _ in range(2))
    pair.refusing.rows = {first.id, second.id}
    await pair.one.storage.apply([Turn(outgoing=(first, second))])
    pair.told.on_each = _throttle
    pair.one.deliverer.hand_over([first, second])
    await pair.one.deliverer.drain()
    pair.kept.let_pass(seconds=31)  # and what it put back is not stored
    pair.told.on_each = _fail
    await pair.two.tick()
    await pair.two.line.settled()
    pair.refusing.rows = set()
    await pair.one.line.settled()
    pair.told.on_each = lambda: None
    tried = len(pair.told.keys)
    await pair.two.tick()
    for _ in range(8):
        pair.kept.let_pass(seconds=0.5)
        await pair.two.tick()
    assert pair.told.keys[tried:] == [first.dedupe_key, second.dedupe_key]


async def test_what_is_here_again_before_its_next_try_goes_back_and_nothing_passes_it(pair: Pair) -> None:
    first, second = (message(address=Address("telegram", "1")) for _ in range(2))
    await pair.two.storage.apply([Turn(outgoing=(first, second))])
    pair.told.on_each = _fail
    pair.one.deliverer.hand_over([first, second])  # it had them once, and does not know that they are gone
    await pair.one.deliverer.drain()
    await pair.one.line.settled()
    now = pair.kept.now
    await pair.two.storage.apply([], [Mark(one.id, DeliveryState.QUEUED, now, 0, now) for one in (first, second)])
    pair.told.on_each = lambda: None
    for _ in range(8):
        await pair.one.tick()
        await pair.one.line.settled()
        pair.kept.let_pass(seconds=0.5)
    assert pair.told.keys == [first.dedupe_key, first.dedupe_key, second.dedupe_key]


def _throttle() -> None:
    raise Throttled("Too many.", retry_after=timedelta(seconds=1))


def _fail() -> None:
    raise Unavailable("It is down.")


async def test_at_the_end_it_is_still_tried_to_be_noted(pair: Pair) -> None:
    pair.refusing.times = 5
    ids = await pair.tell(1)
    await pair.one.stop()
    assert await pair.states() == dict.fromkeys(ids, DeliveryState.SENT)


async def test_what_cannot_be_noted_until_the_end_is_said_in_the_log(pair: Pair) -> None:
    ids = await pair.tell(1, are_refused=True)
    pair.one.limit.set()
    with capture_logs() as logs:
        await pair.one.stop()
    assert [(log["marks"], log["outbox"]) for log in logs if log["log_level"] == "error"] == [(1, ids)]
