"""A typed number means one of the choices that were sent there lately."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.ids import Ids, first_at
from bot.domain.messages import Address, Button, Delivery, DeliveryState, Outgoing, OutgoingKind
from bot.domain.turn import Mark, Turn
from bot.ports.reads import Spoken, Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept, on_database
from tests.kit.marked import change
from tests.kit.values import DESKS_GROUP, OFFICERS_CHAT, case, message

MINUTE = timedelta(minutes=1)
YES_NO = ((Button("Yes", "f.1.a.yes"), Button("No", "f.1.a.no")),)


async def _store(kept: Kept, *messages: Outgoing) -> None:
    await kept.storage.apply([Turn(outgoing=messages)])


async def _offered(kept: Kept, *places: Address) -> dict[Address, tuple[Delivery, ...]]:
    return dict((await kept.storage.load(Wanted(offered=places))).offered)


async def test_what_was_sent_with_choices_comes_newest_first_with_its_words_and_buttons(kept: Kept) -> None:
    first, plain, second = message(buttons=YES_NO), message(), message(text="Where?", buttons=YES_NO)
    await _store(kept, first, plain, second, message(address=DESKS_GROUP))
    offered = await _offered(kept, OFFICERS_CHAT, DESKS_GROUP, OFFICERS_CHAT)
    assert list(offered) == [OFFICERS_CHAT]
    assert [delivery.message for delivery in offered[OFFICERS_CHAT]] == [second, first]


async def test_what_nobody_has_before_them_was_not_offered(kept: Kept) -> None:
    states = list(DeliveryState)
    sent = [message(buttons=YES_NO) for _ in states]
    await _store(kept, *sent)
    await kept.storage.apply([], [Mark(m.id, state, START, 1) for m, state in zip(sent, states, strict=True)])
    found = (await _offered(kept, OFFICERS_CHAT))[OFFICERS_CHAT]
    assert {delivery.state.value for delivery in found} == {"queued", "sent", "seen", "window-closed"}


async def test_of_very_many_messages_the_newest_are_looked_through(kept: Kept) -> None:
    asked = [message(buttons=YES_NO) for _ in range(15)]
    await _store(kept, *asked)
    found = (await _offered(kept, OFFICERS_CHAT))[OFFICERS_CHAT]
    assert [delivery.message.id for delivery in found] == [m.id for m in reversed(asked)][:10]
    await _store(kept, *(message() for _ in range(20)))
    assert await _offered(kept, OFFICERS_CHAT) == {}


async def test_of_all_that_was_sent_somewhere_the_newest_twenty_come_newest_first(kept: Kept) -> None:
    sent = [message(buttons=YES_NO if number % 2 else ()) for number in range(25)]
    await _store(kept, *sent, message(address=DESKS_GROUP))
    found = (await kept.storage.load(Wanted(said_at=(OFFICERS_CHAT,)))).said_at
    assert list(found) == [OFFICERS_CHAT]
    assert [delivery.message for delivery in found[OFFICERS_CHAT]] == sent[:4:-1]
    assert (await kept.storage.load(Wanted(said_at=(Address("telegram", "nowhere"),)))).said_at == {}


async def test_choices_that_do_not_open_hold_up_no_others(database: str) -> None:
    asked, broken = message(buttons=YES_NO), message(buttons=YES_NO)
    async with on_database(database) as kept:
        await _store(kept, asked, broken)
        change(database, "outbox", broken.id, sealed=b"planted")
        (found,) = (await _offered(kept, OFFICERS_CHAT))[OFFICERS_CHAT]
    assert found.message == asked


async def test_what_reached_somebody_about_cases_lately_is_known_without_its_words(kept: Kept) -> None:
    about = case()
    ids = Ids(lambda: START)
    before = first_at(START - MINUTE)
    sent = [
        message(id=ids(), case_id=about.id, kind=OutgoingKind.RELAY, dedupe_key="case:1:note:asks:2:person:1"),
        message(id=ids(), case_id=about.id),
        message(id=ids()),
        message(id=before - 1, case_id=about.id),
        message(id=ids(), case_id=about.id, address=DESKS_GROUP),
    ]
    waits = message(id=ids(), case_id=about.id)
    await kept.storage.apply([Turn(cases=(about,), new_cases=frozenset({about.id})), Turn(outgoing=(*sent, waits))])
    await kept.storage.apply([], [Mark(m.id, DeliveryState.SENT, START, 1) for m in sent])
    found = (await kept.storage.load(Wanted(spoken=((OFFICERS_CHAT, START - MINUTE),)))).spoken
    assert found == {OFFICERS_CHAT: tuple(Spoken(m.id, about.id, m.kind, m.dedupe_key) for m in (sent[1], sent[0]))}
    assert (await kept.storage.load(Wanted(spoken=((OFFICERS_CHAT, START + MINUTE),)))).spoken == {}
