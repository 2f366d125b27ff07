"""What is promised when more waits than can be sent: urgent first, others not held up by one, and no silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.delivery.marking import Limits
from bot.domain.errors import StorageError, Unavailable
from bot.domain.messages import Capabilities, Delivery, DeliveryState, Outgoing, Priority
from bot.ports.reads import ANY, Room
from tests.unit.delivery.delivering import Postroom, Watched, answer, message

pytestmark = pytest.mark.long

TELEGRAM = Capabilities(text_limit=4096, per_chat_second=1, chat_burst=3, total_second=25, group_prefix="-")
QUICK = Capabilities(text_limit=4096, per_chat_second=10, chat_burst=10)
OUT = Unavailable("connection refused")


def reference(outbox_id: int, to: str) -> Outgoing:
    """The answer that names a case of the highest urgency."""
    return replace(answer(outbox_id, to), priority=Priority.U1)


async def post(room: Postroom, messages: Sequence[Outgoing]) -> None:
    """Commit and hand over as the line does, a hundred at a time, and let a moment pass."""
    for start in range(0, len(messages), 100):
        await room.post(*messages[start : start + 100])
        await room.wait(0.1, step=0.1)


def before(room: Postroom, outbox_id: int) -> int:
    """How many messages were sent before this one."""
    return [delivery.message.id for _, delivery, _ in room["telegram"].sent].index(outbox_id)


async def test_after_an_outage_the_urgent_alert_and_the_urgent_reference_are_among_the_first() -> None:
    room = Postroom(telegram=TELEGRAM)
    room["telegram"].always["*"] = OUT
    routine = [answer(n, f"telegram:{n % 300}") for n in range(1, 1001)]
    await post(room, routine[:500])
    await post(room, [message(5001, "telegram:desk"), reference(5002, "telegram:officer")])
    await post(room, routine[500:])
    await room.wait(100)
    assert room["telegram"].sent == []
    del room["telegram"].always["*"]
    await room.wait(100)
    assert len(room["telegram"].sent) == 1002
    assert before(room, 5001) < 50
    assert before(room, 5002) < 50


async def test_a_ping_for_a_desk_does_not_wait_for_what_fills_the_memory() -> None:
    room = Postroom(telegram=TELEGRAM, limits=Limits(in_flight=100))
    await post(room, [answer(n, f"telegram:{n}") for n in range(1, 1001)])
    sent = len(room["telegram"].sent)
    await room.post(message(5001, "telegram:desk"))
    await room.wait(1)
    assert before(room, 5001) <= sent + 1


async def test_a_ping_stored_by_a_node_that_died_is_taken_though_the_memory_is_full() -> None:
    room = Postroom(telegram=replace(TELEGRAM, total_second=2), limits=Limits(in_flight=20))
    await room.store(message(5001, "telegram:desk"))
    other = await _free(room)
    await post(room, [answer(n, f"telegram:{n}") for n in range(1, 101)])
    await room.wait(1)
    assert other == 5001
    assert before(room, 5001) <= 5


async def _free(room: Postroom) -> int:
    """Let the lease of what is stored end."""
    await room.commit()
    room.time.move_to(room.time.now + timedelta(seconds=31))
    return 5001


async def test_a_flood_from_one_person_slows_the_answers_to_that_person_only() -> None:
    room = Postroom(telegram=TELEGRAM)
    flood = [answer(n, "telegram:flood") for n in range(1, 1001)]
    await post(room, flood)
    sent = len(room["telegram"].sent)
    await post(room, [answer(2000 + n, f"telegram:{n}") for n in range(20)])
    await room.wait(1)
    assert all(before(room, 2000 + n) <= sent + 22 for n in range(20))


async def test_a_chat_with_three_thousand_answers_gets_all_of_them_in_order_and_without_a_silence() -> None:
    room = Postroom(telegram=QUICK)
    flood = [answer(n) for n in range(1, 3001)]
    await post(room, flood)
    await room.wait(320)
    assert room["telegram"].texts == [one.text for one in flood]
    gaps = [later - earlier for earlier, later in pairwise(room["telegram"].seconds)]
    assert max(gaps) <= 1.0  # a tick


async def test_what_waits_in_the_outbox_is_not_in_memory() -> None:
    room = Postroom(telegram=TELEGRAM, limits=Limits(in_flight=100))
    await post(room, [answer(n, f"telegram:{n % 7}") for n in range(1, 2001)])
    assert room.deliverer.room() >= 2 * 100
    assert len(room.deliverer._dispatchers["telegram"].rows()) <= 125
    waiting = await room.storage.outbox([DeliveryState.QUEUED], 3000)
    assert len(waiting) + len(room["telegram"].sent) >= 2000


class Leaving(Watched):
    """A database that goes away after the next claim."""

    def __init__(self) -> None:
        super().__init__()
        self.claims_left: int | None = None

    async def claim_outbox(
        self, messengers: Sequence[str], now: datetime, limit: int, lease: timedelta, room: Room = ANY
    ) -> list[Delivery]:
        if self.claims_left == 0:
            raise StorageError("The server cannot be reached.")
        if self.claims_left is not None:
            self.claims_left -= 1
        return await super().claim_outbox(messengers, now, limit, lease, room)


async def test_what_was_claimed_just_before_the_database_went_away_is_sent_and_not_passed() -> None:
    storage = Leaving()
    room = Postroom(storage=storage, limits=Limits(in_flight=1))
    first, second = answer(1), answer(2)
    await room.store(first, second)
    await _free(room)
    storage.claims_left = 1
    with pytest.raises(StorageError):
        await room.deliverer.tick()
    storage.claims_left = None
    await room.wait(3)
    assert room["telegram"].texts == [first.text, second.text]
