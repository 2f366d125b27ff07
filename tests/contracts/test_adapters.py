"""What every adapter promises, whichever messenger is behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.web.adapter import WebAdapter
from bot.domain.button_data import LIMIT
from bot.domain.errors import SendError, StorageError, Unavailable
from bot.domain.messages import Address, Delivery, Inbound, Kind, Outgoing, OutgoingKind
from bot.domain.unreceived import Unreceived
from bot.ports.messengers import Adapter
from tests.contracts.adapter_benches import BENCHES, ONE, OTHER, Bench, TwoWayBench
from tests.fakes.memory_messenger import MemoryAdapter
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.messengers import capabilities, every_adapter
from tests.kit.telegram import ROWS, export
from tests.kit.time_outs import standing_still

CAN = {name: capabilities()[name.partition(" ")[0]] for name in BENCHES}
FULL = [name for name, can in CAN.items() if can.edits and can.files]
TWO_WAYS = [name for name, can in CAN.items() if can.receives]
for_full = pytest.mark.parametrize("bench", FULL, indirect=True)
for_all = pytest.mark.parametrize("bench", BENCHES, indirect=True)


@pytest.fixture(params=TWO_WAYS)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    async with BENCHES[request.param](tmp_path) as found:
        yield found


def to(bench: Bench, peer: str, text: str = "", *, edits: str = "", **message: object) -> Delivery:
    address = Address(bench.adapter.messenger, peer + bench.at)
    outgoing = Outgoing(1, f"case:7:{text}", OutgoingKind.REPLY, "person:1", address, text=text)
    return Delivery(replace(outgoing, **message), edits=edits)  # type: ignore[arg-type]


async def send(bench: Bench, delivery: Delivery) -> str:
    return await bench.adapter.send(delivery, delivery.message.text, is_last=True)


async def test_what_is_sent_stands_there_under_the_id_that_was_returned(bench: Bench) -> None:
    first = await send(bench, to(bench, ONE, "Your reference is KC26-M9S34-4", buttons=ROWS))
    second = await send(bench, to(bench, ONE, "Is she in danger?"))
    assert bench.seen(ONE) == [
        (first, "Your reference is KC26-M9S34-4", ["Yes", "No"]),
        (second, "Is she in danger?", []),
    ]
    assert first != second
    assert bench.seen(OTHER) == []


@for_all
async def test_a_text_reaches_whom_it_is_for_and_nobody_else(bench: Bench) -> None:
    first = await send(bench, to(bench, ONE, "KC26-M9S34-4: nobody has acknowledged"))
    second = await send(bench, to(bench, OTHER, "KC26-M9S34-4: acknowledged"))
    assert bench.seen(ONE) == [(first, "KC26-M9S34-4: nobody has acknowledged", [])]
    assert bench.seen(OTHER) == [(second, "KC26-M9S34-4: acknowledged", [])]
    assert first != second


async def test_buttons_come_with_the_last_part(bench: Bench) -> None:
    delivery = to(bench, ONE, "two parts", buttons=ROWS)
    await bench.adapter.send(delivery, "two", is_last=False)
    await bench.adapter.send(delivery, "parts", is_last=True)
    assert [(text, labels) for _, text, labels in bench.seen(ONE)] == [("two", []), ("parts", ["Yes", "No"])]


@for_full
async def test_a_file_comes_with_the_last_part(bench: Bench, tmp_path: Path) -> None:
    delivery = to(bench, ONE, "two parts", buttons=ROWS, file=export(tmp_path))
    await bench.adapter.send(delivery, "two", is_last=False)
    await bench.adapter.send(delivery, "parts", is_last=True)
    assert [(text, labels) for _, text, labels in bench.seen(ONE)] == [("two", []), ("parts", ["Yes", "No"])]


@for_full
async def test_an_edit_changes_what_stands_there_and_adds_nothing(bench: Bench) -> None:
    sent = await send(bench, to(bench, ONE, "Alert", buttons=ROWS))
    assert await send(bench, to(bench, ONE, "Alert, now U1", edits=sent)) == sent
    assert bench.seen(ONE) == [(sent, "Alert, now U1", [])]


async def test_an_edit_of_what_was_never_sent_fails_aloud(bench: Bench) -> None:
    with pytest.raises(SendError):
        await send(bench, to(bench, ONE, "Alert", edits="987654"))
    assert bench.seen(ONE) == []


@for_all
async def test_no_failure_is_anything_but_a_send_error(bench: Bench) -> None:
    bench.go_down()
    edits = [to(bench, ONE, "hello", edits="1")] if bench.adapter.capabilities.edits else []
    for delivery in (to(bench, ONE, "hello"), *edits):
        with pytest.raises(SendError) as caught:
            await send(bench, delivery)
        assert caught.value.retryable
        assert "hello" not in str(caught.value)


async def test_a_person_is_known_by_address_and_each_message_by_its_own_key(bench: TwoWayBench) -> None:
    await bench.write(ONE, "urgent")
    await bench.write(OTHER, "hello")
    await bench.write(ONE, "girl 16")
    taken = bench.inbox.taken
    assert [(str(message.sender), message.text, message.kind) for message in taken] == [
        (f"{bench.adapter.messenger}:{ONE}", "urgent", Kind.TEXT),
        (f"{bench.adapter.messenger}:{OTHER}", "hello", Kind.TEXT),
        (f"{bench.adapter.messenger}:{ONE}", "girl 16", Kind.TEXT),
    ]
    assert all(message.in_private and message.message_id for message in taken)
    assert len({message.key for message in taken}) == 3


async def test_what_nobody_has_heard_of_is_handed_on_with_its_sender_who_is_told(bench: TwoWayBench) -> None:
    await bench.send_something_new(ONE)
    (taken,) = bench.inbox.taken
    assert (taken.kind, taken.unreceived, taken.text) == (Kind.UNRECEIVED, Unreceived.NEW, "")
    assert (str(taken.sender), taken.in_private) == (f"{bench.adapter.messenger}:{ONE}", True)


async def test_what_could_not_be_stored_comes_again(bench: TwoWayBench) -> None:
    bench.inbox.refuses = lambda _: bench.inbox.tries == 1
    await bench.write(ONE, "urgent")
    assert bench.inbox.texts == ["urgent"]
    assert bench.inbox.tries == 2


async def test_an_answer_goes_where_the_message_came_from(bench: TwoWayBench) -> None:
    await bench.write(ONE, "urgent")
    place = bench.inbox.taken[0].place
    assert place is not None
    await send(bench, to(bench, place.peer, "Noted"))
    assert [text for _, text, _ in bench.seen(ONE)] == ["Noted"]


@for_all
async def test_it_stops_twice_without_waiting_and_sends_nothing_after(bench: Bench) -> None:
    with standing_still():
        await bench.adapter.stop()
        await bench.adapter.stop()
    with pytest.raises(SendError) as caught:
        await send(bench, to(bench, ONE, "too late"))
    assert caught.value.retryable
    assert bench.seen(ONE) == []


@pytest.mark.parametrize(
    "adapter", [MemoryAdapter(clock=Clock()), *every_adapter().found], ids=lambda adapter: adapter.messenger
)
async def test_what_it_can_do_is_declared_and_our_buttons_fit(adapter: Adapter) -> None:
    can = adapter.capabilities
    assert can.text_limit > 0
    assert can.text_unit in {"characters", "bytes"}
    assert can.button_bytes >= LIMIT or not can.buttons
    assert can.file_limit > 0 or not can.files
    assert can.chat_burst >= 1
    assert Address.parse(f"{adapter.messenger}:1").messenger == adapter.messenger


async def test_the_web_takes_messages_only_while_it_runs() -> None:
    web, inbox = WebAdapter(), Inbox()
    dara = Address("web", "1")
    message = Inbound("web", "web", "1", Kind.TEXT, Clock()(), sender=dara, place=dara, text="urgent")
    await web.start(inbox)
    assert (await web.receive(message)).is_new
    assert not (await web.receive(message)).is_new
    await web.stop()
    await web.stop()
    with pytest.raises(StorageError):
        await web.receive(message)
    assert inbox.texts == ["urgent"]


async def test_the_web_shows_what_is_stored_so_sending_names_it() -> None:
    web = WebAdapter()
    delivery = Delivery(Outgoing(7, "case:1", OutgoingKind.REPLY, "person:1", Address("web", "1"), text="Noted"))
    assert await web.send(delivery, "Noted", is_last=True) == "7"
    assert await web.send(replace(delivery, edits="7"), "Noted: yes", is_last=True) == "7"


async def test_in_memory_a_person_taps_what_is_shown_and_amends_what_they_wrote() -> None:
    memory, inbox = MemoryAdapter("wechat", clock=Clock()), Inbox()
    await memory.start(inbox)
    address = memory.address(ONE)
    await memory.send(
        Delivery(Outgoing(1, "k", OutgoingKind.REPLY, "person:1", address, text="?", buttons=ROWS)), "?", is_last=True
    )
    tap = await memory.taps(ONE, "Yes")
    assert (str(tap.sender), tap.button, tap.message_id) == ("wechat:111", "f.1.danger.yes", memory.last(ONE).id)
    written = await memory.says(ONE, "girl 16", at="-1001")
    amended = await memory.edits(written, "girl 17")
    assert (amended.kind, amended.message_id, str(amended.place)) == (Kind.EDIT, written.message_id, "wechat:-1001")
    with pytest.raises(LookupError):
        await memory.taps(ONE, "Maybe")


async def test_in_memory_a_fault_lasts_as_long_as_was_said_and_hits_whom_was_said() -> None:
    memory = MemoryAdapter(clock=Clock())
    await memory.start(Inbox())
    memory.fail(Unavailable("down"), address=ONE)
    delivery = Delivery(Outgoing(1, "k", OutgoingKind.REPLY, "person:1", memory.address(ONE), text="hello"))
    elsewhere = Delivery(replace(delivery.message, address=memory.address(OTHER)))
    await memory.send(elsewhere, "hello", is_last=True)
    with pytest.raises(Unavailable):
        await memory.send(delivery, "hello", is_last=True)
    await memory.send(delivery, "hello", is_last=True)
    assert [len(memory.shown(peer)) for peer in (ONE, OTHER)] == [1, 1]
