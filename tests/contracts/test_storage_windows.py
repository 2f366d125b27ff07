"""How many messages may still be written to somebody is counted once for all nodes, and what waited goes out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.messages import KNOCK_FAILED, Address, Delivery, DeliveryState, Outgoing
from bot.domain.reply_windows import Window
from bot.domain.turn import KnockOutcome, Mark, Turn
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import inbound, inbox, message

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICER_AT = Address("wechat", "o-officer")
OTHER_AT = Address("wechat", "o-other")


def _long(at: datetime = START, left: int = 5, **changes: object) -> Window:
    return replace(Window(OFFICER_AT, at, at + 2 * DAY, left), **changes)  # type: ignore[arg-type]


def _short(at: datetime = START, left: int = 3, **changes: object) -> Window:
    return replace(Window(OFFICER_AT, at, at + MINUTE, left, by_tap=True), **changes)  # type: ignore[arg-type]


async def _open(kept: Kept, *windows: Window) -> None:
    await kept.storage.apply([Turn(windows=windows)])


async def _left(kept: Kept, at: datetime = START) -> list[tuple[bool, int]]:
    return [(window.by_tap, window.left) for window in await kept.storage.open_windows(OFFICER_AT, at)]


# What is left.


async def test_a_window_comes_back_as_it_was_opened_the_short_one_first(kept: Kept) -> None:
    await _open(kept, _long(), _short(), _long(address=OTHER_AT))
    assert await kept.storage.open_windows(OFFICER_AT, START) == [_short(), _long()]
    assert await kept.storage.open_windows(Address("wechat", "o-nobody"), START) == []


async def test_a_further_message_opens_a_new_window_in_place_of_the_old_and_leaves_the_short_one(kept: Kept) -> None:
    await _open(kept, _long(asked=True, left=1), _short())
    await _open(kept, _long(START + MINUTE / 2))
    assert await kept.storage.open_windows(OFFICER_AT, START + MINUTE / 2) == [_short(), _long(START + MINUTE / 2)]
    await _open(kept, _short(START + HOUR))
    assert await _left(kept, START + HOUR) == [(True, 3), (False, 5)]


async def test_a_message_that_came_in_late_does_not_bring_an_old_window_back(kept: Kept) -> None:
    await _open(kept, _long(START + HOUR, left=2))
    await _open(kept, _long(START))
    assert await kept.storage.open_windows(OFFICER_AT, START + HOUR) == [_long(START + HOUR, left=2)]
    await _open(kept, _long(START + 3 * HOUR, left=4), _long(START + 2 * HOUR, left=1))
    assert await _left(kept, START + 3 * HOUR) == [(False, 4)]


async def test_the_short_window_is_spent_first_and_then_the_long_one(kept: Kept) -> None:
    await _open(kept, _long(left=2), _short(left=1))
    assert await kept.storage.spend(OFFICER_AT, START, 0)
    assert await _left(kept) == [(False, 2)]
    assert await kept.storage.spend(OFFICER_AT, START, 0)
    assert await kept.storage.spend(OFFICER_AT, START, 0)
    assert not await kept.storage.spend(OFFICER_AT, START, 0)
    assert not await kept.storage.spend(OTHER_AT, START, 0)


async def test_the_last_ones_of_a_long_window_are_kept_for_what_may_take_them(kept: Kept) -> None:
    await _open(kept, _long(left=3), _short(left=2))
    taken = [await kept.storage.spend(OFFICER_AT, START, 2) for _ in range(4)]
    assert [(w.by_tap, w.left) if w else None for w in taken] == [(True, 1), (True, 0), (False, 2), None]
    taken = [await kept.storage.spend(OFFICER_AT, START, 0) for _ in range(3)]
    assert [w.left if w else None for w in taken] == [1, 0, None]


async def test_what_was_taken_and_not_sent_is_put_back_into_the_window_that_it_came_out_of(kept: Kept) -> None:
    await _open(kept, _long(left=1), _short(left=1))
    short, long = [await kept.storage.spend(OFFICER_AT, START, 0) for _ in range(2)]
    assert short
    assert long
    assert await _left(kept) == []
    await kept.storage.give_back(long)
    assert await _left(kept) == [(False, 1)]
    await kept.storage.give_back(short)
    assert await _left(kept) == [(True, 1), (False, 1)]


async def test_what_comes_back_late_adds_nothing_to_a_window_that_opened_since(kept: Kept) -> None:
    await _open(kept, _long())
    spent = await kept.storage.spend(OFFICER_AT, START, 0)
    assert spent
    await _open(kept, _long(START + HOUR))
    await kept.storage.give_back(spent)
    assert await _left(kept, START + HOUR) == [(False, 5)]


async def test_a_window_that_is_over_takes_nothing(kept: Kept) -> None:
    await _open(kept, _long(), _short())
    assert await _left(kept, START + MINUTE) == [(False, 5)]
    assert not await kept.storage.spend(OFFICER_AT, START + 2 * DAY, 0)
    assert await kept.storage.spend(OFFICER_AT, START + 2 * DAY - timedelta(seconds=1), 0)


@pytest.mark.parametrize("keep", [0, 2])
async def test_two_nodes_never_take_more_out_of_a_window_than_is_in_it(kept: Kept, keep: int) -> None:
    await _open(kept, _long(left=5), _short(left=3))
    other = await kept.other_node()
    taken = await asyncio.gather(*(node.spend(OFFICER_AT, START, keep) for node in [kept.storage, other] * 10))
    assert sum(window is not None for window in taken) == 8 - keep
    assert await _left(kept) == ([(False, keep)] if keep else [])


async def test_a_messenger_that_refuses_closes_what_it_knew_of_and_not_what_opens_later(kept: Kept) -> None:
    await _open(kept, _long(), _short(), _long(address=OTHER_AT))
    await kept.storage.close_windows(OFFICER_AT, START)
    assert await _left(kept) == []
    assert len(await kept.storage.open_windows(OTHER_AT, START)) == 1
    await _open(kept, _long(START + MINUTE))
    await kept.storage.close_windows(OFFICER_AT, START + MINUTE / 2)
    assert await _left(kept, START + MINUTE) == [(False, 5)]


async def test_windows_are_forgotten_a_day_after_they_closed(kept: Kept) -> None:
    await _open(kept, _long(), _short())
    assert await kept.storage.sweep(START + 2 * DAY) == 1
    assert await kept.storage.sweep(START + 3 * DAY - MINUTE) == 0
    assert await kept.storage.sweep(START + 3 * DAY) == 1


# Asking before it closes.


async def _claim(kept: Kept, until: timedelta = 2 * DAY, limit: int = 10) -> list[Window]:
    return await kept.storage.claim_windows(kept.now, START + until, limit, MINUTE)


async def test_a_window_that_closes_soon_is_handed_out_once_and_again_when_its_node_died(kept: Kept) -> None:
    soon = _long(closes_at=START + HOUR)
    await _open(kept, soon)
    assert await _claim(kept, HOUR) == []
    assert await _claim(kept) == [soon]
    assert await _claim(kept) == []
    kept.let_pass(seconds=61)
    assert await _claim(kept) == [soon]


async def test_the_first_to_close_comes_first_and_no_more_than_asked_for(kept: Kept) -> None:
    late, soon = _long(closes_at=START + 2 * HOUR), _long(address=OTHER_AT, closes_at=START + HOUR)
    await _open(kept, late, soon)
    assert [await _claim(kept, limit=1) for _ in range(3)] == [[soon], [late], []]


async def test_nobody_is_asked_about_a_short_an_empty_or_a_closed_window_or_twice(kept: Kept) -> None:
    places = [Address("wechat", f"o{number}") for number in range(4)]
    await _open(
        kept,
        _short(address=places[0]),
        _long(address=places[1], left=0),
        _long(address=places[2], closes_at=START),
        _long(address=places[3], closes_at=START + HOUR),
    )
    (window,) = await _claim(kept)
    assert window.address == places[3]
    await kept.storage.apply([Turn(windows_asked=(window,))])
    kept.let_pass(minutes=2)
    assert await _claim(kept) == []
    assert [w.asked for w in await kept.storage.open_windows(places[3], kept.now)] == [True]


async def test_a_window_that_opened_anew_meanwhile_is_asked_about_in_its_own_time(kept: Kept) -> None:
    before, after = _long(), _long(START + MINUTE)
    await _open(kept, before)
    await _claim(kept, 3 * DAY)
    await _open(kept, after)
    await kept.storage.apply([Turn(windows_asked=(before,))])
    kept.let_pass(seconds=60)
    assert await _claim(kept, 3 * DAY) == [after]


async def test_two_nodes_never_ask_about_the_same_window(kept: Kept) -> None:
    windows = [_long(address=Address("wechat", f"o{number:02}")) for number in range(20)]
    await _open(kept, *windows)
    other = await kept.other_node()
    claims = (n.claim_windows(START, START + 3 * DAY, 4, MINUTE) for n in [kept.storage, other] * 4)
    taken = [window for claimed in await asyncio.gather(*claims) for window in claimed]
    assert sorted(taken, key=lambda window: window.address) == windows


# What waited.


async def _waiting(kept: Kept, *messages: Outgoing, **more: object) -> None:
    """Store messages that found the window closed and are to be tried again much later."""
    await kept.storage.apply([Turn(outgoing=messages)])
    marks = [
        Mark(m.id, DeliveryState.WINDOW_CLOSED, kept.now, 1, START + DAY, reason="window closed", **more)  # type: ignore[arg-type]
        for m in messages
    ]
    await kept.storage.apply([], marks)


async def _outbox(kept: Kept, sent: Outgoing) -> Delivery:
    (found,) = [d for d in await kept.storage.outbox(list(DeliveryState), 100) if d.message.id == sent.id]
    return found


async def _due(kept: Kept) -> list[int]:
    return [d.message.id for d in await kept.storage.claim_outbox(["wechat"], kept.now, 10, MINUTE)]


async def test_what_waited_for_a_window_goes_out_when_the_person_writes(kept: Kept) -> None:
    here, elsewhere = message(address=OFFICER_AT), message(address=OTHER_AT)
    await _waiting(kept, here, elsewhere)
    kept.let_pass(minutes=5)
    assert await _due(kept) == []
    await _open(kept, _long(kept.now))
    assert await _due(kept) == [here.id]
    assert (await _outbox(kept, elsewhere)).next_attempt_at == START + DAY


async def test_what_somebody_sends_just_now_is_not_sent_twice_because_a_window_opens(kept: Kept) -> None:
    ping = message(address=OFFICER_AT)
    await _waiting(kept, ping)
    await _open(kept, _long())
    assert await _due(kept) == [ping.id]
    await _open(kept, _short())
    assert await _due(kept) == []


async def test_a_tap_in_the_same_batch_as_the_mark_that_lets_a_message_wait_lets_it_go(kept: Kept) -> None:
    ping = message(address=OFFICER_AT)
    await kept.storage.apply([Turn(outgoing=(ping,))])
    mark = Mark(ping.id, DeliveryState.WINDOW_CLOSED, START, 1, START + DAY)
    await kept.storage.apply([Turn(windows=(_short(),))], [mark])
    assert await _due(kept) == [ping.id]


async def test_a_window_moves_nothing_that_does_not_wait_for_it(kept: Kept) -> None:
    later, sent = message(address=OFFICER_AT, not_before=START + HOUR), message(address=OFFICER_AT)
    await kept.storage.apply([Turn(outgoing=(later, sent))], [])
    await kept.storage.apply([], [Mark(sent.id, DeliveryState.SENT, START, 1)])
    await _open(kept, _long())
    assert (await _outbox(kept, later)).next_attempt_at == START + HOUR
    assert (await _outbox(kept, sent)).next_attempt_at is None


# Knocks.


async def test_a_knock_is_remembered_by_its_message_and_a_later_mark_leaves_it(kept: Kept) -> None:
    ping = message(address=OFFICER_AT)
    await _waiting(kept, ping, knock="t-81")
    assert (await _outbox(kept, ping)).knock == "t-81"
    await kept.storage.apply([], [Mark(ping.id, DeliveryState.WINDOW_CLOSED, START, 2, START + DAY)])
    assert (await _outbox(kept, ping)).knock == "t-81"


async def test_a_knock_that_did_not_arrive_makes_its_message_due_at_once(kept: Kept) -> None:
    ping, other = message(address=OFFICER_AT), message(address=OFFICER_AT)
    await _waiting(kept, ping, knock="t-81")
    await _waiting(kept, other, knock="t-82")
    kept.let_pass(minutes=1)
    said = inbox(inbound(received_at=kept.now, sender=OFFICER_AT, place=OFFICER_AT))
    await kept.storage.apply([Turn(said, knock_outcomes=(KnockOutcome(OFFICER_AT, "t-81", "user block"),))])
    failed = await _outbox(kept, ping)
    assert (failed.knock, failed.reason, failed.state) == (
        KNOCK_FAILED,
        "knock failed: user block",
        DeliveryState.WINDOW_CLOSED,
    )
    assert await _due(kept) == [ping.id]


async def test_a_knock_that_arrived_changes_nothing_but_the_reason(kept: Kept) -> None:
    ping = message(address=OFFICER_AT)
    await _waiting(kept, ping, knock="t-81")
    before = await _outbox(kept, ping)
    await kept.storage.apply([Turn(knock_outcomes=(KnockOutcome(OFFICER_AT, "t-81"),))])
    assert await _outbox(kept, ping) == replace(before, reason="knocked")


async def test_an_outcome_at_another_address_or_of_what_is_sent_by_now_changes_nothing(kept: Kept) -> None:
    ping, sent = message(address=OFFICER_AT), message(address=OFFICER_AT)
    await _waiting(kept, ping, sent, knock="t-81")
    await kept.storage.apply([], [Mark(sent.id, DeliveryState.SENT, START, 2)])
    before = [await _outbox(kept, one) for one in (ping, sent)]
    outcomes = (KnockOutcome(OTHER_AT, "t-81", "user block"), KnockOutcome(OFFICER_AT, "t-8", "user block"))
    await kept.storage.apply([Turn(knock_outcomes=outcomes)])
    assert [await _outbox(kept, one) for one in (ping, sent)] == before
    await kept.storage.apply([Turn(knock_outcomes=(KnockOutcome(OFFICER_AT, "t-81", "user block"),))])
    assert (await _outbox(kept, sent)).state is DeliveryState.SENT
