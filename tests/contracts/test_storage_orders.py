"""Orders for identified exports: kept, listed for their side, and decided once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Stale
from bot.domain.export_orders import IdentifiedOrder, OrderState
from bot.domain.messages import Address
from bot.domain.turn import Turn
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import new_id

DAY = timedelta(days=1)


def order(**changes: Any) -> IdentifiedOrder:
    plain = IdentifiedOrder(
        id=new_id(),
        person_id=4,
        party="KH",
        format="csv",
        since=START - 30 * DAY,
        until=START,
        recipient="age1made-up",
        reason="the prosecutor's request 12/26",
        place=Address("web", "4"),
        asked_at=START,
        expires_at=START + DAY,
    )
    return replace(plain, **changes)


def decided(before: IdentifiedOrder, state: OrderState, by: int) -> Turn:
    return Turn(orders=(replace(before, state=state, decided_by=by, decided_at=START, refusal="no need"),))


async def found(kept: Kept, number: int) -> IdentifiedOrder:
    return (await kept.storage.load(Wanted(orders=(number,)))).orders[number]


async def test_an_order_is_kept_as_it_was_asked_for_and_as_it_was_decided(kept: Kept) -> None:
    asked, by_command = order(), order(place=None)
    await kept.storage.apply([Turn(orders=(asked, by_command))])
    loaded = (await kept.storage.load(Wanted(orders=(asked.id, by_command.id, 77)))).orders
    assert loaded == {asked.id: asked, by_command.id: by_command}
    refused = decided(asked, OrderState.REFUSED, 7)
    await kept.storage.apply([refused])
    assert await found(kept, asked.id) == refused.orders[0]


async def test_orders_are_listed_for_their_side_only_and_the_newest_first(kept: Kept) -> None:
    first, second, theirs = order(), order(), order(party="CN")
    await kept.storage.apply([Turn(orders=(first, second, theirs))])
    assert await kept.storage.orders_of("KH", 10) == [second, first]
    assert await kept.storage.orders_of("KH", 1) == [second]
    assert await kept.storage.orders_of("", 10) == []


async def test_what_was_decided_stays_so(kept: Kept) -> None:
    asked = order()
    await kept.storage.apply([Turn(orders=(asked,))])
    await kept.storage.apply([decided(asked, OrderState.APPROVED, 7)])
    for again in (decided(asked, OrderState.REFUSED, 8), Turn(orders=(asked,))):
        with pytest.raises(Stale):
            await kept.storage.apply([again])
    assert (await found(kept, asked.id)).decided_by == 7


async def test_of_two_that_decide_at_once_one_is_stale(kept: Kept) -> None:
    asked = order()
    await kept.storage.apply([Turn(orders=(asked,))])
    other = await kept.other_node()
    both = (
        kept.storage.apply([decided(asked, OrderState.APPROVED, 7)]),
        other.apply([decided(asked, OrderState.REFUSED, 8)]),
    )
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stale", "frozenset"]


async def test_an_order_decided_twice_in_one_batch_is_stale_and_stays_undecided(kept: Kept) -> None:
    asked = order()
    await kept.storage.apply([Turn(orders=(asked,))])
    with pytest.raises(Stale):
        await kept.storage.apply([decided(asked, OrderState.APPROVED, 7), decided(asked, OrderState.REFUSED, 8)])
    assert (await found(kept, asked.id)).is_waiting


async def test_an_order_that_nobody_decided_is_named_when_its_time_is_over(kept: Kept) -> None:
    soon, later, done = order(), order(expires_at=START + 2 * DAY), order()
    await kept.storage.apply([Turn(orders=(later, soon, done))])
    await kept.storage.apply([decided(done, OrderState.APPROVED, 7)])
    assert await kept.storage.lapsed_orders(START + DAY - timedelta(seconds=1), 10) == []
    assert await kept.storage.lapsed_orders(START + DAY, 10) == [soon.id]
    assert await kept.storage.lapsed_orders(START + 2 * DAY, 10) == [soon.id, later.id]
    assert await kept.storage.lapsed_orders(START + 2 * DAY, 1) == [soon.id]
