"""No case falls silent: what stands open has a running deadline or a recorded stand-down, at every commit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.case import Case, DeadlineKind, DeadlineState, Status
from bot.domain.errors import NoClock
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import case, deadline, entry, message, opening, step


def met(of: Case, *kinds: DeadlineKind) -> Case:
    """The case with these deadlines met."""
    settled = [
        replace(d, state=DeadlineState.MET, next_at=None, settled_at=START) if d.kind in kinds else d
        for d in of.deadlines
    ]
    return step(of, deadlines=tuple(settled))


BOTH = (DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE)


async def stored(kept: Kept, of: Case) -> Case:
    return (await kept.storage.load(Wanted(cases=(of.id,)))).cases[of.id]


async def test_a_new_case_without_a_deadline_is_not_stored_nor_anything_beside_it(kept: Kept) -> None:
    silent = case(deadlines=())
    with pytest.raises(NoClock, match=silent.reference):
        await kept.storage.apply([opening(silent, journal=(entry(),), outgoing=(message(),)), opening(case())])
    assert (await kept.storage.load(Wanted(cases=(silent.id,)))).cases == {}
    assert await kept.storage.chains() == []


async def test_a_timer_that_nobody_sees_is_no_deadline(kept: Kept) -> None:
    opened = case()
    with pytest.raises(NoClock):
        await kept.storage.apply([opening(replace(opened, deadlines=(deadline(opened.id, DeadlineKind.ALERT),)))])


async def test_a_deadline_that_is_never_looked_at_is_none(kept: Kept) -> None:
    opened = case()
    asleep = tuple(replace(d, next_at=None) for d in opened.deadlines)
    with pytest.raises(NoClock):
        await kept.storage.apply([opening(replace(opened, deadlines=asleep))])


async def test_the_last_running_deadline_of_an_open_case_cannot_be_met(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened)])
    acknowledged = met(opened, DeadlineKind.ACKNOWLEDGE)
    await kept.storage.apply([Turn(cases=(acknowledged,))])
    with pytest.raises(NoClock):
        await kept.storage.apply([Turn(cases=(met(acknowledged, *BOTH),))])
    assert await stored(kept, opened) == acknowledged


async def test_nor_can_it_go_in_two_turns_of_one_batch(kept: Kept) -> None:
    opened = case()
    first = met(opened, DeadlineKind.ACKNOWLEDGE)
    with pytest.raises(NoClock):
        await kept.storage.apply([opening(opened), Turn(cases=(first,)), Turn(cases=(met(first, *BOTH),))])
    assert (await kept.storage.load(Wanted(cases=(opened.id,)))).cases == {}


async def test_a_deadline_that_ends_where_the_next_one_begins_in_the_same_batch_is_fine(kept: Kept) -> None:
    opened = case()
    between = met(opened, *BOTH)
    after = step(between, deadlines=(*between.deadlines, deadline(opened.id, DeadlineKind.REVIEW)))
    await kept.storage.apply([opening(opened), Turn(cases=(between,)), Turn(cases=(after,))])
    assert await stored(kept, opened) == after


async def test_a_case_that_is_closed_or_stood_down_needs_none(kept: Kept) -> None:
    closed, stood_down = case(), case()
    await kept.storage.apply([opening(closed), opening(stood_down)])
    ended = [replace(met(closed, *BOTH), status=Status.CLOSED), replace(met(stood_down, *BOTH), stood_down_at=START)]
    await kept.storage.apply([Turn(cases=(each,)) for each in ended])
    assert [await stored(kept, each) for each in ended] == ended


async def test_a_case_that_is_opened_again_needs_one_again(kept: Kept) -> None:
    opened = case()
    closed = replace(met(opened, *BOTH), status=Status.CLOSED)
    await kept.storage.apply([opening(opened), Turn(cases=(closed,))])
    with pytest.raises(NoClock):
        await kept.storage.apply([Turn(cases=(step(closed, status=Status.OPEN),))])
