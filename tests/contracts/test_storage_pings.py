"""What the storage keeps of pings: the newest of each recipient, how many they had, what waits in other words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Stale
from bot.domain.last_ping import LastPing
from bot.domain.messages import DeliveryState, Outgoing, OutgoingKind, Priority
from bot.domain.turn import Mark, SaidAnew, Turn, Withdrawal
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import OFFICERS_CHAT, case, message, new_id, opening, step

HOUR = timedelta(hours=1)


async def test_a_case_knows_what_each_recipient_was_last_pinged_and_which_acknowledgment_has_lapsed(kept: Kept) -> None:
    last = LastPing("case:1:police:2:1", START, OFFICERS_CHAT, START + HOUR)
    pinged = {"desk:cn-duty": last, "person:7": LastPing(quiet_until=START)}
    opened = replace(case(), pinged=pinged, lapsed_at=START, lapsed_by=7)
    await kept.storage.apply([opening(opened)])
    found = (await kept.storage.load(Wanted(cases=(opened.id,)))).cases[opened.id]
    assert (found.pinged, found.lapsed_at, found.lapsed_by) == (pinged, START, 7)


async def test_pings_are_counted_by_recipient_but_those_of_u1_and_what_was_dropped(kept: Kept) -> None:
    urgent, one, two, gone = (
        message(kind=OutgoingKind.PING, priority=level, recipient="person:7")
        for level in (Priority.U1, Priority.U2, Priority.U3, Priority.U3)
    )
    gathered = message("pings:1:2:3:person:7", kind=OutgoingKind.PING, priority=Priority.U3, recipient="person:7")
    news = message(priority=Priority.U2, recipient="person:7")
    await kept.storage.apply([Turn(outgoing=(urgent, one, two, gone, gathered, news))])
    await kept.storage.apply([], [Mark(gone.id, DeliveryState.DROPPED, kept.now)])
    heard = (await kept.storage.load(Wanted(heard_pings=(kept.now - timedelta(days=900),)))).heard_pings
    assert {name: found.count for name, found in heard.items()} == {"person:7": 3}
    assert heard["person:7"].gathered == gathered
    assert (await kept.storage.load(Wanted(heard_pings=(kept.now + HOUR,)))).heard_pings == {}


def says(waits: Outgoing, *lines: str) -> Turn:
    """The first of these is what it says already."""
    return Turn(said_anew=(SaidAnew(replace(waits, text=lines[0]), replace(waits, text="\n".join(lines))),))


async def said(kept: Kept) -> dict[int, str]:
    return {d.message.id: d.message.text for d in await kept.storage.outbox(list(DeliveryState), 10)}


async def gathering(kept: Kept) -> Outgoing:
    """A message that gathers pings and waits for its moment."""
    waits = message("pings:1:2:1:person:7", kind=OutgoingKind.PING, priority=Priority.U3, recipient="person:7",
                    text="one", not_before=kept.now + HOUR)  # fmt: skip
    await kept.storage.apply([Turn(outgoing=(waits,))])
    return waits


async def test_what_waits_says_what_it_says_now(kept: Kept) -> None:
    waits = await gathering(kept)
    await kept.storage.apply([says(waits, "one", "two"), says(waits, "one\ntwo", "three")])
    assert await said(kept) == {waits.id: "one\ntwo\nthree"}


async def test_of_two_nodes_that_add_to_what_waits_neither_forgets_what_the_other_added(kept: Kept) -> None:
    waits = await gathering(kept)
    await kept.storage.apply([says(waits, "one", "two")])
    with pytest.raises(Stale):
        await kept.storage.apply([says(waits, "one", "three")])
    assert await said(kept) == {waits.id: "one\ntwo"}


async def test_nothing_is_added_to_what_somebody_has_taken_to_send_it(kept: Kept) -> None:
    waits = await gathering(kept)
    since = kept.now - timedelta(days=900)
    assert (await kept.storage.load(Wanted(heard_pings=(since,)))).heard_pings["person:7"].waiting == waits
    (taken,) = await kept.storage.claim_outbox(["telegram"], kept.now + 2 * HOUR, 10, timedelta(minutes=1))
    assert taken.message.id == waits.id
    with pytest.raises(Stale):
        await kept.storage.apply([says(waits, "one", "two")])
    heard = (await kept.storage.load(Wanted(heard_pings=(since,)))).heard_pings["person:7"]
    assert (heard.waiting, heard.gathered) == (None, waits)


@pytest.mark.parametrize("is_taken", [False, True])
async def test_a_ping_that_waits_is_put_in_other_words_for_the_deadline_that_still_runs(
    kept: Kept, *, is_taken: bool
) -> None:
    opened = case()
    first, second = opened.deadlines
    key = "case:1:police:2:1"
    ping = message(f"{key}:person:7", kind=OutgoingKind.PING, recipient="person:7", case_id=opened.id,
                   deadline_id=first.id)  # fmt: skip
    news = message(f"{key}:news", recipient="person:7", case_id=opened.id)
    await kept.storage.apply([opening(opened, outgoing=(ping, news))])
    if not is_taken:  # whoever stored it sends it, unless they put it back
        back = Mark(ping.id, DeliveryState.QUEUED, kept.now, next_attempt_at=kept.now + HOUR)
        await kept.storage.apply([], [back])
    instead = Withdrawal(opened.id, frozenset({"person:7"}), "still late", key=key, deadline_id=second.id)
    await kept.storage.apply([Turn(cases=(step(opened),), withdrawals=(instead,))])
    found = {d.message.id: d.message for d in await kept.storage.outbox(list(DeliveryState), 10)}
    assert found[ping.id].text == (ping.text if is_taken else "still late"), "what may be in the chat is kept as it is"
    assert found[ping.id].deadline_id == second.id
    assert found[news.id].text == news.text
    assert new_id() > ping.id
