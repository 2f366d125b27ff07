"""The time that the bridge goes by: never back, forward at once, and as long a minute as on the wall."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.jobs.steady_clock import SteadyClock
from tests.kit.clock import START, Machine


def second_by_second(clock: SteadyClock, machine: Machine, seconds: int) -> list[datetime]:
    shown = []
    for _ in range(seconds):
        machine.passed += 1
        clock.follow(machine.wall())
        shown.append(clock())
    return shown


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SteadyClock:
    return SteadyClock(START, machine.monotonic)


def test_it_shows_what_the_wall_shows(clock: SteadyClock, machine: Machine) -> None:
    assert second_by_second(clock, machine, 60)[-1] == machine.wall()


def test_it_goes_forward_with_the_wall_at_once(clock: SteadyClock, machine: Machine) -> None:
    machine.set_clock(hours=1)
    assert second_by_second(clock, machine, 1) == [START + timedelta(hours=1, seconds=1)]


def test_it_never_goes_back_and_loses_a_tenth_until_the_wall_has_come_up(clock: SteadyClock, machine: Machine) -> None:
    machine.set_clock(hours=-1)
    shown = second_by_second(clock, machine, 15 * 60)
    assert shown == sorted(shown)
    assert shown[0] >= START
    assert shown[-1] - START > timedelta(minutes=13)
    shown = second_by_second(clock, machine, 10 * 3600)
    assert abs(shown[-1] - machine.wall()) < timedelta(seconds=1)


def test_a_wall_clock_that_is_put_right_again_leaves_no_trace(clock: SteadyClock, machine: Machine) -> None:
    machine.set_clock(hours=-1)
    second_by_second(clock, machine, 30)
    machine.set_clock(hours=1)
    assert second_by_second(clock, machine, 1) == [START + timedelta(seconds=31)]


def test_a_time_that_was_a_day_wrong_is_not_kept(clock: SteadyClock, machine: Machine) -> None:
    machine.set_clock(days=400)
    second_by_second(clock, machine, 1)
    machine.set_clock(days=-400)
    assert second_by_second(clock, machine, 1) == [START + timedelta(seconds=2)]
