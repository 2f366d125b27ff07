"""What is promised of pace: a messenger's limits are kept, urgent goes first, and an answer does not wait."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.delivery.marking import Limits
from bot.domain.messages import Capabilities, Priority
from tests.unit.delivery.delivering import Postroom, answer, message, ping

pytestmark = pytest.mark.long

CHAT = Capabilities(text_limit=4096, per_chat_second=1, chat_burst=3)
GROUP = Capabilities(text_limit=4096, per_chat_second=1, chat_burst=5, per_group_minute=20, groups=True)
STRICT = Capabilities(
    text_limit=4096, per_chat_second=0.25, chat_burst=15, is_strict=True, group_prefix="robot:", per_group_minute=17
)
TOTAL = Capabilities(text_limit=4096, total_second=3)


async def test_a_quiet_chat_gets_a_short_burst_and_then_one_message_a_second() -> None:
    room = Postroom(telegram=CHAT)
    await room.post(*(message(n) for n in range(1, 7)))
    await room.wait(10, step=0.1)
    assert [round(s) for s in room["telegram"].seconds] == [0, 0, 0, 1, 2, 3]
    assert room["telegram"].texts == [f"message {n}" for n in range(1, 7)]


async def test_the_answer_to_a_persons_own_message_does_not_wait_but_counts() -> None:
    room = Postroom(telegram=CHAT)
    await room.post(*(message(n) for n in range(1, 4)))
    await room.post(answer(9))
    assert room["telegram"].texts == ["message 1", "message 2", "message 3", "message 9"]
    await room.post(message(10))
    await room.wait(10, step=0.1)
    assert round(room["telegram"].seconds[-1]) == 2  # a second later than without the answer


async def test_where_too_much_is_lost_an_answer_waits_too() -> None:
    room = Postroom(telegram=STRICT)
    await room.post(*(message(n) for n in range(1, 19)))
    await room.post(answer(99))
    assert room["telegram"].texts == [f"message {n}" for n in range(1, 16)]
    await room.wait(80)
    assert room["telegram"].texts[15:] == ["message 16", "message 17", "message 18", "message 99"]


async def test_where_too_much_is_lost_the_parts_of_a_long_text_wait_too_and_none_comes_twice() -> None:
    room = Postroom(telegram=replace(STRICT, text_limit=10))
    story = " ".join(f"word{n:04}" for n in range(40))
    await room.post(message(1, text=story), message(2))
    assert len(room["telegram"].sent) == 15
    await room.wait(240)
    assert room["telegram"].texts == [*story.split(), "message 2"]
    assert most_in_a_minute([room]) <= 30


async def test_no_minute_has_too_much_over_two_nodes_and_a_restart() -> None:
    one = Postroom(telegram=STRICT)
    two = Postroom(telegram=STRICT, storage=one.storage)
    await one.post(*(message(n) for n in range(1, 60)))
    await two.post(*(message(n) for n in range(101, 160)))
    for _ in range(90):
        for room in (one, two):
            await room.wait(1, step=1)
    again = Postroom(telegram=STRICT, storage=one.storage)
    again.time.move_to(one.time.now)
    await again.post(*(message(n) for n in range(201, 260)))
    for _ in range(400):
        for room in (one, two, again):
            await room.wait(1, step=1)
    assert most_in_a_minute([one, two, again]) <= 30
    assert sum(len(room["telegram"].sent) for room in (one, two, again)) > 90


async def test_a_group_of_a_strict_messenger_and_other_people_do_not_wait_for_one_person() -> None:
    room = Postroom(telegram=STRICT)
    await room.post(*(message(n) for n in range(1, 30)))
    await room.post(*(message(100 + n, "telegram:robot:duty") for n in range(3)), message(200, "telegram:2"))
    assert {"message 100", "message 102", "message 200"} <= set(room["telegram"].texts)


async def test_while_nothing_can_be_counted_nothing_is_sent_that_could_be_lost() -> None:
    room = Postroom(telegram=STRICT)
    room.storage.is_out = True
    await room.post(message(1))
    assert room["telegram"].sent == []
    room.storage.is_out = False
    await room.wait(5)
    assert room["telegram"].texts == ["message 1"]


async def test_the_parts_of_a_long_text_keep_to_the_pace_of_a_group_too() -> None:
    room = Postroom(telegram=replace(STRICT, text_limit=10))
    story = " ".join(f"word{n:04}" for n in range(40))
    await room.post(message(1, "telegram:robot:duty", text=story))
    assert len(room["telegram"].sent) == 3
    await room.wait(240)
    assert room["telegram"].texts == story.split()
    assert most_in_a_minute([room]) <= 20


def most_in_a_minute(rooms: list[Postroom]) -> int:
    """The most that one person got in any minute, whoever sent it."""
    moments = [second for room in rooms for second in room["telegram"].seconds]
    return max(sum(start <= moment < start + 60 for moment in moments) for start in moments)


async def test_a_paced_chat_does_not_hold_up_another() -> None:
    room = Postroom(telegram=CHAT)
    await room.post(*(message(n) for n in range(1, 7)), message(9, "telegram:2"))
    assert "message 9" in room["telegram"].texts


async def test_a_group_gets_no_more_than_its_share_a_minute_over_all_its_topics() -> None:
    room = Postroom(telegram=GROUP)
    await room.post(*(message(n, f"telegram:-100/{n % 2}") for n in range(1, 31)))
    await room.wait(60)
    assert 20 <= len(room["telegram"].sent) <= 23
    await room.wait(60)
    assert len(room["telegram"].sent) == 30


async def test_a_person_is_not_paced_as_a_group() -> None:
    room = Postroom(telegram=GROUP)
    await room.post(*(message(n, "telegram:100") for n in range(1, 31)))
    await room.wait(30)
    assert len(room["telegram"].sent) == 30


async def test_when_the_messengers_limit_binds_the_most_urgent_go_first() -> None:
    room = Postroom(telegram=TOTAL)
    await room.post(*(message(n, f"telegram:{n}", priority=Priority.U4) for n in range(1, 8)))
    await room.post(message(20, "telegram:20"), answer(21, "telegram:21"))
    await room.wait(5, step=0.1)
    assert room["telegram"].texts[1:3] == ["message 20", "message 21"]
    assert all(later - earlier > 0.3 for earlier, later in pairwise(room["telegram"].seconds))


async def test_what_waits_for_its_pace_longer_than_a_lease_goes_out_in_its_time_and_once() -> None:
    room = Postroom(telegram=Capabilities(text_limit=4096, per_group_minute=3))
    await room.post(*(message(n, "telegram:-1") for n in range(1, 8)))
    await room.wait(180)
    assert [round(s) for s in room["telegram"].seconds] == [0, 0, 0, 20, 40, 60, 80]


async def test_a_ping_that_waited_for_its_pace_is_looked_at_again() -> None:
    room = Postroom(telegram=TOTAL)
    case = await room.case_with_deadline()
    await room.post(*(ping(n, f"telegram:{n}") for n in range(1, 9)))
    await room.meet(case)
    await room.wait(10)
    assert room["telegram"].texts == ["message 1"]


async def test_without_limits_nothing_waits() -> None:
    room = Postroom()
    await room.post(*(message(n) for n in range(1, 100)))
    assert len(room["telegram"].sent) == 99


async def test_a_long_text_counts_by_its_parts() -> None:
    room = Postroom(telegram=replace(CHAT, text_limit=10))
    await room.post(message(1, text="one two three four"), message(2), message(3), message(4))
    await room.wait(10, step=0.1)
    assert [round(s) for s in room["telegram"].seconds] == [0, 0, 0, 1, 2]


async def test_a_flood_for_one_paced_group_leaves_room_for_others_and_all_arrives_in_order() -> None:
    room = Postroom(telegram=replace(GROUP, per_group_minute=120), limits=Limits(in_flight=40))
    flood = [message(n, "telegram:-1", priority=Priority.U3) for n in range(1, 61)]
    await room.post(*flood)
    await room.post(message(99, "telegram:2", priority=Priority.U4))
    assert "message 99" in room["telegram"].texts
    await room.wait(200)
    to_group = [text for _, d, text in room["telegram"].sent if d.message.address.peer == "-1"]
    assert to_group == [m.text for m in flood]
