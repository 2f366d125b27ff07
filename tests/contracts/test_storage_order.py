"""Nothing overtakes within one chat, whoever sends; what is urgent goes first; a flood leaves room for others."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Behind
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing, OutgoingKind, Priority
from bot.domain.turn import Mark, Turn
from bot.ports.reads import Room
from bot.ports.storage import Storage
from storage.sql.apply import write
from storage.sql.outbox_claims import claim_outbox
from tests.kit.engines import Kept, empty, on_database, somebody_else
from tests.kit.nodes import SharingNode, Told
from tests.kit.values import message

MINUTE = timedelta(minutes=1)
CHAT, OTHER = Address("telegram", "1"), Address("telegram", "2")


def say(to: Address = CHAT, priority: Priority = Priority.U4, kind: OutgoingKind = OutgoingKind.REPLY) -> Outgoing:
    return replace(message(address=to, priority=priority), kind=kind)


def ping(to: Address = CHAT) -> Outgoing:
    return say(to, Priority.U1, OutgoingKind.PING)


async def _claim(kept: Kept, node: Storage | None = None, limit: int = 10, room: Room | None = None) -> list[int]:
    claimed = await (node or kept.storage).claim_outbox(["telegram"], kept.now, limit, MINUTE, room or Room())
    return sorted(delivery.message.id for delivery in claimed)


async def _write(node: Storage, *messages: Outgoing) -> frozenset[int]:
    return await node.apply([Turn(outgoing=messages)])


async def _store(kept: Kept, *messages: Outgoing) -> None:
    """Store messages whose writer died, so that they are free."""
    await _write(kept.storage, *messages)
    kept.let_pass(seconds=31)


def ids(*messages: Outgoing) -> list[int]:
    return [message.id for message in messages]


def put_back(message: Outgoing, kept: Kept, *, seconds: float = 0, holds: bool = False) -> Mark:
    until = kept.now + timedelta(seconds=seconds)
    return Mark(message.id, DeliveryState.QUEUED, kept.now, 1, until, reason="not taken", holds=holds)


def sent(message: Outgoing, kept: Kept) -> Mark:
    return Mark(message.id, DeliveryState.SENT, kept.now, 1)


async def test_while_one_node_sends_to_a_chat_no_other_takes_what_comes_after(kept: Kept) -> None:
    other = await kept.other_node()
    first, second, third, elsewhere = say(), say(), say(), say(OTHER)
    await _store(kept, first, second, third, elsewhere)
    assert await _claim(kept, limit=1) == ids(first)
    assert await _claim(kept, other) == ids(elsewhere)
    assert await _claim(kept) == ids(second, third)


async def test_when_a_node_dies_another_goes_on_in_order(kept: Kept) -> None:
    other = await kept.other_node()
    first, second = say(), say()
    await _store(kept, first, second)
    assert await _claim(kept, other, limit=1) == ids(first)
    kept.let_pass(seconds=61)
    assert await _claim(kept) == ids(first, second)


async def test_when_a_node_stops_another_goes_on_at_once(kept: Kept) -> None:
    other = await kept.other_node()
    claimed, first, second = say(OTHER), say(), say()
    await _store(kept, claimed)
    assert await _claim(kept, other) == ids(claimed)
    await _write(other, first, second)
    assert await _claim(kept) == []
    await other.stop()
    assert await _claim(kept) == ids(claimed, first, second)


async def test_a_new_message_waits_its_turn_where_another_node_still_sends(kept: Kept) -> None:
    other = await kept.other_node()
    first, second, third = say(), say(), say()
    assert await _write(other, first) == frozenset()
    assert await _write(kept.storage, second) == frozenset(ids(second))
    assert await _claim(kept) == []
    await other.apply([], [sent(first, kept)])
    assert await _claim(kept) == ids(second)
    assert await _write(kept.storage, third) == frozenset()  # the one before it is in the same hands


async def test_a_new_message_waits_its_turn_behind_what_nobody_has_in_hand(kept: Kept) -> None:
    first, second = say(), say()
    await _store(kept, first)
    assert await _write(kept.storage, second, elsewhere := say(OTHER)) == frozenset(ids(second))
    assert await _claim(kept) == ids(first, second)
    assert elsewhere.id not in await _claim(kept)


async def test_behind_what_failed_nothing_is_sent_by_another_node_before_its_next_try(kept: Kept) -> None:
    other = await kept.other_node()
    first, second = say(), say()
    await _write(kept.storage, first)
    await kept.storage.apply([], [put_back(first, kept, seconds=20, holds=True)])
    assert await _write(other, second) == frozenset(ids(second))
    assert await _claim(kept, other) == []
    kept.let_pass(seconds=20)
    assert await _claim(kept, other) == ids(first, second)


async def test_what_holds_the_rest_up_is_tried_again_when_the_next_address_of_the_rest_is_due(kept: Kept) -> None:
    first, plain, second, last, elsewhere = say(), say(), say(), say(), say(OTHER)
    second, elsewhere = (replace(one, others=(one.address,), created_at=kept.now) for one in (second, elsewhere))
    await _write(kept.storage, first, plain, second, last, elsewhere)
    held = [put_back(one, kept, seconds=3600, holds=one is first) for one in (first, plain, last)]
    await kept.storage.apply([], [*held, *(put_back(one, kept, seconds=300) for one in (second, elsewhere))])
    kept.let_pass(seconds=299)
    assert await _claim(kept) == []
    kept.let_pass(seconds=1)
    assert await _claim(kept) == ids(first, plain, second, elsewhere), "and nothing that comes after these"


async def test_behind_what_is_only_scheduled_nothing_waits(kept: Kept) -> None:
    later = replace(say(), not_before=kept.now + timedelta(seconds=6))
    await _write(kept.storage, later)
    assert await _write(kept.storage, say()) == frozenset()


async def test_an_urgent_ping_passes_what_waits_in_its_chat_whoever_has_it(kept: Kept) -> None:
    other = await kept.other_node()
    waiting = [say() for _ in range(5)]
    await _store(kept, *waiting)
    assert await _claim(kept, other, limit=2) == ids(*waiting[:2])
    assert await _write(kept.storage, now := ping()) == frozenset()
    kept.let_pass(seconds=31)
    assert await _claim(kept) == ids(now)


async def test_of_a_thousand_that_wait_the_urgent_answer_is_taken_with_what_goes_before_it_in_its_chat(
    kept: Kept,
) -> None:
    routine = [say(Address("telegram", str(100 + n))) for n in range(1000)]
    before, reference, alert = say(), say(priority=Priority.U1), say(OTHER, Priority.U1, OutgoingKind.ALERT)
    await _store(kept, *routine[:999], before, routine[999], reference, alert)
    assert await _claim(kept, limit=3) == sorted(ids(before, reference, alert))


async def test_of_a_flood_as_much_is_taken_as_has_room_and_others_are_not_crowded_out(kept: Kept) -> None:
    flood = [say() for _ in range(30)]
    await _store(kept, *flood, others := say(OTHER))
    assert await _claim(kept, room=Room(of_each=4)) == ids(*flood[:4], others)
    assert await _claim(kept, room=Room(full=(CHAT,))) == []
    assert await _claim(kept, room=Room(of_each=2)) == ids(*flood[4:6])


async def test_a_full_chat_still_takes_an_urgent_ping_and_a_full_messenger_what_is_urgent(kept: Kept) -> None:
    await _store(kept, *(say() for _ in range(5)), say(OTHER), now := ping())
    assert await _claim(kept, room=Room(full=(CHAT,), urgent_only=True)) == ids(now)


async def test_rows_in_hand_are_held_for_longer_and_what_is_settled_or_somebody_elses_is_not(kept: Kept) -> None:
    other = await kept.other_node()
    mine, done, theirs = say(), say(OTHER), say(Address("telegram", "3"))
    await _write(kept.storage, mine, done)
    await _write(other, theirs)
    await kept.storage.apply([], [sent(done, kept)])
    kept.let_pass(seconds=20)
    held = await kept.storage.prolong(ids(mine, done, theirs), kept.now, MINUTE)
    assert held == frozenset(ids(mine))
    kept.let_pass(seconds=20)
    assert await _claim(kept) == ids(theirs)  # that was held for 30 seconds only
    await kept.storage.apply([], [sent(theirs, kept)])
    kept.let_pass(seconds=41)
    assert await _claim(kept, other) == ids(mine)


async def test_what_was_put_back_is_not_held_any_more_and_whoever_comes_takes_it_in_order(kept: Kept) -> None:
    other = await kept.other_node()
    first, second = say(), say()
    await _write(kept.storage, first, second)
    await kept.storage.apply([], [put_back(one, kept) for one in (first, second)])
    assert await kept.storage.prolong(ids(first), kept.now, MINUTE) == frozenset()
    assert await _claim(kept, other) == ids(first, second)


async def test_a_late_word_of_who_had_a_message_before_does_not_take_it_from_who_has_it_now(kept: Kept) -> None:
    other = await kept.other_node()
    await _store(kept, first := say())
    assert await _claim(kept, other) == ids(first)
    await kept.storage.apply([], [put_back(first, kept)])
    assert await _claim(kept) == []
    await other.apply([], [put_back(first, kept, seconds=20, holds=True)])
    await kept.storage.apply([], [put_back(first, kept)])
    assert await _claim(kept) == [], "nor does it call back what they put back"
    await kept.storage.apply([], [sent(first, kept)])  # but that it was taken counts, whoever says it
    (row,) = await kept.storage.outbox([DeliveryState.SENT], 10)
    assert row.message.id == first.id


async def test_two_nodes_that_claim_at_once_never_share_a_chat_and_keep_its_order(kept: Kept) -> None:
    other = await kept.other_node()
    chats = [Address("telegram", str(n)) for n in range(5)]
    waiting = [say(chat) for _ in range(8) for chat in chats]
    await _store(kept, *waiting)
    gone: list[Outgoing] = []
    for _ in range(12):
        nodes = [kept.storage, other] * 2
        claims = (node.claim_outbox(["telegram"], kept.now, 7, MINUTE, Room(of_each=2)) for node in nodes)
        taken = [[d.message for d in claimed] for claimed in await asyncio.gather(*claims)]
        holders = {(m.address, node) for node, messages in zip(nodes, taken, strict=True) for m in messages}
        assert len(holders) == len({chat for chat, _ in holders})
        for node, messages in zip(nodes, taken, strict=True):
            await node.apply([], [sent(m, kept) for m in messages])
            gone += sorted(messages, key=lambda m: m.id)
    for chat in chats:
        assert [m.id for m in gone if m.address == chat] == [m.id for m in waiting if m.address == chat]


async def test_a_node_whose_ids_are_behind_hears_so_before_anything_overtakes(kept: Kept) -> None:
    other = await kept.other_node()
    second = say()
    first = say()  # its ids are later: its clock is ahead
    await _write(other, first)
    with pytest.raises(Behind) as refused:
        await _write(kept.storage, second)
    assert refused.value.newest == first.id
    await _write(kept.storage, replace(say(OTHER), id=second.id))  # elsewhere nothing waits
    await other.apply([], [sent(first, kept)])
    await _write(kept.storage, say())


async def test_two_nodes_whose_clocks_differ_answer_one_person_in_the_order_in_which_they_wrote(kept: Kept) -> None:
    told = Told()
    ahead = SharingNode("ahead", 1, kept.storage, told, lambda: kept.now + timedelta(seconds=1))
    late = SharingNode("late", 2, await kept.other_node(), told, lambda: kept.now)
    for node in (ahead, late):
        node.line.start()
    ahead.deliverer.hand_over = lambda rows: None  # type: ignore[method-assign]  # it died once it had stored
    await ahead.hears("1", 1, "hello", kept.now)
    (first,) = await kept.storage.outbox(list(DeliveryState), 10)
    await late.hears("1", 2, "is anybody there?", kept.now)
    await ahead.line.stop()
    kept.let_pass(seconds=31)
    await late.tick()
    assert len(told.keys) == 2
    assert told.keys[0] == first.message.dedupe_key
    await late.stop()


async def test_what_joined_in_long_ago_is_stored_though_later_words_wait_there(kept: Kept) -> None:
    other = await kept.other_node()
    (first,) = await _stored_and_claimed(kept, replace(say(OTHER), others=(CHAT,)))
    joined, waiting = say(), say()
    await _write(other, waiting)
    assert joined.id < waiting.id
    mark = Mark(first.id, DeliveryState.QUEUED, kept.now, 1, kept.now + MINUTE, reason="not taken", joined=joined)
    await kept.storage.apply([], [mark])
    rows = await kept.storage.outbox(list(DeliveryState), 10)
    assert joined.id in {row.message.id for row in rows}


async def _stored_and_claimed(kept: Kept, *messages: Outgoing) -> tuple[Outgoing, ...]:
    await _store(kept, *messages)
    assert await _claim(kept) == ids(*messages)
    return messages


async def test_what_was_stored_though_nobody_heard_so_goes_before_what_comes_next(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = say(), say()
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(*given: Any) -> frozenset[int]:
        begun.set()
        may_go_on.wait()
        return write(*given)

    monkeypatch.setattr("storage.sql.apply.write", slow)
    writing = asyncio.create_task(_write(kept.storage, first))
    await asyncio.to_thread(begun.wait)
    writing.cancel()  # whoever waited gave up; the transaction goes on
    may_go_on.set()
    await asyncio.gather(writing, return_exceptions=True)
    assert await _write(kept.storage, second) == frozenset(ids(second)), "its writer may not send it before the first"
    assert await _claim(kept) == ids(first, second)


async def test_what_was_claimed_though_nobody_heard_so_goes_before_what_comes_next(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = say(), say()
    await _store(kept, first)
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(*given: Any) -> list[Delivery]:
        begun.set()
        may_go_on.wait()
        return claim_outbox(*given)

    monkeypatch.setattr("storage.sql.outbox_claims.claim_outbox", slow)
    claiming = asyncio.create_task(_claim(kept))
    await asyncio.to_thread(begun.wait)
    claiming.cancel()  # the connection is lost; the transaction was committed
    may_go_on.set()
    await asyncio.gather(claiming, return_exceptions=True)
    monkeypatch.undo()
    assert await _write(kept.storage, second) == frozenset(ids(second)), "its writer may not send it before the first"
    assert await _claim(kept) == ids(first, second)
    assert await _write(kept.storage, say()) == frozenset(), "now it is known who has them"


@pytest.mark.postgres
async def test_while_somebody_writes_to_a_row_nothing_behind_it_is_taken(postgres: str) -> None:
    empty(postgres)
    first, second, third, elsewhere = say(), say(), say(), say(OTHER)
    async with on_database(postgres) as kept:
        await _store(kept, first, second, third, elsewhere)
        with somebody_else(postgres, f"SELECT id FROM outbox WHERE id = {second.id} FOR UPDATE"):
            assert await _claim(kept) == ids(first, elsewhere)
        assert await _claim(kept) == ids(second, third)


async def test_a_message_left_by_a_node_that_sends_nothing_goes_before_what_comes_next(kept: Kept) -> None:
    other = await kept.other_node()
    second = say()
    first = replace(say(), created_at=kept.now, not_before=kept.now)  # its ids are later: its clock is ahead
    assert await _write(other, first) == frozenset()
    with pytest.raises(Behind):
        await _write(kept.storage, second)
    assert await _write(kept.storage, third := say()) == frozenset(ids(third))
    assert await _claim(kept) == ids(first, third)


async def test_what_is_noted_of_a_message_that_stays_in_hand_lets_no_other_node_have_it(kept: Kept) -> None:
    other = await kept.other_node()
    first, second = (replace(say(priority=Priority.U2), others=(OTHER,), created_at=kept.now) for _ in range(2))
    await _write(kept.storage, first, second)
    await kept.storage.prolong(ids(first, second), kept.now, timedelta(hours=1))
    joined = replace(say(OTHER), created_at=kept.now, not_before=kept.now)
    mark = Mark(first.id, DeliveryState.QUEUED, kept.now, 0, kept.now + MINUTE, joined=joined, in_hand=True)
    await kept.storage.apply([], [mark])
    kept.let_pass(seconds=70)
    assert await _claim(kept, other) == ids(joined)


async def test_what_was_put_back_is_not_taken_before_that_is_noted_also_when_it_is_urgent(kept: Kept) -> None:
    await _store(kept, first := ping(), second := ping(OTHER))
    assert await _claim(kept, room=Room(owed=(first.id,))) == ids(second)


async def test_what_one_node_holds_back_for_a_while_goes_before_what_another_stores_meanwhile(kept: Kept) -> None:
    told = Told()
    one = SharingNode("one", 1, kept.storage, told, lambda: kept.now)
    two = SharingNode("two", 2, await kept.other_node(), told, lambda: kept.now)
    for node in (one, two):
        node.line.start()
    lanes = one.deliverer._dispatchers["telegram"]._lanes
    lanes.lane(Address("telegram", "1")).held_until = kept.now + timedelta(seconds=4)
    lanes.lane(Address("telegram", "1")).held_from = (-1, 0)  # what failed here was sent by another node meanwhile
    await one.hears("1", 1, "hello", kept.now)
    await one.line.settled()
    (first,) = await kept.storage.outbox(list(DeliveryState), 10)
    await two.hears("1", 2, "is anybody there?", kept.now)
    await two.tick()
    assert told.keys == []
    kept.let_pass(seconds=5)
    await two.tick()
    assert told.keys[0] == first.message.dedupe_key
    assert len(told.keys) == 2
    for node in (one, two):
        await node.stop()
