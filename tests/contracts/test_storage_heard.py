"""What was heard from addresses lately, on every storage: the last word or act, and the reply window that is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.contacts import Heard
from bot.domain.ids import first_at
from bot.domain.messages import Address, DeliveryState, Kind
from bot.domain.reply_windows import Window
from bot.domain.turn import Mark, SeenBy, Turn
from bot.ports.reads import Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import DESKS_GROUP, OFFICERS_CHAT, case, inbound, inbox, message, opening

MONTH = timedelta(days=30)
NOBODY = Address("telegram", "999")


async def heard(kept: Kept, *addresses: Address) -> dict[Address, Heard]:
    wanted = Wanted(heard=tuple((address, START - MONTH) for address in addresses))
    return dict((await kept.storage.load(wanted)).heard)


def said(days_ago: float, **changes: Any) -> Turn:
    at = START - timedelta(days=days_ago)
    return Turn(inbox=inbox(inbound(received_at=at, **changes), id=first_at(at) + 1))


async def test_the_last_word_counts_and_one_of_long_ago_does_not(kept: Kept) -> None:
    other = Address("telegram", "502")
    await kept.storage.apply([said(5), said(2), said(3), said(31, sender=other, place=other)])
    assert await heard(kept, OFFICERS_CHAT, other, NOBODY) == {OFFICERS_CHAT: Heard(START - timedelta(days=2))}


async def test_that_somebody_left_proves_nothing(kept: Kept) -> None:
    await kept.storage.apply([said(5), said(2, kind=Kind.LEFT), said(1, kind=Kind.OUTCOME)])
    assert await heard(kept, OFFICERS_CHAT) == {OFFICERS_CHAT: Heard(START - timedelta(days=5))}


async def test_an_act_on_what_was_sent_counts_where_it_was_sent_to(kept: Kept) -> None:
    about = case()
    sent = message(id=first_at(START) + 5, case_id=about.id, address=DESKS_GROUP, recipient="desk:cn-duty")
    await kept.storage.apply([Turn(cases=(about,), new_cases=frozenset({about.id}), outgoing=(sent,))])
    await kept.storage.apply([], [Mark(sent.id, DeliveryState.SENT, START)])
    assert await heard(kept, DESKS_GROUP) == {}
    acted = START + timedelta(minutes=4)
    await kept.storage.apply([Turn(seen=(SeenBy(about.id, ("desk:cn-duty",), acted),))])
    assert await heard(kept, DESKS_GROUP) == {DESKS_GROUP: Heard(acted)}


async def test_the_window_that_lasts_longest_and_has_something_left_is_told(kept: Kept) -> None:
    nary, dara = Address("wechat", "nary"), Address("wechat", "dara")
    hour = timedelta(hours=1)
    windows = (
        Window(nary, START, START + hour, 3, by_tap=True),
        Window(nary, START, START + 48 * hour, 5),
        Window(dara, START, START + 48 * hour, 0),
    )
    await kept.storage.apply([Turn(windows=windows)])
    assert await heard(kept, nary, dara) == {nary: Heard(None, START + 48 * hour)}


async def test_nothing_is_read_where_nothing_is_wanted(kept: Kept) -> None:
    await kept.storage.apply([opening(case())])
    assert await heard(kept) == {}
