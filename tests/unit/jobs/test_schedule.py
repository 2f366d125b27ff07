"""What happens by itself goes on whatever is done to the wall clock: the real scheduler, with clocks set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.jobs.schedule import Schedule
from tests.kit.virtual_time import VirtualMachine


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> VirtualMachine:
    machine = VirtualMachine()
    machine.lend_to_apscheduler(monkeypatch)
    return machine


def ticks_of(machine: VirtualMachine, every: float, meanwhile: Callable[[], Awaitable[None]]) -> list[float]:
    """When a schedule ticked while something was done."""
    ticks: list[float] = []

    async def tick() -> None:
        ticks.append(machine.monotonic())

    async def story() -> None:
        schedule = Schedule(machine.wall, lambda _error: None)
        schedule.every(every, tick, "a tick")
        schedule.start()
        await meanwhile()
        schedule.stop()

    machine.run(story())
    return ticks


@pytest.mark.parametrize("hours", [-1, 1, -9000, 9000])
@pytest.mark.parametrize("at", [5.0, 5.5, 5.999])
def test_a_clock_that_is_set_stops_no_tick_and_brings_no_flood_of_them(
    machine: VirtualMachine, hours: int, at: float
) -> None:
    async def meanwhile() -> None:
        await asyncio.sleep(at)
        machine.set_clock(hours=hours)
        await asyncio.sleep(95)

    ticks = ticks_of(machine, 1, meanwhile)
    waits = [later - before for before, later in zip([0.0, *ticks], ticks, strict=False)]
    assert max(waits) <= 2
    assert len(ticks) in range(97, 104)
    assert not [tick for tick in ticks if ticks.count(tick) > 1]


def test_a_clock_that_goes_back_and_forth_stops_no_tick_either(machine: VirtualMachine) -> None:
    async def meanwhile() -> None:
        for number in range(30):
            await asyncio.sleep(2.3)
            machine.set_clock(hours=-1 if number % 2 else 1)

    ticks = ticks_of(machine, 1, meanwhile)
    assert max(later - before for before, later in zip([0.0, *ticks], ticks, strict=False)) <= 2


def test_a_tick_that_is_under_way_at_the_end_is_no_error(
    machine: VirtualMachine, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        schedule = Schedule(machine.wall, lambda _error: None)
        schedule.every(1, asyncio.Event().wait, "deadlines")
        schedule.start()
        await asyncio.sleep(1.5)
        schedule.stop()
        await asyncio.sleep(1)

    machine.run(story())
    assert not caplog.records


def test_what_comes_rarely_comes_as_often_as_before(machine: VirtualMachine) -> None:
    async def meanwhile() -> None:
        await asyncio.sleep(70)
        machine.set_clock(hours=-1)
        await asyncio.sleep(150)

    assert len(ticks_of(machine, 60, meanwhile)) in (3, 4)
