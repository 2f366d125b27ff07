"""Rows are handed out to one process at a time, and come back by themselves when it dies."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.albums import as_json, gathered
from bot.domain.case import DeadlineKind, DeadlineState
from bot.domain.messages import Address, Attachment, Delivery, DeliveryState, Inbound, Kind, Priority
from bot.domain.turn import InboxState, Mark, Turn
from bot.ports.reads import Due, Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import OFFICER, case, conversation, inbox, message, new_id, opening, step

MINUTE = timedelta(minutes=1)
LATER = START + timedelta(hours=1)


async def _claim(kept: Kept, limit: int = 10) -> list[Delivery]:
    return await kept.storage.claim_outbox(["telegram"], kept.now, limit, MINUTE)


def _ids(deliveries: list[Delivery]) -> list[int]:
    return [delivery.message.id for delivery in deliveries]


async def _store(kept: Kept, *messages: object) -> None:
    """Store messages whose writer died, so that they are free."""
    await kept.storage.apply([Turn(outgoing=messages)])  # type: ignore[arg-type]
    kept.let_pass(seconds=31)


async def test_a_new_message_belongs_to_its_writer_for_30_seconds(kept: Kept) -> None:
    reply = message()
    await kept.storage.apply([Turn(outgoing=(reply,))])
    kept.let_pass(seconds=29)
    assert await _claim(kept) == []
    kept.let_pass(seconds=2)
    assert _ids(await _claim(kept)) == [reply.id]


async def test_a_message_for_later_is_nobodys_and_goes_out_when_its_time_has_come(kept: Kept) -> None:
    ping = message(not_before=START + timedelta(seconds=5))
    await kept.storage.apply([Turn(outgoing=(ping,))])
    assert await _claim(kept) == []
    kept.let_pass(seconds=5)
    assert _ids(await _claim(kept)) == [ping.id]


async def test_what_is_claimed_is_not_claimed_again_before_the_lease_ends(kept: Kept) -> None:
    await _store(kept, message())
    assert len(await _claim(kept)) == 1
    kept.let_pass(seconds=59)
    assert await _claim(kept) == []
    kept.let_pass(seconds=2)
    assert len(await _claim(kept)) == 1


async def test_two_processes_never_claim_the_same_message(kept: Kept) -> None:
    messages = [message(address=Address("telegram", str(n))) for n in range(40)]
    await _store(kept, *messages)
    other = await kept.other_node()
    taken: list[int] = []
    while len(taken) < len(messages):
        claims = (store.claim_outbox(["telegram"], kept.now, 5, MINUTE) for store in [kept.storage, other] * 4)
        taken += [outbox_id for claimed in await asyncio.gather(*claims) for outbox_id in _ids(claimed)]
    assert sorted(taken) == [m.id for m in messages]


async def test_two_processes_never_claim_the_same_deadline(kept: Kept) -> None:
    cases = [case() for _ in range(10)]
    await kept.storage.apply([opening(one) for one in cases])
    other = await kept.other_node()
    claims = (store.claim_deadlines(LATER, 5, MINUTE) for store in [kept.storage, other] * 2)
    taken = [due.deadline_id for claimed in await asyncio.gather(*claims) for due in claimed]
    assert sorted(taken) == sorted(d.id for one in cases for d in one.deadlines)


async def test_the_most_urgent_messages_go_first_then_the_oldest(kept: Kept) -> None:
    levels = (Priority.U3, Priority.U1, Priority.EDIT, Priority.ANSWER, Priority.U1)
    u3, u1, edit, answer, second = (
        message(priority=level, address=Address("telegram", str(number))) for number, level in enumerate(levels)
    )
    await _store(kept, u3, u1, edit, answer, second)
    assert _ids(await _claim(kept, 3)) == [u1.id, second.id, answer.id]
    assert _ids(await _claim(kept, 3)) == [u3.id, edit.id]


async def test_messages_of_other_messengers_stay(kept: Kept) -> None:
    await _store(kept, message(address=Address("wechat", "o1")))
    assert await _claim(kept) == []
    assert len(await kept.storage.claim_outbox(["wechat", "web"], kept.now, 10, MINUTE)) == 1


async def test_a_message_to_try_again_is_due_at_its_next_attempt(kept: Kept) -> None:
    reply = message()
    await _store(kept, reply)
    again = kept.now + timedelta(seconds=20)
    closed = Mark(reply.id, DeliveryState.WINDOW_CLOSED, kept.now, 1, next_attempt_at=again, reason="window closed")
    await kept.storage.apply([], [closed])
    assert await _claim(kept) == []
    kept.let_pass(seconds=20)
    (delivery,) = await _claim(kept)
    assert (delivery.state, delivery.attempts, delivery.reason) == (DeliveryState.WINDOW_CLOSED, 1, "window closed")


async def test_sent_and_parked_messages_are_never_claimed(kept: Kept) -> None:
    sent, parked, dropped = message(), message(), message()
    await _store(kept, sent, parked, dropped)
    marks = zip((sent, parked, dropped), (DeliveryState.SENT, DeliveryState.PARKED, DeliveryState.DROPPED), strict=True)
    await kept.storage.apply([], [Mark(m.id, state, kept.now, 1) for m, state in marks])
    kept.let_pass(days=1)
    assert await _claim(kept) == []


async def test_running_deadlines_whose_moment_has_come_are_claimed_oldest_first(kept: Kept) -> None:
    opened = case()
    first, second = opened.deadlines
    met = replace(first, id=new_id(), kind=DeadlineKind.DIPLOMATIC, state=DeadlineState.MET, next_at=None)
    await kept.storage.apply([opening(replace(opened, deadlines=(second, first, met)))])
    assert await kept.storage.claim_deadlines(START, 10, MINUTE) == []
    due = await kept.storage.claim_deadlines(LATER, 10, MINUTE)
    assert due == [
        Due(first.id, opened.id, DeadlineKind.ACKNOWLEDGE),
        Due(second.id, opened.id, DeadlineKind.POLICE),
    ]


async def test_a_deadline_whose_clock_died_is_claimed_by_the_next_one(kept: Kept) -> None:
    await kept.storage.apply([opening(case())])
    kept.let_pass(minutes=20)
    assert len(await kept.storage.claim_deadlines(kept.now, 10, MINUTE)) == 1
    assert await kept.storage.claim_deadlines(kept.now, 10, MINUTE) == []
    kept.let_pass(minutes=2)
    assert len(await kept.storage.claim_deadlines(kept.now, 10, MINUTE)) == 1


async def test_a_deadline_that_was_moved_is_free_at_its_new_moment(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened)])
    kept.let_pass(minutes=20)
    await kept.storage.claim_deadlines(kept.now, 10, timedelta(hours=1))
    first, second = opened.deadlines
    moved = replace(first, next_at=kept.now + timedelta(minutes=10), pings=1)
    await kept.storage.apply([Turn(cases=(step(opened, deadlines=(moved, second)),))])
    assert await kept.storage.claim_deadlines(kept.now, 10, MINUTE) == []
    kept.let_pass(minutes=10)
    assert [due.deadline_id for due in await kept.storage.claim_deadlines(kept.now, 10, MINUTE)] == [first.id]


async def test_a_conversation_wakes_once_and_again_only_after_it_was_written(kept: Kept) -> None:
    await kept.storage.apply([Turn(conversations=(conversation(wakes_at=START + MINUTE),))])
    assert await kept.storage.claim_wakes(START, 10, MINUTE) == []
    kept.let_pass(minutes=1)
    assert await kept.storage.claim_wakes(kept.now, 10, MINUTE) == [OFFICER]
    assert await kept.storage.claim_wakes(kept.now, 10, MINUTE) == []
    await kept.storage.apply([Turn(conversations=(conversation(2),))])
    kept.let_pass(hours=1)
    assert await kept.storage.claim_wakes(kept.now, 10, MINUTE) == []


@pytest.mark.parametrize("held_until", [None, START + 3 * MINUTE])
async def test_an_album_wakes_its_conversation_before_what_else_waits_there(
    kept: Kept, held_until: datetime | None
) -> None:
    at = Address("telegram", "111")
    photo = Attachment("f1", "door.jpg", "image/jpeg", 7)
    album = Inbound("telegram", "1", "7", Kind.PHOTO, START, at, at, "the door", attachment=photo, more=(photo,))
    gathering = as_json(album, START + MINUTE)
    written = conversation(pending={"held": ["a"]}, wakes_at=held_until, gathering=gathering)
    await kept.storage.apply([Turn(conversations=(written,))])
    read = (await kept.storage.load(Wanted(people=(OFFICER,)))).conversations[OFFICER]
    assert (read, gathered(read.gathering)) == (written, album)
    assert await kept.storage.claim_wakes(START, 10, MINUTE) == []
    kept.let_pass(minutes=1)
    assert await kept.storage.claim_wakes(kept.now, 10, MINUTE) == [OFFICER]
    await kept.storage.apply([Turn(conversations=(replace(read, gathering={}, version=2),))])
    kept.let_pass(minutes=3)
    assert await kept.storage.claim_wakes(kept.now, 10, MINUTE) == ([OFFICER] if held_until else [])


async def test_failed_messages_are_claimed_when_their_next_try_is_due(kept: Kept) -> None:
    soon = inbox(state=InboxState.FAILED, next_attempt_at=START + MINUTE)
    parked = inbox(state=InboxState.PARKED)
    await kept.storage.apply([Turn(inbox=soon), Turn(inbox=parked), Turn(inbox=inbox())])
    assert await kept.storage.claim_failed(START, 10, MINUTE) == []
    kept.let_pass(minutes=1)
    assert [row.id for row in await kept.storage.claim_failed(kept.now, 10, MINUTE)] == [soon.id]
    assert await kept.storage.claim_failed(kept.now, 10, MINUTE) == []


async def test_a_claim_takes_no_more_than_asked(kept: Kept) -> None:
    await _store(kept, *(message() for _ in range(5)))
    assert [len(await _claim(kept, 2)) for _ in range(4)] == [2, 2, 1, 0]


async def test_a_lease_is_held_by_one_renewed_by_it_and_free_after_its_time(kept: Kept) -> None:
    other = await kept.other_node()
    assert await kept.storage.take_lease("poll:bot1", "node-1", kept.now, MINUTE)
    assert not await other.take_lease("poll:bot1", "node-2", kept.now, MINUTE)
    assert await other.take_lease("poll:bot2", "node-2", kept.now, MINUTE)
    kept.let_pass(seconds=50)
    assert await kept.storage.take_lease("poll:bot1", "node-1", kept.now, MINUTE)
    kept.let_pass(seconds=50)
    assert not await other.take_lease("poll:bot1", "node-2", kept.now, MINUTE)
    kept.let_pass(seconds=11)
    assert await other.take_lease("poll:bot1", "node-2", kept.now, MINUTE)


async def test_a_lease_that_nobody_took_for_a_day_is_swept_away_and_can_be_taken_again(kept: Kept) -> None:
    assert await kept.storage.take_lease("knock:1", "row-1", kept.now, MINUTE)
    kept.let_pass(hours=23)
    assert await kept.storage.sweep(kept.now) == 0
    kept.let_pass(hours=2)
    assert await kept.storage.sweep(kept.now) == 1
    assert await kept.storage.take_lease("knock:1", "row-2", kept.now, MINUTE)


async def test_only_its_holder_gives_a_lease_back(kept: Kept) -> None:
    await kept.storage.take_lease("tick", "node-1", kept.now, MINUTE)
    await kept.storage.release_lease("tick", "node-2")
    assert not await kept.storage.take_lease("tick", "node-2", kept.now, MINUTE)
    await kept.storage.release_lease("tick", "node-1")
    assert await kept.storage.take_lease("tick", "node-2", kept.now, MINUTE)


async def test_of_many_that_want_a_lease_at_once_one_gets_it(kept: Kept) -> None:
    other = await kept.other_node()
    stores = [kept.storage, other] * 3
    wanted = (s.take_lease("poll", f"node-{i}", kept.now, MINUTE) for i, s in enumerate(stores))
    assert sorted(await asyncio.gather(*wanted)) == [False] * 5 + [True]


async def test_a_poll_offset_is_kept(kept: Kept) -> None:
    assert await kept.storage.cursor("telegram:bot1") is None
    await kept.storage.save_cursor("telegram:bot1", 900_000_000_001)
    await kept.storage.save_cursor("telegram:bot1", 900_000_000_005)
    other = await kept.other_node()
    assert await other.cursor("telegram:bot1") == 900_000_000_005


async def test_a_message_that_was_not_wanted_is_not_loaded(kept: Kept) -> None:
    await kept.storage.apply([Turn(inbox=inbox(), conversations=(conversation(),)), opening(case())])
    loaded = await kept.storage.load(Wanted())
    assert not loaded.cases
    assert not loaded.conversations
