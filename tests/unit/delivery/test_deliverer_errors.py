"""What becomes of a message that a messenger does not take: tried again, sent elsewhere, shown; never lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.delivery.marking import Limits
from bot.domain.errors import Moved, Refused, SendError, Throttled, Unavailable, Uncertain, Unreachable, WindowClosed
from bot.domain.messages import Address, Capabilities, Delivery, DeliveryState, Priority
from tests.unit.delivery.delivering import NOON, Postroom, answer, edit, message, ping

pytestmark = pytest.mark.long

SLOW_DOWN = Throttled("too many requests", retry_after=timedelta(seconds=20))
OUT = Unavailable("connection refused")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Refused("chat not found"), "refused: chat not found"), (Unreachable("blocked"), "unreachable: blocked")],
)
async def test_what_will_never_be_taken_is_parked_and_the_next_address_is_sent_to_at_once(
    error: SendError, reason: str
) -> None:
    room = Postroom()
    room["telegram"].always["1"] = error
    await room.post(replace(message(1, "telegram:1", "wechat:2", "web:3"), reply_to="m5", tap_id="t5"))
    await room.wait(0.5)
    row = await room.row(1)
    assert (row.state, row.reason, row.joined) == (DeliveryState.PARKED, reason, True)
    _, joined, text = room["wechat"].sent[0]
    assert (text, joined.message.others) == ("message 1", (Address("web", "3"),))
    assert joined.message.dedupe_key == "key:1>wechat:2"
    assert (joined.message.reply_to, joined.message.tap_id) == ("", "")  # these are of the first chat
    await room.wait(120)
    assert (len(room["telegram"].tries), len(room["wechat"].tries), len(room["web"].tries)) == (1, 1, 0)


async def test_the_last_address_is_reached_through_all_that_fail_before_it() -> None:
    room = Postroom()
    room["telegram"].always["1"] = room["wechat"].always["2"] = Unreachable("blocked")
    await room.post(message(1, "telegram:1", "wechat:2", "web:3"))
    await room.wait(2)
    assert room["web"].texts == ["message 1"]


async def test_what_is_parked_without_another_address_is_told_in_the_log_by_ids_only() -> None:
    room = Postroom()
    room["telegram"].always["1"] = Unreachable("blocked")
    with capture_logs() as logs:
        await room.post(replace(message(1, text="girl 16 in Nanchang"), case_id=7))
    assert [(log["log_level"], log["outbox_id"], log["case_id"]) for log in logs] == [("warning", 1, 7)]
    assert "Nanchang" not in str(logs)
    assert [row.message.id for row in await _parked(room)] == [1]


async def _parked(room: Postroom) -> list[Delivery]:
    await room.commit()
    return await room.storage.outbox([DeliveryState.PARKED], 10)


async def test_a_throttled_chat_waits_as_long_as_it_is_told_and_others_go_on() -> None:
    room = Postroom()
    room["telegram"].plan("1", SLOW_DOWN)
    await room.post(message(1), message(2), message(3, "telegram:2"))
    assert room["telegram"].texts == ["message 3"]
    await room.post(answer(4), message(5, "telegram:2"))
    await room.wait(19)
    assert room["telegram"].texts == ["message 3", "message 5"]
    assert (await room.row(1)).attempts == 0
    await room.wait(2)
    assert room["telegram"].texts[2:] == ["message 1", "message 2", "message 4"]


async def test_a_closed_reply_window_is_shown_and_the_next_address_is_sent_to_at_once() -> None:
    room = Postroom()
    room["wechat"].plan("1", WindowClosed("45015"))
    await room.post(message(1, "wechat:1", "telegram:2"))
    await room.wait(0.5)
    assert await room.state(1) is DeliveryState.WINDOW_CLOSED
    assert room["telegram"].texts == ["message 1"]
    await room.wait(301)
    assert room["wechat"].texts == ["message 1"]
    assert await room.state(1) is DeliveryState.SENT


async def test_a_messenger_that_is_down_is_tried_again_ever_less_often() -> None:
    room = Postroom()
    room["telegram"].always["1"] = OUT
    await room.post(message(1, priority=Priority.U3))
    await room.wait(1500)
    assert _waits(room) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


async def test_what_is_urgent_is_tried_again_every_fifteen_seconds_at_least() -> None:
    room = Postroom()
    room["telegram"].always["1"] = OUT
    await room.post(message(1))
    await room.wait(120)
    assert _waits(room) == [1, 2, 4, 8, *[15] * 7]


def _waits(room: Postroom) -> list[float]:
    tries = room["telegram"].tries
    return [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]


async def test_after_a_day_of_tries_it_is_parked_and_shown() -> None:
    room = Postroom()
    room["telegram"].always["1"] = OUT
    await room.post(message(1, "telegram:1"))
    await room.wait(24 * 3600 - 600, step=60)
    assert await room.state(1) is DeliveryState.QUEUED
    await room.wait(1200, step=60)
    row = await room.row(1)
    assert (row.state, row.reason) == (DeliveryState.PARKED, "not taken for 24 hours: connection refused")


async def test_after_a_failure_later_messages_to_the_address_keep_their_place() -> None:
    room = Postroom()
    room["telegram"].plan("1", Uncertain("no answer"), Uncertain("no answer"))
    await room.post(message(1), message(2))
    await room.wait(0.7, step=0.7)
    await room.post(message(3))
    await room.wait(10)
    assert room["telegram"].texts == ["message 1", "message 2", "message 3"]


async def test_a_message_that_comes_when_a_retry_is_due_but_not_claimed_yet_stays_behind_it() -> None:
    room = Postroom()
    room["telegram"].plan("1", Uncertain("no answer"))
    await room.post(message(1))
    room.time.move_to(NOON + timedelta(seconds=1.1))
    await room.post(message(2))
    assert room["telegram"].texts == []
    await room.tick()
    assert room["telegram"].texts == ["message 1", "message 2"]


async def test_a_retry_that_another_process_took_holds_up_the_rest_for_three_seconds_only() -> None:
    room = Postroom()
    room["telegram"].plan("1", Uncertain("no answer"))
    await room.post(message(1))
    await room.commit()
    room.time.move_to(NOON + timedelta(seconds=1.1))
    assert len(await room.storage.claim_outbox(["telegram"], room.time.now, 10, timedelta(seconds=30))) == 1
    await room.post(message(2))
    await room.wait(3)
    assert room["telegram"].texts == ["message 2"]


async def test_a_more_urgent_message_does_not_wait_behind_one_that_fails_and_its_success_brings_that_forward() -> None:
    room = Postroom()
    room["telegram"].plan("1", *[OUT] * 7)
    await room.post(message(1, priority=Priority.U3), message(2, priority=Priority.U3))
    await room.wait(70)  # the seventh try was at 63 s, the next would be at 127 s
    await room.post(message(3))
    await room.wait(2)
    assert room["telegram"].texts == ["message 3", "message 1", "message 2"]


async def test_a_message_on_which_the_adapter_breaks_does_not_hold_up_others_nor_leak_into_the_log() -> None:
    room = Postroom()
    room["telegram"].plan("1", KeyError("girl 16 in Nanchang"))
    with capture_logs() as logs:
        await room.post(message(1), message(2))
    assert room["telegram"].texts == ["message 2"]
    assert [(log["error"], log["outbox_id"]) for log in logs] == [("KeyError", 1)]
    assert "Nanchang" not in str(logs)
    await room.wait(2)
    assert room["telegram"].texts == ["message 2", "message 1"]


async def test_a_send_that_never_returns_is_given_up_and_tried_again() -> None:
    room = Postroom(limits=Limits(send=timedelta(0)))
    room["telegram"].plan("1", asyncio.Event())
    await room.post(message(1))
    assert (await room.row(1)).reason == "not taken: no answer in time"
    await room.wait(2)
    assert room["telegram"].texts == ["message 1"]


async def test_a_broken_meter_neither_stops_the_sending_nor_doubles_a_ping() -> None:
    room = Postroom()
    await room.case_with_deadline()
    room.is_meter_broken = True
    with capture_logs() as logs:
        await room.post(ping(1), ping(2))
    assert room["telegram"].texts == ["message 1", "message 2"]
    assert [log["error"] for log in logs] == ["RuntimeError"] * 2
    await room.wait(60)
    assert len(room["telegram"].texts) == 2


async def test_a_chat_that_moved_is_followed_at_once_with_all_that_waits_for_it() -> None:
    room = Postroom()
    room["telegram"].plan("-1", Moved("now a supergroup", Address("telegram", "-100")))
    await room.post(message(1, "telegram:-1"), message(2, "telegram:-1"))
    assert [(d.message.address.peer, text) for _, d, text in room["telegram"].sent] == [
        ("-100", "message 1"),
        ("-100", "message 2"),
    ]
    assert (await room.row(1)).message.address == Address("telegram", "-100")
    await room.wait(40)
    assert len(room["telegram"].sent) == 2


async def test_what_follows_a_chat_that_takes_nothing_now_waits_in_the_outbox_and_not_in_memory() -> None:
    room = Postroom()
    free = room.deliverer.room()
    room["telegram"].plan("2", SLOW_DOWN)
    room["telegram"].plan("1", Moved("moved", Address("telegram", "2")))
    await room.post(message(1, "telegram:2"), message(2, "telegram:1"))
    assert room.deliverer.room() == free
    await room.wait(21)
    assert room["telegram"].texts == ["message 1", "message 2"]


async def test_a_chat_that_keeps_moving_is_tried_again_later() -> None:
    room = Postroom()
    room["telegram"].always["1"] = Moved("moved", Address("telegram", "2"))
    room["telegram"].always["2"] = Moved("moved", Address("telegram", "1"))
    await room.post(message(1))
    row = await room.row(1)
    assert (row.state, row.reason) == (DeliveryState.QUEUED, "not taken: the chat keeps moving")


async def test_a_new_address_that_cannot_be_stored_is_tried_again_later() -> None:
    room = Postroom()
    room["telegram"].plan("1", Moved("moved", Address("telegram", "2")))
    room.storage.is_out = True
    await room.post(message(1))
    room.storage.is_out = False
    room["telegram"].plan("1", Moved("moved", Address("telegram", "2")))
    await room.wait(2)
    assert [d.message.address.peer for _, d, _ in room["telegram"].sent] == ["2"]


@pytest.mark.parametrize(("priority", "seconds"), [(Priority.U1, 30), (Priority.U2, 30), (Priority.U3, 300)])
async def test_what_is_undelivered_for_too_long_is_also_sent_to_the_next_address(
    priority: Priority, seconds: int
) -> None:
    room = Postroom()
    room["telegram"].always["1"] = OUT
    await room.post(message(1, "telegram:1", "wechat:2", priority=priority))
    await room.wait(seconds - 1)
    assert room["wechat"].texts == []
    await room.wait(2)
    assert room["wechat"].texts == ["message 1"]
    room["telegram"].always.clear()
    await room.wait(600)
    assert room["telegram"].texts == ["message 1"]  # the first address was tried on
    assert room["wechat"].texts == ["message 1"]  # and the next one joined once


async def test_an_answer_goes_to_the_next_address_after_five_minutes() -> None:
    room = Postroom()
    room["telegram"].always["1"] = OUT
    await room.post(replace(answer(1), others=(Address("wechat", "2"),)))
    await room.wait(299)
    assert room["wechat"].texts == []
    await room.wait(2)
    assert room["wechat"].texts == ["message 1"]


async def test_the_next_address_joins_in_time_while_a_send_hangs() -> None:
    room = Postroom()
    room["telegram"].plan("1", hangs := asyncio.Event())
    await room.post(message(1, "telegram:1", "wechat:2"))
    await room.wait(31)
    assert room["wechat"].texts == ["message 1"]
    hangs.set()
    await room.settle()
    row = await room.row(1)
    assert (row.state, row.joined) == (DeliveryState.SENT, True)
    await room.wait(60)
    assert room["telegram"].texts == room["wechat"].texts == ["message 1"]


async def test_the_next_address_joins_in_time_while_the_chat_is_throttled() -> None:
    room = Postroom()
    room["telegram"].plan("1", Throttled("too many", retry_after=timedelta(seconds=300)))
    await room.post(message(1, "telegram:1", "wechat:2"), message(3, "telegram:1", "wechat:4"))
    await room.wait(31)
    assert sorted(room["wechat"].texts) == ["message 1", "message 3"]
    await room.wait(271)
    assert room["telegram"].texts == ["message 1", "message 3"]


async def test_the_next_address_joins_in_time_while_the_chats_turn_is_paced() -> None:
    room = Postroom(telegram=Capabilities(text_limit=4096, per_group_minute=3))
    await room.post(*(message(n, "telegram:-1", f"wechat:{n}") for n in range(1, 8)))
    await room.wait(31)
    assert sorted(room["wechat"].texts) == ["message 5", "message 6", "message 7"]
    await room.wait(100)
    assert [round(s) for s in room["telegram"].seconds] == [0, 0, 0, 20, 40, 60, 80]


async def test_the_next_address_joins_in_time_when_a_whole_messenger_is_out() -> None:
    room = Postroom(limits=Limits(in_flight=40, at_once=4))
    room["telegram"].always["*"] = OUT
    await room.post(*(message(n, f"telegram:{n}", f"wechat:{n}") for n in range(200)))
    await room.wait(36)
    assert len(room["wechat"].texts) == 200
    room["telegram"].always.clear()
    await room.wait(60)
    assert len(room["telegram"].texts) == 200


async def test_a_messenger_that_is_out_is_not_hammered() -> None:
    room = Postroom(limits=Limits(at_once=4))
    room["telegram"].always["*"] = OUT
    await room.post(*(message(n, f"telegram:{n}") for n in range(300)))
    tried = len(room["telegram"].tries)
    assert tried < 10
    await room.post(*(message(n, f"telegram:{n}") for n in range(300, 400)))
    assert len(room["telegram"].tries) == tried
    await room.wait(60)
    assert len(room["telegram"].tries) < 100


async def test_what_was_late_already_when_it_was_claimed_is_tried_before_the_next_address_is_sent_to() -> None:
    room = Postroom()
    await room.store(message(1, "telegram:1", "wechat:2"))
    room.time.move_to(NOON + timedelta(minutes=20))  # the bridge was down
    await room.wait(60)
    assert (room["telegram"].texts, room["wechat"].texts) == (["message 1"], [])


async def test_an_edit_never_joins_another_address() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.post(message(1))
    room["telegram"].always["1"] = OUT
    await room.post(replace(edit(2, of=1), others=(Address("wechat", "2"),)))
    await room.wait(400)
    assert room["wechat"].tries == []


async def test_without_a_next_address_the_first_is_tried_on() -> None:
    room = Postroom()
    room["telegram"].plan("1", *[OUT] * 6)
    await room.post(message(1))
    await room.wait(70)
    row = await room.row(1)
    assert (row.state, row.joined, row.attempts) == (DeliveryState.SENT, False, 7)


async def test_a_next_address_on_a_messenger_that_is_not_there_is_passed_over() -> None:
    room = Postroom()
    room["telegram"].always["1"] = Unreachable("blocked")
    await room.post(message(1, "telegram:1", "wecom:9", "wechat:2"))
    await room.wait(1)
    assert room["wechat"].texts == ["message 1"]


async def test_a_parked_message_that_somebody_puts_back_is_tried_again() -> None:
    room = Postroom()
    room["telegram"].plan("1", Refused("chat not found"))
    await room.post(message(1))
    await room.commit()
    await room.wait(5)
    assert await room.storage.retry_outbox(1, room.time.now)
    await room.wait(1)
    assert room["telegram"].texts == ["message 1"], "within a second, as whoever put it back is told"
