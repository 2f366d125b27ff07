"""What the storage keeps of pings: the newest of each recipient, how many they had, what waits in other words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.last_ping import LastPing
from bot.domain.messages import DeliveryState, OutgoingKind, Priority
from bot.domain.turn import Mark, Turn, Withdrawal
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


async def test_what_waits_says_what_it_says_now_and_what_was_sent_stays(kept: Kept) -> None:
    waits, sent = message(not_before=kept.now + HOUR), message()
    await kept.storage.apply([Turn(outgoing=(waits, sent))])
    await kept.storage.apply([], [Mark(sent.id, DeliveryState.SENT, kept.now)])
    await kept.storage.apply([Turn(said_anew=(replace(waits, text="new"), replace(sent, text="new")))])
    said = {d.message.id: d.message.text for d in await kept.storage.outbox(list(DeliveryState), 10)}
    assert said == {waits.id: "new", sent.id: sent.text}


async def test_a_ping_that_waits_is_put_in_other_words_for_the_deadline_that_still_runs(kept: Kept) -> None:
    opened = case()
    first, second = opened.deadlines
    key = "case:1:police:2:1"
    ping = message(f"{key}:person:7", kind=OutgoingKind.PING, recipient="person:7", case_id=opened.id,
                   deadline_id=first.id)  # fmt: skip
    news = message(f"{key}:news", recipient="person:7", case_id=opened.id)
    await kept.storage.apply([opening(opened, outgoing=(ping, news))])
    instead = Withdrawal(opened.id, frozenset({"person:7"}), "still late", key=key, deadline_id=second.id)
    await kept.storage.apply([Turn(cases=(step(opened),), withdrawals=(instead,))])
    found = {d.message.id: d.message for d in await kept.storage.outbox(list(DeliveryState), 10)}
    assert (found[ping.id].text, found[ping.id].deadline_id) == ("still late", second.id)
    assert found[news.id].text == news.text
    assert new_id() > ping.id
