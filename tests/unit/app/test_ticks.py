"""What runs by itself on a node: what it must have shown before it counts as ready, and as alive."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.calls.node import Node
from adapters.watchdog import Watchdog
from bot.app.bridge import Bridge
from bot.app.parts import BOTH, Part, Parts, Start, said
from bot.app.service_manager import ServiceManager
from bot.app.ticks import Watched, living, running
from bot.domain.errors import StorageError
from bot.jobs.clock_watch import ClockWatch
from tests.kit.clock import Clock


class Idle:
    """A bridge in which everything that ticks does nothing, and which notes that it was stopped."""

    fetcher = None

    def __init__(self) -> None:
        self.is_stopped = False
        self.ticks = 0

    def __getattr__(self, name: str) -> Idle:
        return self

    async def tick(self) -> None:
        self.ticks += 1

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.is_stopped = True


@dataclass
class Full:
    """A storage that reads but takes no write, or takes them all."""

    is_full: bool
    beats: int = 0

    async def is_ready(self) -> bool:
        return True

    async def beat(self, size: int = 0) -> None:
        if self.is_full:
            raise StorageError("disk full")
        self.beats += 1


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.setblocking(False)
        yield ear


def start(parts: Parts = BOTH, address: str = "") -> Start:
    return Start(False, lambda _line: None, parts, ServiceManager(address))


def watched() -> Watched:
    return Watched(cast("ClockWatch", Idle()), Watchdog(""))


def on(storage: Full) -> Node[Any]:
    return Node(cast("Any", storage), "node-1", Clock())


@pytest.mark.parametrize("parts", [BOTH, {Part.WEB}, {Part.WORK}], ids=["both", "web", "work"])
async def test_nothing_counts_as_begun_before_the_storage_took_a_write(parts: set[Part]) -> None:
    bridge = Idle()
    with pytest.raises(StorageError, match="disk full"):
        async with running(cast("Bridge", bridge), on(Full(is_full=True)), start(frozenset(parts)), watched()):
            pytest.fail("it began")
    assert bridge.is_stopped


async def test_the_clock_has_ticked_once_before_anything_counts_as_begun_() -> None:
    bridge, storage = Idle(), Full(is_full=False)
    async with running(cast("Bridge", bridge), on(storage), start(), watched()):
        assert bridge.ticks == 2, "its clock, and whether something is written"
        assert storage.beats == 1
    assert bridge.is_stopped


async def test_a_node_that_only_takes_calls_runs_no_clock() -> None:
    bridge = Idle()
    async with running(cast("Bridge", bridge), on(Full(is_full=False)), start(frozenset({Part.WEB})), watched()):
        assert bridge.ticks == 1, "whether something is written"


async def test_a_tick_that_failed_has_lived_and_one_that_hangs_has_not(ear: socket.socket) -> None:
    async def fails() -> None:
        with pytest.raises(BlockingIOError):
            ear.recv(100)  # nothing is said before it has ended
        raise StorageError("no answer")

    with pytest.raises(StorageError):
        await living(fails, start(address=str(ear.getsockname())))()
    assert ear.recv(100) == b"WATCHDOG=1"


def test_a_part_says_what_the_other_nodes_must_do() -> None:
    assert said(BOTH).count(";") == 1
    assert "Other nodes must: polls, runs the clock" in said(frozenset({Part.WEB}))
    assert "Other nodes must: takes webhooks" in said(frozenset({Part.WORK}))
