"""Somebody sets the clock of the machine: nothing falls silent, nothing comes twice, and it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import StorageError
from bot.domain.journal_acts import JournalAct
from bot.jobs.clock_watch import ClockWatch
from bot.jobs.steady_clock import SteadyClock
from tests.kit.clock import START, Machine
from tests.kit.played import PlayedBridge

U1 = ("no", "locked in", "15", "send", "send")


class OnAMachine(PlayedBridge):
    """A bridge that goes by the clocks of a machine, as the program does, and ticks once a second."""

    def __init__(self, folder: Path) -> None:
        self.machine = Machine()
        self.time = SteadyClock(START, self.machine.monotonic)
        super().__init__(folder)
        self.watch = ClockWatch(self.storage, self.time, self.machine.wall, self.machine.monotonic)

    def clock(self) -> datetime:
        return self.time()

    async def passes(self, seconds: int) -> None:
        """Let time pass, second by second."""
        for _ in range(seconds):
            self.machine.passed += 1
            self.now = self.time()
            await self.watch.tick(self._bridge.line)
            await self.tick()

    def journalled(self) -> list[dict[str, object]]:
        entries = [link.entry for link in self.storage.kept.journal]
        return [dict(entry.details or {}) for entry in entries if entry.act == JournalAct.CLOCK_SET]

    def pings(self) -> list[str]:
        return [text for text in self.heard("wechat:duty") if "Acknowledge: due" in text]


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[OnAMachine]:
    played = OnAMachine(tmp_path)
    await played.start()
    await played.watch.begin()
    yield played
    await played.stop()


async def test_an_hour_back_with_two_overdue_deadlines_both_ping_at_the_next_tick(bridge: OnAMachine) -> None:
    await bridge.report_case(*U1)
    await bridge.report_case(*U1, from_="telegram:colleague")
    bridge.machine.passed += 15 * 60
    bridge.machine.set_clock(hours=-1)
    await bridge.passes(2)
    assert len(bridge.pings()) == 2
    await bridge.passes(30)
    assert bridge.pings() == []


async def test_repeats_come_as_often_as_before_though_the_clock_was_set_back(bridge: OnAMachine) -> None:
    await bridge.report_case(*U1)
    bridge.machine.passed += 15 * 60
    await bridge.passes(1)
    assert len(bridge.pings()) == 1
    bridge.machine.set_clock(hours=-1)
    await bridge.passes(11 * 60 + 30)
    assert len(bridge.pings()) == 1


async def test_an_hour_forward_what_fell_due_pings_once(bridge: OnAMachine) -> None:
    await bridge.report_case(*U1)
    bridge.machine.set_clock(minutes=20)
    await bridge.passes(1)
    assert len(bridge.pings()) == 1
    await bridge.passes(60)
    assert bridge.pings() == []


async def test_a_clock_that_is_set_is_logged_and_journalled_once_and_shown_for_an_hour(bridge: OnAMachine) -> None:
    await bridge.passes(3)
    assert bridge.watch.notes() == []
    bridge.machine.set_clock(hours=-1)
    with capture_logs() as logs:
        await bridge.passes(5)
    assert [(line["event"], line["seconds"]) for line in logs if "set" in line["event"]] == [
        ("A clock was set.", -3600)
    ]
    assert bridge.journalled() == [{"clock": "machine", "seconds": -3600}]
    assert bridge.watch.notes() == [
        "2026-04-18T07:05:04Z: the machine's clock was set back by 1 h",
        "this machine's clock is 59 min behind the time that the bridge goes by",
    ]
    bridge.machine.set_clock(hours=1)
    await bridge.passes(1)
    assert [entry["seconds"] for entry in bridge.journalled()] == [-3600, 3600]
    assert len(bridge.watch.notes()) == 2
    bridge.machine.passed += 3601
    assert bridge.watch.notes() == []


@pytest.mark.parametrize("seconds", [-4.9, 4.9])
async def test_a_clock_that_is_put_right_a_little_is_no_news(bridge: OnAMachine, seconds: float) -> None:
    bridge.machine.set_clock(seconds=seconds)
    await bridge.passes(1)
    assert bridge.journalled() == []
    assert bridge.watch.notes() == []


async def test_what_cannot_be_journalled_now_is_journalled_later(bridge: OnAMachine) -> None:
    bridge.machine.set_clock(hours=1)
    bridge.machine.passed += 1
    await bridge.storage.stop()
    with pytest.raises(StorageError):
        await bridge.watch.tick(bridge._bridge.line)
    await bridge.storage.start()
    await bridge.passes(2)
    assert [entry["seconds"] for entry in bridge.journalled()] == [3600]


async def test_a_start_after_the_clock_was_set_back_goes_on_from_what_is_recorded(bridge: OnAMachine) -> None:
    await bridge.report_case(*U1)
    bridge.machine.passed += 60
    bridge.machine.set_clock(hours=-1)
    recorded = max(link.entry.at for link in bridge.storage.kept.journal)
    watch = ClockWatch(bridge.storage, bridge.time, bridge.machine.wall, bridge.machine.monotonic)
    await watch.begin()
    assert bridge.clock() == recorded
    assert watch.notes() == ["this machine's clock is 59 min behind the time that the bridge goes by"]


async def test_a_record_of_a_day_to_come_does_not_set_the_time(bridge: OnAMachine) -> None:
    await bridge.report_case(*U1)
    bridge.machine.set_clock(days=-2)
    await bridge.watch.begin()
    assert bridge.clock() == bridge.machine.wall()


async def test_with_the_databases_own_clock_a_node_goes_by_that_and_tells_that_its_own_was_set(
    bridge: OnAMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def its_own() -> datetime:
        return START + timedelta(seconds=bridge.machine.passed)

    monkeypatch.setattr(bridge.storage, "time", its_own)
    await bridge.report_case(*U1)
    for hours in (1, -2, 1):
        bridge.machine.set_clock(hours=hours)
        await bridge.passes(2)
        assert bridge.pings() == []
        assert abs(bridge.clock() - await its_own()) < timedelta(seconds=0.01)
    assert [entry["clock"] for entry in bridge.journalled()] == ["machine"] * 3


async def test_that_the_databases_own_clock_was_set_is_told_too(
    bridge: OnAMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta()

    async def its_own() -> datetime:
        return START + timedelta(seconds=bridge.machine.passed) + ahead

    monkeypatch.setattr(bridge.storage, "time", its_own)
    await bridge.passes(2)
    ahead = timedelta(minutes=-10)
    await bridge.passes(2)
    assert bridge.journalled() == [{"clock": "database", "seconds": -600}]
