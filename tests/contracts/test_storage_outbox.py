"""What becomes of messages that go out: said once, honestly marked, never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.case import DeadlineState, Status
from bot.domain.messages import Address, Button, Delivery, DeliveryState, Outgoing
from bot.domain.turn import Mark, SeenBy, Turn, Withdrawal
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import (
    DESKS_GROUP,
    OFFICER,
    OFFICERS_CHAT,
    case,
    message,
    new_id,
    opening,
    person,
    step,
)

MINUTE = timedelta(minutes=1)
NEW_GROUP = Address("telegram", "-100777")


async def _outbox(kept: Kept) -> dict[int, Delivery]:
    return {d.message.id: d for d in await kept.storage.outbox(list(DeliveryState), 100)}


async def _mark(kept: Kept, sent: Outgoing, state: DeliveryState = DeliveryState.SENT, **more: Any) -> None:
    await kept.storage.apply([], [Mark(sent.id, state, kept.now, 1, **more)])


async def _store(kept: Kept, *messages: Outgoing) -> None:
    await kept.storage.apply([Turn(outgoing=messages)])


async def test_a_message_comes_back_with_everything_it_carries(kept: Kept) -> None:
    sent = message(
        others=(Address("email", "duty@example.org"), DESKS_GROUP),
        buttons=((Button("Yes", "f.1.a.yes"), Button("No", "f.1.a.no")), (Button("Back", "c.back"),)),
        case_id=7,
        deadline_id=8,
        replaces="x",
        reply_to="9",
        tap_id="t",
        file="log.csv",
        not_before=START + MINUTE,
    )
    await _store(kept, sent)
    assert (await _outbox(kept))[sent.id] == Delivery(sent, next_attempt_at=sent.not_before)


async def test_a_tick_that_runs_twice_adds_one_ping_and_says_which_was_left_out(kept: Kept) -> None:
    first, again = message("case:7:police:1"), message("case:7:police:1")
    assert await kept.storage.apply([Turn(outgoing=(first,))]) == frozenset()
    assert await kept.storage.apply([Turn(outgoing=(again, message()))]) == {again.id}
    assert again.id not in await _outbox(kept)


async def test_a_sent_message_is_sent_and_only_an_act_or_a_page_makes_it_seen(kept: Kept) -> None:
    alert = message(case_id=7, recipient="desk:cn-duty", address=DESKS_GROUP)
    await _store(kept, alert)
    await _mark(kept, alert, external_id="41")
    stored = (await _outbox(kept))[alert.id]
    assert (stored.state, stored.external_id, stored.sent_at, stored.seen_at) == ("sent", "41", START, None)

    await kept.storage.apply([Turn(seen=(SeenBy(7, ("person:2", "desk:cn-duty"), START + MINUTE),))])
    stored = (await _outbox(kept))[alert.id]
    assert (stored.state, stored.sent_at, stored.seen_at) == ("seen", START, START + MINUTE)


async def test_what_waits_for_somebody_who_is_cut_off_is_not_sent_but_the_last_word_to_them_is(kept: Kept) -> None:
    waiting, desks, goodbye = message(), message(recipient="desk:kh-duty"), message()
    await _store(kept, waiting, desks)
    await kept.storage.apply([Turn(outgoing=(goodbye,), ends_sessions_of=(OFFICER,))])
    stored = await _outbox(kept)
    assert (stored[waiting.id].state, stored[waiting.id].reason) == (DeliveryState.DROPPED, "the person was cut off")
    assert (stored[desks.id].state, stored[goodbye.id].state) == (DeliveryState.QUEUED, DeliveryState.QUEUED)


async def test_an_act_proves_nothing_of_other_recipients_other_cases_or_unsent_messages(kept: Kept) -> None:
    unsent, other_case, other_desk = message(case_id=7), message(case_id=8), message(case_id=7, recipient="desk:x")
    await _store(kept, unsent, other_case, other_desk)
    await _mark(kept, other_case)
    await _mark(kept, other_desk)
    await kept.storage.apply([Turn(seen=(SeenBy(7, ("person:1",), START),))])
    assert [d.state.value for d in (await _outbox(kept)).values()] == ["sent", "sent", "queued"]


async def test_a_mark_and_the_act_that_proves_it_may_ride_one_commit(kept: Kept) -> None:
    alert = message(case_id=7)
    await _store(kept, alert)
    seen = Turn(seen=(SeenBy(7, ("person:1",), START),))
    await kept.storage.apply([seen], [Mark(alert.id, DeliveryState.SENT, START, 1, external_id="5")])
    assert (await _outbox(kept))[alert.id].state is DeliveryState.SEEN


async def test_what_a_messenger_took_is_not_sent_again_because_a_second_sender_failed(kept: Kept) -> None:
    reply = message()
    await _store(kept, reply)
    await _mark(kept, reply, external_id="41")
    await _mark(kept, reply, DeliveryState.QUEUED, next_attempt_at=START + MINUTE, reason="time-out")
    kept.let_pass(hours=1)
    assert (await _outbox(kept))[reply.id].state is DeliveryState.SENT
    assert await kept.storage.claim_outbox(["telegram"], kept.now, 10, MINUTE) == []


async def test_a_page_read_marks_what_was_sent_there(kept: Kept) -> None:
    here, queued, elsewhere = message(), message(), message(address=DESKS_GROUP)
    await _store(kept, here, queued, elsewhere)
    await _mark(kept, here)
    await _mark(kept, elsewhere)
    await kept.storage.mark_seen([OFFICERS_CHAT], START + MINUTE)
    states = {i: d.state.value for i, d in (await _outbox(kept)).items()}
    assert states == {here.id: "seen", queued.id: "queued", elsewhere.id: "sent"}


async def test_parts_already_delivered_are_remembered(kept: Kept) -> None:
    long = message()
    await _store(kept, long)
    again = START + timedelta(seconds=5)
    await _mark(kept, long, DeliveryState.QUEUED, parts_done=2, external_id="8", next_attempt_at=again)
    kept.let_pass(seconds=5)
    (claimed,) = await kept.storage.claim_outbox(["telegram"], kept.now, 10, MINUTE)
    assert (claimed.parts_done, claimed.external_id, claimed.attempts) == (2, "8", 1)


async def test_what_joins_at_a_further_address_says_what_the_gate_left_of_it(kept: Kept) -> None:
    mail = Address("email", "duty@example.org")
    note = message(recipient="desk:cn-duty", case_id=7, address=DESKS_GROUP, others=(mail,), text="she hides")
    await _store(kept, note)
    copy = replace(note, id=new_id(), dedupe_key=f"{note.dedupe_key}:2", address=mail, others=())
    less = Withdrawal(7, frozenset({"desk:cn-duty"}), "less")
    await kept.storage.apply([Turn(withdrawals=(less,))])
    await _mark(kept, note, DeliveryState.QUEUED, next_attempt_at=START + MINUTE, joined=copy)
    assert (await _outbox(kept))[copy.id].message.text == "less", "whoever sends it read it before the gate closed"


async def test_nothing_joins_at_the_phone_of_somebody_cut_off_and_nothing_of_theirs_comes_back(kept: Kept) -> None:
    theirs = Address("wechat", "501")
    await kept.storage.apply([Turn(people=(person(OFFICER, OFFICERS_CHAT, theirs),))])
    to_desk = message(recipient="desk:kh-duty", address=DESKS_GROUP, others=(theirs,))
    to_them = message(recipient=f"person:{OFFICER}", address=OFFICERS_CHAT, others=(theirs,))
    await _store(kept, to_desk, to_them)
    await kept.storage.apply([Turn(ends_sessions_of=(OFFICER,))])
    for row in (to_desk, to_them):
        copy = replace(row, id=new_id(), dedupe_key=f"{row.dedupe_key}:2", address=theirs, others=())
        await _mark(kept, row, DeliveryState.QUEUED, next_attempt_at=START + MINUTE, joined=copy)
    stored = await _outbox(kept)
    assert {i: stored[i].state for i in stored} == {to_desk.id: "queued", to_them.id: "dropped"}


async def test_the_next_address_joins_in_while_the_first_keeps_trying(kept: Kept) -> None:
    alert = message(address=DESKS_GROUP, others=(Address("email", "duty@example.org"),))
    await _store(kept, alert)
    copy = replace(alert, id=new_id(), dedupe_key=f"{alert.dedupe_key}:2", address=alert.others[0], others=())
    await _mark(kept, alert, DeliveryState.QUEUED, next_attempt_at=START + MINUTE, joined=copy)
    stored = await _outbox(kept)
    assert stored[alert.id].joined
    assert (stored[alert.id].state, stored[copy.id].state) == ("queued", "queued")
    assert stored[copy.id].message == copy


async def test_a_parked_message_is_shown_and_can_be_tried_again(kept: Kept) -> None:
    lost = message()
    await _store(kept, lost)
    assert not await kept.storage.retry_outbox(lost.id, kept.now)
    await _mark(kept, lost, DeliveryState.PARKED, reason="blocked by the user")
    (parked,) = await kept.storage.outbox([DeliveryState.PARKED], 10)
    assert parked.reason == "blocked by the user"
    assert await kept.storage.retry_outbox(lost.id, kept.now)
    (claimed,) = await kept.storage.claim_outbox(["telegram"], kept.now, 10, MINUTE)
    assert (claimed.message, claimed.attempts, claimed.reason) == (lost, 0, "")
    assert not await kept.storage.retry_outbox(new_id(), kept.now)


async def test_what_another_node_sent_meanwhile_is_superseded_and_not_read_again(kept: Kept) -> None:
    sent, waiting = message(), message()
    await kept.storage.apply([Turn(outgoing=(sent, waiting))])
    await kept.storage.apply([], [Mark(sent.id, DeliveryState.SENT, kept.now)])
    assert await kept.storage.superseded([sent.id, waiting.id]) == {sent.id: "sent already"}
    assert list(await kept.storage.reread([sent.id, waiting.id])) == [waiting.id]


async def test_the_alert_of_a_case_that_was_closed_is_not_read_again_but_what_tells_of_its_end_is(kept: Kept) -> None:
    opened = case()
    alert, told = message(kind="alert", case_id=opened.id), message(kind="told", case_id=opened.id)
    await kept.storage.apply([opening(opened, outgoing=(alert, told))])
    assert set(await kept.storage.reread([alert.id, told.id])) == {alert.id, told.id}
    await kept.storage.apply([Turn(cases=(step(opened, status=Status.CLOSED),))])
    assert list(await kept.storage.reread([alert.id, told.id])) == [told.id]


@pytest.mark.parametrize(
    ("state", "why"), [(DeadlineState.MET, "deadline met"), (DeadlineState.ENDED, "deadline ended")]
)
async def test_a_ping_about_a_deadline_that_runs_no_more_is_superseded(
    kept: Kept, state: DeadlineState, why: str
) -> None:
    opened = case()
    first, second = opened.deadlines
    ping, other, reply = message(deadline_id=first.id), message(deadline_id=second.id), message()
    await kept.storage.apply([opening(opened, outgoing=(ping, other, reply))])
    ids = [ping.id, other.id, reply.id, new_id()]
    assert await kept.storage.superseded(ids) == {}
    settled = replace(first, state=state, next_at=None, settled_at=START)
    await kept.storage.apply([Turn(cases=(step(opened, deadlines=(settled, second)),))])
    assert await kept.storage.superseded(ids) == {ping.id: why}


async def test_an_edit_is_superseded_by_a_later_edit_of_the_same_message(kept: Kept) -> None:
    alert = message("alert:1")
    first, last = (message(kind="edit", replaces="alert:1") for _ in range(2))
    elsewhere = message(kind="edit", replaces="alert:1", address=DESKS_GROUP)
    await _store(kept, alert, first, last, elsewhere)
    ids = [alert.id, first.id, last.id, elsewhere.id]
    assert await kept.storage.superseded(ids) == {first.id: "newer edit"}
    await _mark(kept, last, DeliveryState.PARKED)
    assert await kept.storage.superseded(ids) == {}


async def test_an_edit_knows_what_the_message_was_sent_as(kept: Kept) -> None:
    alert = message("alert:1")
    edit, tapped = message(kind="edit", replaces="alert:1"), message(kind="edit", edits="77")
    elsewhere = message(kind="edit", replaces="alert:1", address=DESKS_GROUP)
    await _store(kept, alert, edit, tapped, elsewhere)
    await _mark(kept, alert, external_id="41")
    kept.let_pass(seconds=31)
    claimed = await kept.storage.claim_outbox(["telegram"], kept.now, 10, MINUTE)
    assert {d.message.id: d.edits for d in claimed} == {edit.id: "41", tapped.id: "77", elsewhere.id: ""}


async def test_a_chat_that_moved_is_written_to_at_its_new_address(kept: Kept) -> None:
    queued, second = message(address=DESKS_GROUP), message(others=(DESKS_GROUP, OFFICERS_CHAT))
    sent = message(address=DESKS_GROUP)
    await _store(kept, queued, second, sent)
    await _mark(kept, sent)
    await kept.storage.readdress(DESKS_GROUP, NEW_GROUP)
    later = message(address=DESKS_GROUP, others=(DESKS_GROUP,))
    await _store(kept, later)
    addresses = {i: (d.message.address, d.message.others) for i, d in (await _outbox(kept)).items()}
    assert addresses == {
        queued.id: (NEW_GROUP, ()),
        second.id: (OFFICERS_CHAT, (NEW_GROUP, OFFICERS_CHAT)),
        sent.id: (DESKS_GROUP, ()),
        later.id: (NEW_GROUP, (NEW_GROUP,)),
    }


async def test_a_chat_may_move_twice_and_back(kept: Kept) -> None:
    third = Address("telegram", "-100888")
    await kept.storage.readdress(DESKS_GROUP, NEW_GROUP)
    await kept.storage.readdress(NEW_GROUP, third)
    first = message(address=DESKS_GROUP)
    await _store(kept, first)
    await kept.storage.readdress(third, DESKS_GROUP)
    second = message(address=third)
    await _store(kept, second)
    stored = await _outbox(kept)
    assert stored[first.id].message.address == DESKS_GROUP
    assert stored[second.id].message.address == DESKS_GROUP


async def test_the_outbox_is_listed_newest_first_by_state(kept: Kept) -> None:
    messages = [message() for _ in range(4)]
    await _store(kept, *messages)
    await _mark(kept, messages[0], DeliveryState.DROPPED, reason="deadline met")
    listed = await kept.storage.outbox([DeliveryState.QUEUED], 2)
    assert [d.message.id for d in listed] == [messages[3].id, messages[2].id]
    (dropped,) = await kept.storage.outbox([DeliveryState.DROPPED], 5)
    assert dropped.reason == "deadline met"


# What waits when less may be said.


def _withdrawal(**changes: Any) -> Withdrawal:
    return replace(Withdrawal(7, frozenset({"desk:cn-duty", "person:3"}), "less"), **changes)


async def test_what_waits_for_these_recipients_says_less_and_nothing_else_changes(kept: Kept) -> None:
    theirs: dict[str, Any] = {"case_id": 7, "recipient": "desk:cn-duty", "kind": "alert"}
    waits, parked, sent = message(**theirs), message(**theirs), message(**theirs)
    others = (
        message(**theirs | {"kind": "ping"}),
        message(**theirs | {"recipient": "desk:kh-duty"}),
        message(**theirs | {"case_id": 8}),
    )
    await _store(kept, waits, parked, sent, *others)
    await _mark(kept, parked, DeliveryState.PARKED)
    await _mark(kept, sent, external_id="41")
    new = message(**theirs, text="news that may be said")
    await kept.storage.apply([Turn(withdrawals=(_withdrawal(),), outgoing=(new,))])
    stored = await _outbox(kept)
    assert [stored[m.id].message.text for m in (waits, parked)] == ["less", "less"]
    assert stored[sent.id].state is DeliveryState.SENT
    assert [stored[m.id].message for m in (sent, *others, new)] == [sent, *others, new]


async def test_a_message_of_an_earlier_turn_of_the_same_batch_says_less_too(kept: Kept) -> None:
    alert = message(case_id=7, recipient="person:3", kind="alert")
    await kept.storage.apply([Turn(outgoing=(alert,)), Turn(withdrawals=(_withdrawal(),))])
    assert (await _outbox(kept))[alert.id].message.text == "less"


async def test_what_waits_is_read_anew_as_it_is_stored_and_what_was_dropped_is_not(kept: Kept) -> None:
    alert, dropped = message(case_id=7, recipient="person:3", kind="alert"), message(case_id=7)
    await _store(kept, alert, dropped)
    await _mark(kept, dropped, DeliveryState.DROPPED)
    await kept.storage.apply([Turn(withdrawals=(_withdrawal(),))])
    reread = await kept.storage.reread([alert.id, dropped.id, new_id()])
    assert list(reread) == [alert.id]
    assert (reread[alert.id].text, reread[alert.id].recipient) == ("less", "person:3")
