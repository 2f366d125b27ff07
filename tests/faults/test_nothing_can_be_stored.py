"""While nothing can be stored everybody hears it at once, the log says why in one line, and it goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

import storage
from bot.domain.agreement import Agreement
from bot.domain.errors import Held, StorageError, Unwritable
from bot.domain.ids import Ids
from bot.domain.messages import DeliveryState
from bot.domain.turn import Mark, Turn
from bot.line.line import Line, LineRules
from bot.line.pulse import Pulse
from bot.turns.context import Context
from storage.sql.store import SqlStorage
from tests.kit.clock import START, Clock
from tests.kit.engines import sqlite_in
from tests.kit.keys import VAULT
from tests.kit.values import inbound, message
from tests.kit.waiting import until

WITHIN = timedelta(seconds=2)


@dataclass
class Node:
    """A line on an SQLite file, and what readiness says of it."""

    storage: SqlStorage
    line: Line
    pulse: Pulse
    file: Path
    seconds: list[float]  #: one, to be moved

    async def says(self, text: str = "help") -> str:
        """What whoever brings a message hears."""
        try:
            await self.line.receive(inbound(text, raw=text.encode()))
        except Unwritable as error:
            return error.cause
        return "stored"

    async def stores_again(self) -> None:
        """Bring a message again and again, as a messenger does, until it is stored."""

        async def is_stored() -> bool:
            return await self.says() == "stored"

        await until(is_stored)

    async def fills_up(self) -> str:
        """What the one hears for whose message there is no room any more."""
        self.pragma(f"max_page_count = {self.pragma('page_count')}")
        while (heard := await self.says()) == "stored":
            pass
        return heard

    def pragma(self, setting: str) -> int:
        """Set something in the writer's own connection."""
        connection = self.storage._writer.raw_connection()
        found = connection.cursor().execute(f"PRAGMA {setting}").fetchone()
        connection.close()
        return int(found[0]) if found else 0


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    clock = Clock()
    kept = storage.open_storage(sqlite_in(tmp_path), clock=clock, vault=VAULT, answer_within=WITHIN)
    assert isinstance(kept, SqlStorage)
    await kept.start()
    seconds = [0.0]
    pulse = Pulse(kept.beat, lambda: seconds[0])
    new_id = Ids(clock)

    def context() -> Context:
        return Context(clock(), Agreement({}, {}, {}), new_id, lambda choices: choices[0], lambda: "00")

    line = Line(kept, context, committed=lambda *_: None, noted=pulse.note, rules=LineRules(WITHIN))
    line.start()
    yield Node(kept, line, pulse, tmp_path / "casebridge.db", seconds)
    await line.stop()
    await kept.stop()


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes into the file and does not end."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_on_a_full_disk_each_message_is_refused_and_readiness_says_so_until_there_is_room(node: Node) -> None:
    await node.stores_again()
    assert node.pulse.found == "ok"
    assert await node.fills_up() == "disk full"
    assert node.pulse.found == "cannot write: disk full"
    node.seconds[0] += 20
    await node.pulse.tick()
    assert node.pulse.found == "cannot write: disk full"
    node.pragma(f"max_page_count = {1 << 30}")
    node.seconds[0] += 20
    await node.pulse.tick()
    assert node.pulse.found == "ok"
    await node.stores_again()


async def test_a_full_disk_is_one_line_in_the_log_and_no_traceback(node: Node) -> None:
    with capture_logs() as said:
        assert await node.fills_up() == "disk full"
        assert {await node.says() for _ in range(30)} == {"disk full"}
    assert _sentences(said) == [("Nothing can be stored; it is tried all the time.", "disk full")]
    assert not any("exc_info" in line for line in said)


async def test_while_another_program_holds_the_file_all_who_wait_hear_it_after_one_try(node: Node) -> None:
    begun: list[str] = []
    node.storage._writer.raw_connection().driver_connection.set_trace_callback(begun.append)  # type: ignore[union-attr]
    with capture_logs() as said, locked(node.file):
        first = asyncio.ensure_future(node.says())
        await until(lambda: not node.line._waiting)
        heard = await asyncio.gather(first, *(node.says() for _ in range(300)))
    assert set(heard) == {"locked by another process"}
    assert begun.count("BEGIN IMMEDIATE") <= 2
    assert _sentences(said) == [("Nothing can be stored; it is tried all the time.", "locked by another process")]
    await node.stores_again()
    assert node.pulse.found == "ok"


async def test_a_file_that_may_only_be_read_is_named(node: Node) -> None:
    node.pragma("query_only = ON")
    assert await node.says() == "read-only"
    assert node.pulse.found == "cannot write: read-only"
    node.pragma("query_only = OFF")
    await node.stores_again()


async def test_what_was_sent_is_noted_when_the_database_takes_it_again(node: Node) -> None:
    sent = message()
    await node.storage.apply([Turn(outgoing=(sent,))])
    tries: list[Unwritable | None] = []
    with locked(node.file):
        node.line._noted = tries.append
        node.line.mark(Mark(sent.id, DeliveryState.SENT, START, 1, external_id="m1"))
        await until(lambda: len(tries) >= 2)
    await node.line.settled()
    (delivery,) = await node.storage.outbox([DeliveryState.SENT], 10)
    assert delivery.external_id == "m1"


async def test_a_line_that_cannot_write_stops_all_the_same(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.line.line.DRAIN_SECONDS", 0.2)
    with locked(node.file), capture_logs() as said:
        node.line.mark(Mark(1, DeliveryState.SENT, START, 1))
        await node.line.stop()
    assert [line["outbox"] for line in said if "were not stored" in line["event"]] == [[1]]


async def test_a_batch_that_takes_too_long_is_refused_and_so_is_whatever_waits_behind_it(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: object) -> frozenset[int]:
        await asyncio.Event().wait()
        raise StorageError("never")

    monkeypatch.setattr(node.storage, "apply", hangs)
    assert {*await asyncio.gather(*(node.says() for _ in range(300)))} == {"the database does not answer"}
    monkeypatch.undo()
    await node.stores_again()


async def test_after_a_batch_that_took_too_long_smaller_ones_are_tried_so_that_some_go_through(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply, sizes = node.storage.apply, list[int]()

    async def apply_few(turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        sizes.append(len(turns))
        if len(turns) > 10:
            await asyncio.Event().wait()
        return await apply(turns, marks)

    monkeypatch.setattr(node.storage, "apply", apply_few)
    await asyncio.gather(*(node.says() for _ in range(60)))
    assert sizes == [60]
    heard = await asyncio.gather(*(node.says() for _ in range(40)))
    assert sizes[1] == 15
    assert set(heard) == {"the database does not answer"}
    heard = await asyncio.gather(*(node.says() for _ in range(40)))
    assert sizes[2:5] == [3, 6, 12]
    assert heard.count("stored") == 9


async def test_what_somebody_holds_does_not_keep_the_others_of_its_batch_from_being_stored(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = node.storage.apply

    async def apply_what_is_free(turns: Sequence[Turn], marks: Sequence[Mark] = ()) -> frozenset[int]:
        if any(turn.inbox is not None and turn.inbox.message.raw == b"held" for turn in turns):
            raise Held("locked by another process")
        return await apply(turns, marks)

    monkeypatch.setattr(node.storage, "apply", apply_what_is_free)
    heard = await asyncio.gather(node.says("one"), node.says("held"), node.says("two"))
    assert list(heard) == ["stored", "locked by another process", "stored"]


def _sentences(said: list[EventDict]) -> list[tuple[str, str]]:
    return [(line["event"], line.get("cause", "")) for line in said]
