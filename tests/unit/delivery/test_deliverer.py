"""What is promised of every message: in order, in time, not twice, and not when it is needless."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.marking import USUAL, Limits, Recent
from bot.delivery.settled import Settled
from bot.domain.errors import Throttled, Unavailable, Uncertain
from bot.domain.messages import Address, Button, Capabilities, Delivery, DeliveryState, Outgoing, Priority
from bot.domain.turn import Mark
from tests.unit.delivery.delivering import NOON, Postroom, Watched, answer, edit, message, ping


async def test_a_message_just_committed_is_sent_at_once() -> None:
    room = Postroom()
    await room.post(message(1))
    assert room["telegram"].texts == ["message 1"]
    row = await room.row(1)
    assert (row.state, row.external_id, row.attempts) == (DeliveryState.SENT, "telegram-1", 1)


async def test_a_message_left_by_a_process_that_died_is_claimed_and_sent() -> None:
    room = Postroom()
    await room.store(message(1))
    await room.wait(29)
    assert room["telegram"].texts == []
    await room.wait(2)
    assert room["telegram"].texts == ["message 1"]


async def test_messages_to_one_address_go_in_order_and_only_urgent_alerts_and_pings_pass_the_others() -> None:
    room = Postroom()
    first_is_slow = asyncio.Event()
    room["telegram"].plan("1", first_is_slow)
    await room.post(message(1))
    urgent_answer = replace(answer(7), priority=Priority.U1)
    await room.post(message(5), message(3), answer(6), message(4, priority=Priority.U3), urgent_answer, message(8))
    first_is_slow.set()
    await room.settle()
    assert room["telegram"].texts == [f"message {n}" for n in (1, 3, 5, 8, 4, 6, 7)]


async def test_only_one_message_to_an_address_is_under_way_while_other_addresses_go_on() -> None:
    room = Postroom()
    slow = asyncio.Event()
    room["telegram"].plan("1", slow)
    await room.post(message(1), message(2), message(3, "telegram:2"), message(4, "wechat:3"))
    assert room["telegram"].texts == ["message 3"]
    assert room["wechat"].texts == ["message 4"]
    slow.set()
    await room.settle()
    assert room["telegram"].texts == ["message 3", "message 1", "message 2"]


async def test_a_messenger_that_hangs_delays_no_other_and_holds_no_more_sends_than_allowed() -> None:
    room = Postroom(limits=Limits(in_flight=20, at_once=4))
    hangs = asyncio.Event()
    for peer in range(40):
        room["telegram"].plan(str(peer), hangs)
    await room.post(*(message(n, f"telegram:{n}") for n in range(40)))
    await room.post(*(message(100 + n, f"wechat:{n}") for n in range(20)))
    assert len(room["wechat"].texts) == 20
    assert room["telegram"].most_under_way == 4


async def test_a_messenger_with_a_full_backlog_does_not_crowd_out_another() -> None:
    room = Postroom(limits=Limits(in_flight=10, at_once=2))
    hangs = asyncio.Event()
    for peer in range(60):
        room["telegram"].plan(str(peer), hangs)
    await room.store(*(message(n, f"telegram:{n}") for n in range(60)))
    await room.store(message(100, "wechat:1", priority=Priority.U4))
    room.time.move_to(NOON + timedelta(seconds=31))
    await room.tick()
    assert room["wechat"].texts == ["message 100"]


async def test_what_finds_no_room_in_memory_is_sent_when_its_lease_has_run_out() -> None:
    room = Postroom(limits=Limits(in_flight=4))
    total = room.deliverer.room()
    await room.store(*(message(n, f"telegram:{n}") for n in range(10)))
    room.deliverer.hand_over([message(n, f"telegram:{n}") for n in range(10)])
    assert room.deliverer.room() == total - 4
    await room.wait(60)
    assert sorted(room["telegram"].texts) == sorted(f"message {n}" for n in range(10))


async def test_a_message_is_not_sent_twice_while_its_mark_waits_for_a_commit() -> None:
    room = Postroom(holds_what_it_owes=False)
    await room.post(message(1))
    room.time.move_to(NOON + timedelta(seconds=45))
    assert await room.deliverer.tick() == 1  # the lease ran out, and the mark is not committed
    await room.settle()
    assert room["telegram"].texts == ["message 1"]


async def test_what_failed_is_not_tried_before_its_moment_while_its_mark_waits_for_a_commit() -> None:
    room = Postroom(holds_what_it_owes=False)
    waits = timedelta(seconds=60)
    room["telegram"].plan("1", Throttled("slow down", retry_after=waits))
    await room.post(message(1))
    for seconds, taken in ((31, 0), (62, 1)):  # the lease runs out twice, and nothing is committed
        room.time.move_to(NOON + timedelta(seconds=seconds))
        assert await room.deliverer.tick() == 1
        await room.settle()
        assert len(room["telegram"].sent) == taken


async def test_a_row_whose_lease_ran_out_in_memory_is_claimed_again_before_it_is_sent() -> None:
    room = Postroom(limits=Limits(at_once=1))
    hangs = asyncio.Event()
    room["telegram"].plan("1", hangs)
    await room.post(message(1), message(2, "telegram:2"))
    room.time.move_to(NOON + timedelta(seconds=31))
    hangs.set()
    await room.settle()
    assert room["telegram"].texts == ["message 1"]  # another process may have the second one by now
    await room.tick()
    assert room["telegram"].texts == ["message 1", "message 2"]


async def test_what_comes_after_a_row_whose_lease_runs_out_in_memory_does_not_pass_it() -> None:
    room, goes_on = Postroom(), asyncio.Event()
    room["telegram"].plan("1", goes_on)
    await room.post(answer(1), answer(2))
    room.time.move_to(NOON + timedelta(seconds=24))
    await room.post(answer(3))  # leased for longer than the second
    room.time.move_to(NOON + timedelta(seconds=26))
    goes_on.set()
    await room.settle()
    assert room["telegram"].texts == ["message 1"]
    await room.tick()
    assert room["telegram"].texts == ["message 1", "message 2", "message 3"]


async def test_what_is_new_waits_behind_what_was_put_back_though_that_could_not_be_noted_yet() -> None:
    room = Postroom()
    room["telegram"].plan("1", Unavailable("down"))
    await room.post(answer(1))
    room.time.move_to(NOON + timedelta(seconds=20))  # the mark of the first waits for the database all the time
    await room.post(answer(2), answer(3, "telegram:2"))
    assert room["telegram"].texts == ["message 3"]
    await room.tick()
    assert room["telegram"].texts == ["message 3", "message 1", "message 2"]


class SlowToTell(Watched):
    """A storage that has claimed a message and takes its time to say so."""

    def __init__(self, claimed: Outgoing) -> None:
        super().__init__()
        self.claimed = claimed
        self.tells = asyncio.Event()

    async def claim_outbox(self, *_: object) -> list[Delivery]:
        await self.tells.wait()
        return [Delivery(self.claimed)]


async def test_what_was_claimed_before_an_earlier_one_failed_does_not_pass_it() -> None:
    storage, fails = SlowToTell(answer(2)), asyncio.Event()
    room = Postroom(storage=storage)
    room["telegram"].plan("1", fails)
    await room.post(answer(1))
    ticking = asyncio.create_task(room.deliverer.tick())
    await room.settle()
    room["telegram"].always["1"] = Unavailable("down")
    fails.set()
    await room.settle()
    await room.commit()  # the first is in the outbox again, and anybody may have it
    room["telegram"].always.clear()
    room.time.move_to(NOON + timedelta(seconds=10))
    storage.tells.set()
    await ticking
    await room.settle()
    assert room["telegram"].texts == []
    assert [mark.outbox_id for mark in room.marks] == [2]


async def test_a_message_for_later_waits_for_its_moment() -> None:
    room = Postroom()
    await room.post(replace(message(1), not_before=NOON + timedelta(seconds=60)))
    await room.wait(59)
    assert room["telegram"].texts == []
    await room.wait(2)
    assert room["telegram"].texts == ["message 1"]


async def test_a_ping_about_a_deadline_met_meanwhile_is_dropped_with_the_reason() -> None:
    room = Postroom()
    case = await room.case_with_deadline()
    await room.store(ping(1))
    await room.meet(case)
    room.deliverer.hand_over([ping(1)])
    await room.settle()
    row = await room.row(1)
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "deadline met")
    assert room["telegram"].texts == []


async def test_a_ping_that_is_tried_again_is_looked_at_again() -> None:
    room = Postroom()
    case = await room.case_with_deadline()
    room["telegram"].plan("1", Uncertain("no answer"))
    await room.post(ping(1))
    await room.meet(case)
    await room.wait(5)
    assert await room.state(1) is DeliveryState.DROPPED
    assert room["telegram"].texts == []


async def test_replies_and_alerts_do_not_pay_for_the_recheck_and_pings_share_one() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.post(answer(1), message(2), *(ping(10 + n, f"telegram:{10 + n}") for n in range(20)))
    assert len(room["telegram"].texts) == 22
    assert [sorted(ids) for ids in room.storage.checks] == [list(range(10, 30))]


async def test_pings_that_wait_for_one_address_share_a_look_too() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.post(*(ping(10 + n, "telegram:1") for n in range(20)))
    assert len(room["telegram"].texts) == 20
    assert [sorted(ids) for ids in room.storage.checks] == [list(range(10, 30))]


async def test_when_the_storage_cannot_be_asked_the_ping_is_sent_later() -> None:
    room = Postroom()
    await room.case_with_deadline()
    room.storage.is_out = True
    await room.post(ping(1))
    assert room["telegram"].texts == []
    room.storage.is_out = False
    await room.wait(4)
    assert room["telegram"].texts == ["message 1"]


async def test_what_comes_after_a_message_that_the_storage_could_not_be_asked_about_waits_with_it() -> None:
    room = Postroom()
    await room.case_with_deadline()
    room.storage.is_out = True
    await room.post(replace(answer(1), case_id=7, created_at=NOON - timedelta(seconds=2)), answer(2))
    assert room["telegram"].texts == []
    room.storage.is_out = False
    await room.wait(4)
    assert room["telegram"].texts == ["message 1", "message 2"]


async def test_a_node_that_stood_still_just_before_it_sent_leaves_the_message_to_whoever_has_it_by_now() -> None:
    room = Postroom()
    await room.case_with_deadline()
    room.storage.stood_still = lambda: room.time.move_to(room.time.now + USUAL.lease)
    await room.post(ping(1))
    assert room["telegram"].texts == []
    room.storage.stood_still = lambda: None
    await room.wait(4)
    assert room["telegram"].texts == ["message 1"]


async def test_how_late_a_ping_went_out_is_told_and_of_other_messages_nothing() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.store(replace(ping(1), not_before=NOON + timedelta(seconds=10)), message(2, "wechat:1"))
    room.time.move_to(NOON + timedelta(seconds=42))
    await room.tick()
    assert room["wechat"].texts == ["message 2"]
    assert room.late == [(1, timedelta(seconds=32))]


async def test_an_edit_changes_the_message_that_was_sent() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.post(message(1))
    await room.post(edit(2, of=1))
    assert [d.edits for _, d, _ in room["telegram"].sent] == ["", "telegram-1"]


async def test_an_edit_of_a_message_sent_by_another_process_finds_it_in_the_outbox() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.post(message(1))
    await room.commit()
    other = Postroom(storage=room.storage)
    await other.post(edit(2, of=1))
    await other.wait(2)
    assert [d.edits for _, d, _ in other["telegram"].sent] == ["telegram-1"]


async def test_an_edit_waits_until_its_original_is_sent() -> None:
    room = Postroom()
    await room.case_with_deadline()
    room["telegram"].plan("1", Uncertain("no answer"), Uncertain("no answer"))
    await room.post(replace(message(1), case_id=7), edit(2, of=1))
    await room.wait(10)
    assert [d.edits for _, d, _ in room["telegram"].sent] == ["", "telegram-1"]


@pytest.mark.parametrize("original_is_stored", [True, False])
async def test_an_edit_whose_original_will_never_be_sent_is_dropped(original_is_stored: bool) -> None:
    room = Postroom()
    await room.case_with_deadline()
    if original_is_stored:
        room["telegram"].always["1"] = Uncertain("no answer")
        await room.post(replace(message(1, created_at=NOON - timedelta(hours=25)), case_id=7))
        assert await room.state(1) is DeliveryState.PARKED
    await room.post(edit(2, of=1))
    await room.wait(3)
    row = await room.row(2)
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "original never sent")


async def test_of_two_edits_only_the_newer_one_is_sent() -> None:
    room = Postroom()
    await room.case_with_deadline()
    await room.post(message(1))
    await room.post(edit(2, of=1), edit(3, of=1))
    assert room["telegram"].texts == ["message 1", "message 3"]
    assert (await room.row(2)).reason == "newer edit"


async def test_an_edit_for_a_messenger_that_cannot_edit_is_dropped_with_the_reason() -> None:
    room = Postroom(wechat=Capabilities(text_limit=2048, text_unit="bytes", buttons=False))
    await room.case_with_deadline()
    await room.post(message(1, "wechat:1"))
    await room.post(edit(2, of=1, to="wechat:1"))
    await room.wait(2)
    row = await room.row(2)
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "this messenger cannot change a sent message")


async def test_a_tapped_keyboard_is_changed_at_once_without_a_look_into_the_outbox() -> None:
    room = Postroom()
    await room.post(replace(answer(1), edits="m77"))
    assert [d.edits for _, d, _ in room["telegram"].sent] == ["m77"]
    assert room.storage.checks == []


async def test_a_long_text_is_sent_in_parts_with_the_buttons_on_the_last() -> None:
    room = Postroom(telegram=Capabilities(text_limit=20))
    buttons = ((Button("Acknowledge", "a.7.1.ack"),),)
    await room.post(replace(message(1, text="one two three four five six seven"), buttons=buttons))
    assert room["telegram"].texts == ["one two three four", "five six seven"]
    assert room["telegram"].lasts == [False, True]
    assert (await room.row(1)).parts_done == 2


async def test_parts_that_arrived_are_not_sent_again() -> None:
    room = Postroom(telegram=Capabilities(text_limit=20))
    went_well = asyncio.Event()
    went_well.set()
    room["telegram"].plan("1", went_well, Uncertain("no answer"))
    await room.post(message(1, text="one two three four five six seven"))
    assert (await room.row(1)).parts_done == 1
    await room.wait(2)
    assert room["telegram"].texts == ["one two three four", "five six seven"]
    assert await room.state(1) is DeliveryState.SENT


async def test_when_a_file_does_not_go_the_text_before_it_is_not_sent_again() -> None:
    room = Postroom(telegram=Capabilities(text_limit=20, files=True, file_limit=1000))
    went_well = asyncio.Event()
    went_well.set()
    room["telegram"].plan("1", went_well, Unavailable("the file was not taken"), Unavailable("nor now"))
    await room.post(replace(message(1, text="here is the log of the year"), file="log.csv"))
    await room.wait(5)
    assert room["telegram"].texts == ["here is the log of", "the year"]
    assert room["telegram"].lasts == [False, True]
    assert await room.state(1) is DeliveryState.SENT


async def test_a_messenger_without_buttons_gets_numbered_choices_and_one_without_files_a_sentence() -> None:
    room = Postroom(wechat=Capabilities(text_limit=2048, text_unit="bytes", buttons=False))
    buttons = ((Button("Yes", "f.7.danger.yes"), Button("No", "f.7.danger.no")),)
    await room.post(replace(message(1, "wechat:1", text="In danger?"), buttons=buttons))
    await room.post(replace(message(2, "wechat:2", text="The log."), file="log.csv"))
    assert room["wechat"].texts[0] == "In danger?\n\n1. Yes\n2. No"
    assert room["wechat"].sent[0][1].message.buttons == ()
    assert "log.csv cannot be sent on this messenger" in room["wechat"].texts[1]
    assert room["wechat"].sent[1][1].message.file == ""


async def test_at_the_end_what_is_under_way_is_finished_and_the_rest_left_in_the_outbox() -> None:
    room = Postroom()
    nearly_done = asyncio.Event()
    room["telegram"].plan("1", nearly_done)
    await room.post(message(1), message(2))
    stopping = asyncio.create_task(room.deliverer.stop())
    await room.settle()
    nearly_done.set()
    await stopping
    assert room["telegram"].texts == ["message 1"]
    assert await room.state(1) is DeliveryState.SENT
    assert await room.state(2) is DeliveryState.QUEUED


async def test_at_the_end_a_send_that_hangs_is_given_up_after_four_seconds() -> None:
    room = Postroom()
    room["telegram"].plan("1", asyncio.Event())
    await room.post(message(1))
    stopping = asyncio.create_task(room.deliverer.stop())
    await room.settle()
    assert not stopping.done()
    room.time.move_to(NOON + timedelta(seconds=4))
    await stopping
    assert await room.state(1) is DeliveryState.QUEUED


async def test_after_the_end_nothing_is_sent_any_more() -> None:
    room = Postroom()
    await room.deliverer.stop()
    await room.post(message(1))
    room.time.move_to(NOON + timedelta(seconds=31))
    await room.tick()
    assert room["telegram"].texts == []


async def test_drain_returns_when_all_that_can_be_sent_now_is_sent() -> None:
    room = Postroom(limits=Limits(at_once=3))
    messages = [message(n, f"telegram:{n % 7}") for n in range(50)]
    await room.store(*messages)
    room.deliverer.hand_over(messages)
    await room.deliverer.drain()
    assert len(room["telegram"].texts) == 50


async def test_a_message_for_a_messenger_that_is_not_there_is_parked_and_goes_to_the_next_address() -> None:
    room = Postroom()
    await room.post(message(1, "wecom:1", "telegram:1"))
    await room.wait(1)
    assert (await room.row(1)).reason == "there is no such messenger here"
    assert room["telegram"].texts == ["message 1"]
    assert room["telegram"].sent[0][1].message.address == Address("telegram", "1")


async def test_memory_stays_flat_however_many_addresses_were_sent_to() -> None:
    room = Postroom()
    for start in range(0, 2000, 100):
        room.deliverer.hand_over([message(n, f"telegram:{n}") for n in range(start, start + 100)])
        await room.deliverer.drain()
    lanes = room.deliverer._dispatchers["telegram"]._lanes
    assert len(room["telegram"].texts) == 2000
    assert (len(lanes._lanes), len(lanes._rows), len(lanes._ready), len(lanes._waiting)) == (0, 0, 0, 0)


def test_what_was_settled_is_remembered_for_a_while_and_then_forgotten() -> None:
    settled, row = Settled(timedelta(seconds=60)), Delivery(message(1))
    settled.add(Mark(1, DeliveryState.SENT, NOON))
    for second in range(1, 60):
        settled.add(Mark(1000 + second, DeliveryState.SENT, NOON + timedelta(seconds=second)))
        assert isinstance(settled.readmit(row, NOON + timedelta(seconds=second)), Mark)
    for second in (61, 122, 183):
        settled.add(Mark(2000 + second, DeliveryState.SENT, NOON + timedelta(seconds=second)))
    assert settled.readmit(row, NOON + timedelta(seconds=183)) == row


def test_only_the_latest_messages_are_remembered_for_edits() -> None:
    recent = Recent(most=2)
    for number in range(3):
        recent.add(f"key:{number}", f"m{number}")
    assert [recent.get(f"key:{number}") for number in range(3)] == ["", "m1", "m2"]
