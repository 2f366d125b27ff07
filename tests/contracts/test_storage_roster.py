"""Shifts and hand-overs: kept with the directory, changed with a turn, taken over once, swept when they are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Stale, StorageError
from bot.domain.roster import HandOver, Shift
from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import DUTY, OFFICER, person

HOUR = timedelta(hours=1)
SHIFT = Shift(70, "cn-duty", DUTY, START, START + 8 * HOUR)
HAND_OVER = HandOver(80, "cn-duty", DUTY, START + 8 * HOUR, START + 7 * HOUR, (3, 1))


async def test_shifts_and_hand_overs_come_with_the_directory_of_every_node(kept: Kept) -> None:
    await kept.storage.apply([Turn(people=(person(DUTY),))])
    other = await kept.other_node()
    await other.directory()
    await kept.storage.apply([Turn(shifts=(SHIFT,), hand_overs=(HAND_OVER,))])
    for storage in (kept.storage, other):
        roster = (await storage.directory()).roster
        assert (roster.shifts, roster.hand_overs) == ((SHIFT,), (HAND_OVER,))


async def test_a_shift_is_given_to_somebody_else_and_taken_out(kept: Kept) -> None:
    await kept.storage.apply([Turn(shifts=(SHIFT,))])
    given = replace(SHIFT, person_id=OFFICER)
    await kept.storage.apply([Turn(shifts=(given,))])
    assert (await kept.storage.directory()).roster.shifts == (given,)
    await kept.storage.apply([Turn(shifts_gone=(SHIFT.id,))])
    assert (await kept.storage.directory()).roster.shifts == ()


async def test_since_when_somebody_said_that_they_are_off_duty_is_kept(kept: Kept) -> None:
    said = person(DUTY, on_duty=False, duty_said_at=START)
    await kept.storage.apply([Turn(people=(said,))])
    assert (await kept.storage.directory()).get(DUTY) == said


async def test_of_two_who_take_over_at_once_on_two_nodes_one_has_to_look_again(kept: Kept) -> None:
    await kept.storage.apply([Turn(hand_overs=(HAND_OVER,))])
    other = await kept.other_node()
    taken = replace(HAND_OVER, taken_by=OFFICER, taken_at=START + 8 * HOUR)
    await other.apply([Turn(hand_overs=(taken,))])
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(hand_overs=(replace(taken, taken_by=DUTY),))])
    assert (await kept.storage.directory()).roster.hand_overs == (taken,)
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(hand_overs=(each,)) for each in (taken, taken)])


async def test_one_end_of_a_duty_begins_one_hand_over(kept: Kept) -> None:
    await kept.storage.apply([Turn(hand_overs=(HAND_OVER,))])
    with pytest.raises(StorageError):
        await kept.storage.apply([Turn(hand_overs=(replace(HAND_OVER, id=81),))])


async def test_what_is_over_since_long_is_swept_and_what_nobody_took_over_stays(kept: Kept) -> None:
    taken = replace(HAND_OVER, id=81, person_id=OFFICER, taken_by=DUTY, taken_at=START + 9 * HOUR)
    await kept.storage.apply([Turn(shifts=(SHIFT,), hand_overs=(HAND_OVER, taken))])
    await kept.storage.sweep(START + timedelta(days=35))
    other = await kept.other_node()
    assert len((await other.directory()).roster.shifts) == 1
    await kept.storage.sweep(START + timedelta(days=35, hours=10))
    roster = (await (await kept.other_node()).directory()).roster
    assert (roster.shifts, roster.hand_overs) == ((), (HAND_OVER,))
