"""Ladders as tables: which rungs a ping calls for, and how long it is until the next one."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate, islice

import pytest

from bot.clock.rungs import called, ladder_of, next_begun, pause, settled_after
from bot.domain.agreement import DEFAULT_LEVELS
from bot.domain.case import TIMERS, DeadlineKind
from bot.domain.policy import Group, Ladder, Rung
from tests.kit.cases import U1, U2, minutes

DUTY, NEXT, SUPERVISOR, SECRETARIATS = (
    Group.REQUESTED_DUTY,
    Group.REQUESTED_NEXT,
    Group.REQUESTED_SUPERVISOR,
    Group.SECRETARIATS,
)


def rung(who: Group, after: float, every: float) -> Rung:
    return Rung(who, minutes(after), minutes(every))


def played(ladder: Ladder, pings: int) -> list[tuple[float, str]]:
    """The minute of each ping, counted from the due moment, and whom it calls for by their first letters."""
    waits = [timedelta(), *(pause(ladder, ping) for ping in range(1, pings))]
    shown = {DUTY: "d", NEXT: "n", SUPERVISOR: "s", SECRETARIATS: "S"}
    return [
        (at.total_seconds() / 60, "".join(shown[r.who] for r in called(ladder, ping)))
        for ping, at in enumerate(islice(accumulate(waits), pings), start=1)
    ]


@pytest.mark.parametrize(
    ("ladder", "expected"),
    [
        (DEFAULT_LEVELS[U1].rungs, [(0, "d"), (10, "ds"), (20, "dsS"), (30, "dsS"), (40, "dsS")]),
        (DEFAULT_LEVELS[U2].rungs, [(0, "d"), (30, "ds"), (60, "dsS"), (90, "dsS"), (120, "dsS")]),
        ((rung(DUTY, 0, 5),), [(0, "d"), (5, "d"), (10, "d"), (15, "d"), (20, "d")]),
        ((rung(DUTY, 0, 5), rung(DUTY, 0, 5)), [(0, "dd"), (5, "dd"), (10, "dd"), (15, "dd"), (20, "dd")]),
        ((rung(DUTY, 0, 10), rung(NEXT, 4, 10)), [(0, "d"), (4, "n"), (10, "d"), (14, "n"), (20, "d")]),
        ((rung(DUTY, 0, 10), rung(NEXT, 10, 20)), [(0, "d"), (10, "dn"), (20, "d"), (30, "dn"), (40, "d")]),
        ((rung(DUTY, 0, 60), rung(SUPERVISOR, 15, 60)), [(0, "d"), (15, "s"), (60, "d"), (75, "s"), (120, "d")]),
        ((rung(DUTY, 0, 7.5), rung(SECRETARIATS, 15, 15)), [(0, "d"), (7.5, "d"), (15, "dS"), (22.5, "d"), (30, "dS")]),
    ],
)
def test_each_rung_begins_at_its_moment_and_comes_again_as_often_as_it_says(
    ladder: Ladder, expected: list[tuple[float, str]]
) -> None:
    assert played(ladder, 5) == expected


@pytest.mark.parametrize("kind", [k for k in DeadlineKind if k not in TIMERS])
def test_every_deadline_has_a_ladder_whose_pings_never_end(kind: DeadlineKind) -> None:
    ladder = ladder_of(DEFAULT_LEVELS[U1], kind)
    assert all(pause(ladder, ping) == minutes(10) and called(ladder, ping) for ping in range(1, 200))


def test_the_rungs_above_begin_together() -> None:
    ladder = (rung(DUTY, 0, 5), rung(NEXT, 5, 5), rung(SUPERVISOR, 5, 9), rung(SECRETARIATS, 9, 9))
    assert next_begun(ladder, ladder[:1]) == ladder[1:3]
    assert next_begun(ladder, ladder[:2]) == ladder[3:]
    assert next_begun(ladder, ladder) == ()


@pytest.mark.parametrize(
    ("ladder", "ping"),
    [
        (DEFAULT_LEVELS[U1].rungs, 3),
        ((rung(DUTY, 0, 5),), 1),
        ((rung(DUTY, 0, 5), rung(SUPERVISOR, 12, 60)), 4),
        ((rung(DUTY, 0, 60), rung(SUPERVISOR, 15, 60)), 2),
    ],
)
def test_it_is_known_from_which_ping_on_nothing_new_comes(ladder: Ladder, ping: int) -> None:
    assert settled_after(ladder) == ping
