"""Who is heard first when more is written than can be handled: nobody is crowded out by another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import cast

from bot.domain.messages import Address, Inbound, Kind
from bot.line import work_queue
from bot.line.message_work import Message, Order
from bot.line.work import Work
from bot.line.work_queue import QueuedWork, Waiting
from bot.ports.messengers import Receipt
from tests.kit.clock import START


def _somebody(name: str) -> Address:
    return Address("telegram", name)


def _entry(work: Work) -> QueuedWork:
    return QueuedWork(work, cast("asyncio.Future[Receipt]", None))  # nobody waits for it


def says(name: str, text: str) -> QueuedWork:
    place = _somebody(name)
    return _entry(Message(Inbound("telegram", "1", f"{name}-{text}", Kind.TEXT, START, place, place, text)))


def _is_number(work: Work) -> bool:
    return isinstance(work, Message) and work.inbound.text.isdigit()


def waiting(*entries: QueuedWork) -> Waiting:
    queue = Waiting(_is_number)
    for entry in entries:
        queue.add(entry)
    return queue


def texts(batch: Iterable[QueuedWork]) -> list[str]:
    return [entry.work.inbound.text if isinstance(entry.work, Message) else "own" for entry in batch]


def test_who_writes_while_another_floods_is_in_the_next_batch() -> None:
    queue = waiting(*(says("flood", f"flood {n}") for n in range(400)), says("officer", "somebody screams for help"))
    assert "somebody screams for help" in texts(queue.take(10))


def test_what_one_person_writes_keeps_its_order() -> None:
    queue = waiting(*(says("flood", f"{n}.") for n in range(30)), says("officer", "help"))
    heard = [text for _ in range(4) for text in texts(queue.take(10)) if text != "help"]
    assert heard == [f"{n}." for n in range(30)]
    assert len(queue) == 0


def test_a_deadline_does_not_wait_behind_messages() -> None:
    queue = waiting(*(says(str(n), "hello") for n in range(500)), _entry(Order(lambda _c: None, actor="bridge")))
    assert texts(queue.take(10))[0] == "own"


def test_who_has_a_case_of_the_highest_urgency_is_heard_first_and_the_others_are_heard_too() -> None:
    queue = waiting()
    queue.note(_somebody("pressing"), is_urgent=True)
    for entry in (*(says(str(n), "hello") for n in range(50)), *(says("pressing", f"{n}!") for n in range(50))):
        queue.add(entry)
    first = texts(queue.take(8))
    assert first == [f"{n}!" for n in range(6)] + ["hello"] * 2
    queue.note(_somebody("pressing"), is_urgent=False)
    queue.take(8)
    assert texts(queue.take(8)).count("hello") >= 7


def test_one_person_can_fill_the_line_no_more_than_so_far() -> None:
    queue = waiting(*(says("flood", str(n)) for n in range(work_queue.OF_ONE)))
    assert not queue.has_room(says("flood", "more"))
    assert queue.has_room(says("officer", "help"))
    assert queue.has_room(_entry(Order(lambda _c: None, actor="bridge")))


def test_when_the_line_is_full_the_clock_still_finds_room() -> None:
    queue = waiting(*(says(str(n), "hello") for n in range(work_queue.WAITING)))
    assert not queue.has_room(says("officer", "help"))
    assert queue.has_room(_entry(Order(lambda _c: None, actor="bridge")))


def test_a_number_waits_until_what_was_written_before_it_is_answered() -> None:
    queue = waiting(says("officer", "help"), says("officer", "2"), says("officer", "and"), says("other", "3"))
    assert texts(queue.take(10)) == ["help", "3"]
    assert texts(queue.take(10)) == ["2", "and"]


def test_those_with_urgent_cases_are_remembered_in_flat_memory() -> None:
    queue = waiting()
    for number in range(work_queue._REMEMBERED + 5):
        queue.note(_somebody(str(number)), is_urgent=True)
    assert len(queue._urgent) == work_queue._REMEMBERED
