"""Ids go up, whatever clocks do."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.ids import Ids
from tests.kit.clock import Clock


def test_ids_of_one_process_go_up_also_when_its_clock_is_set_back() -> None:
    clock = Clock()
    ids = Ids(clock, 1)
    before = [ids() for _ in range(3000)]
    clock.now -= timedelta(hours=1)
    assert sorted({*before, after := ids()}) == [*before, after]


def test_ids_go_beyond_those_of_a_process_whose_clock_is_ahead_and_never_back() -> None:
    clock = Clock()
    ids = Ids(clock, 1)
    others = Ids(lambda: clock.now + timedelta(seconds=2), 4000)
    theirs, mine = others(), ids()
    assert mine < theirs
    ids.go_beyond(theirs)
    assert (later := ids()) > theirs
    ids.go_beyond(mine)
    assert ids() > later
