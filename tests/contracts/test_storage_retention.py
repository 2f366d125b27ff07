"""What is kept no longer goes, on every storage alike: which rows, how many at a time, and never unaccounted for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case, Status
from bot.domain.errors import Stale
from bot.domain.guarded import Guarded
from bot.domain.messages import DeliveryState
from bot.domain.people import Invite, Role
from bot.domain.reply_windows import Window
from bot.domain.retention_rules import Cutoffs
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding
from bot.ports.reads import Wanted
from bot.ports.retention import Purged
from bot.ports.storage import Storage
from bot.record.journal_check import verify
from tests.contracts.closed_case import LATER, SECRET, closed_case, order_for
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import (
    DESKS_GROUP,
    OFFICER,
    OFFICERS_CHAT,
    case,
    conversation,
    entry,
    inbound,
    inbox,
    message,
    new_id,
    opening,
    person,
    step,
)


async def _case(kept: Storage, about: Case) -> Case | None:
    return (await kept.load(Wanted(cases=(about.id,)))).cases.get(about.id)


async def _assert_record_holds(kept: Storage) -> None:
    assert not [said async for said in verify(kept) if isinstance(said, Finding)]


async def test_free_texts_and_what_identifies_go_codes_timings_and_the_chain_stay(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    before = await kept.storage.history(about.id)
    purged = await kept.storage.purge(order_for(about))
    assert purged == Purged(
        {"texts": 3, "answers": 2, "handoffs": 1, "referrals": 1, "plans": 1, "inbox": 1, "outbox": 2, "journal": 1},
        True,
        about.version + 1,
    )
    after = await kept.storage.history(about.id)
    assert list(after.texts) == [replace(t, text=Guarded(""), message="") for t in before.texts]
    assert [(a.field, a.value) for a in after.answers] == [("age_group", "12_17")]
    assert [d.message.text for d in after.deliveries] == ["", ""]
    assert [link.entry.details for link in after.journal[:2]] == [{"why": "opened"}, None]
    kept_case = await _case(kept.storage, about)
    assert kept_case is not None
    assert kept_case.purged_at == LATER
    assert set(kept_case.answers) == {"age_group"}
    assert (kept_case.closed_at, len(kept_case.deadlines)) == (START, 2)
    assert [(h.accepting_officer, h.return_reason) for h in kept_case.handoffs] == [(Guarded(""), Guarded(""))]
    loaded = await kept.storage.load(Wanted(people=(about.id,)))
    assert dict(loaded.conversations[about.id].pending) == {}
    assert await kept.storage.transcript([OFFICERS_CHAT], 0, 50) == []
    await _assert_record_holds(kept.storage)


async def test_what_still_waited_when_its_text_went_is_not_sent_empty(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    await kept.storage.purge(order_for(about))
    assert [d.state for d in (await kept.storage.history(about.id)).deliveries] == [DeliveryState.DROPPED] * 2
    assert await kept.storage.claim_outbox(["telegram"], LATER + timedelta(days=1), 9, timedelta(seconds=30)) == []


async def test_a_redelivery_of_a_message_that_was_purged_is_still_known(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    again = inbound(SECRET)
    await kept.storage.apply([Turn(inbox=inbox(again, case_id=about.id))])
    whole = order_for(about, is_whole=True)
    await kept.storage.purge(whole)
    assert again.key in (await kept.storage.load(Wanted(seen=(again.key,)))).seen


async def test_at_the_end_all_of_a_case_goes_but_the_hashes_of_its_record(kept: Kept) -> None:
    about, other = await closed_case(kept.storage), await closed_case(kept.storage)
    purged = await kept.storage.purge(order_for(about, is_whole=True, kept_acts=frozenset()))
    assert purged.version == 0
    assert dict(purged.rows) == {
        "texts": 3, "answers": 3, "handoffs": 1, "referrals": 1, "plans": 1, "inbox": 1, "outbox": 2, "deadlines": 2,
        "journal": 2,
    }  # fmt: skip
    assert await _case(kept.storage, about) is None
    assert not (await kept.storage.load(Wanted(references=(about.reference,)))).cases
    history = await kept.storage.history(about.id)
    assert (history.answers, history.texts, history.deliveries) == ((), (), ())
    assert [link.entry.details for link in history.journal[:2]] == [None, None]
    assert await kept.storage.claim_deadlines(LATER, 9, timedelta(seconds=30)) != []
    whole = await kept.storage.history(other.id)
    assert all(t.text == Guarded(SECRET) for t in whole.texts)
    await _assert_record_holds(kept.storage)


async def test_a_case_goes_a_few_rows_at_a_time_and_may_be_taken_up_again_at_any_point(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    expected = await kept.storage.would_purge(order_for(about))
    gone: dict[str, int] = {}
    for _ in range(20):
        now = await _case(kept.storage, about)
        assert now is not None
        purged = await kept.storage.purge(order_for(now, limit=3))
        assert sum(purged.rows.values()) <= 3
        await _assert_record_holds(kept.storage)
        for table, number in purged.rows.items():
            gone[table] = gone.get(table, 0) + number
        if purged.is_done:
            break
    assert gone == expected.rows
    assert (await kept.storage.would_purge(order_for(about))).rows == {}


async def test_a_count_changes_nothing(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    first = await kept.storage.would_purge(order_for(about, is_whole=True))
    assert await kept.storage.would_purge(order_for(about, is_whole=True)) == first
    assert (await kept.storage.history(about.id)).texts[0].text == Guarded(SECRET)


async def test_a_held_or_changed_case_is_left_whole(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    held = step(about, held_at=START, held_by=OFFICER)
    await kept.storage.apply([Turn(cases=(held,))])
    for order in (order_for(held), order_for(about), order_for(held, is_whole=True)):
        with pytest.raises(Stale):
            await kept.storage.purge(order)
    stored = await _case(kept.storage, about)
    assert stored is not None
    assert (stored.held_at, stored.held_by) == (START, OFFICER)
    assert (await kept.storage.history(about.id)).texts[0].text == Guarded(SECRET)


async def test_an_act_that_was_computed_before_a_purge_is_computed_again(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    await kept.storage.purge(order_for(about))
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(cases=(step(about, status=Status.OPEN),))])


def _cutoffs(**days: int) -> Cutoffs:
    spans = {"tier2": 180, "cases": 1826, "drills": 30} | days
    return Cutoffs(**{name: LATER - timedelta(days=number) for name, number in spans.items()})


async def test_cases_are_listed_when_something_of_them_is_due(kept: Kept) -> None:
    due = await closed_case(kept.storage)
    held = await closed_case(kept.storage, held_at=START)
    drill = case(reference="XX26-AAAAA-1")
    exercise = case(exercise=True, opened_at=LATER - timedelta(days=29))
    recent = case(status=Status.CLOSED, closed_at=LATER - timedelta(days=179))
    for other in (drill, exercise, recent, case()):
        await kept.storage.apply([opening(other)])
    found = await kept.storage.purgeable(_cutoffs(), limit=10)
    assert [one.id for one in found] == sorted([due.id, held.id, drill.id])
    assert [one.id for one in await kept.storage.purgeable(_cutoffs(), limit=1, after=due.id)] == [held.id]
    await kept.storage.purge(order_for(due))
    assert due.id not in {one.id for one in await kept.storage.purgeable(_cutoffs(), limit=10)}
    assert due.id in {one.id for one in await kept.storage.purgeable(_cutoffs(cases=199), limit=10)}


async def test_a_case_that_was_opened_and_closed_again_is_purged_again(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    await kept.storage.purge(order_for(about))
    again = await _case(kept.storage, about)
    assert again is not None
    await kept.storage.apply([Turn(cases=(step(again, closed_at=LATER + timedelta(days=1)),))])
    later = replace(_cutoffs(), tier2=LATER + timedelta(days=2))
    assert [one.id for one in await kept.storage.purgeable(later, limit=10)] == [about.id]


async def test_what_came_in_about_a_closed_case_after_its_purge_goes_too(kept: Kept) -> None:
    about = await closed_case(kept.storage)
    purged = await kept.storage.purge(order_for(about))
    late = inbox(inbound(f"/case {about.reference} {SECRET}"), case_id=about.id)
    await kept.storage.apply([Turn(inbox=late)])
    assert about.id not in {one.id for one in await kept.storage.purgeable(_cutoffs(), limit=10)}
    half_a_year_later = replace(_cutoffs(), tier2=LATER)
    assert about.id in {one.id for one in await kept.storage.purgeable(half_a_year_later, limit=10)}
    again = order_for(about, version=purged.version, is_first=False)
    assert (await kept.storage.purge(again)).rows == {"inbox": 1}
    nothing = replace(again, version=purged.version + 1, record=replace(again.record, id=new_id()))
    assert (await kept.storage.purge(nothing)).rows == {}
    journal = (await kept.storage.history(about.id)).journal
    assert [link.entry.act for link in journal].count("purged") == 2
    await _assert_record_holds(kept.storage)


async def test_messages_about_no_case_lose_their_content_in_time(kept: Kept) -> None:
    old, new = inbound(SECRET), inbound(SECRET, received_at=LATER)
    about = case()
    await kept.storage.apply([opening(about)])
    answers = (message(text=SECRET), message(text=SECRET, created_at=LATER), message(text=SECRET, case_id=about.id))
    await kept.storage.apply([Turn(inbox=inbox(old), outgoing=answers), Turn(inbox=inbox(new))])
    before = LATER - timedelta(days=30)
    assert await kept.storage.unassigned(before) == 2
    record = entry("unassigned_purged", chain="-", details={}, at=LATER)
    assert await kept.storage.purge_unassigned(before, record, 1) == 1
    assert await kept.storage.purge_unassigned(before, replace(record, id=new_id()), 9) == 1
    assert await kept.storage.purge_unassigned(before, replace(record, id=new_id()), 9) == 0
    links = [link async for chunk in kept.storage.stream_journal("-") for link in chunk]
    assert [link.entry.details for link in links] == [{"count": 1}, {"count": 1}]
    assert len(await kept.storage.transcript([OFFICERS_CHAT], 0, 50)) == 3
    await _assert_record_holds(kept.storage)


async def test_words_that_wait_in_an_old_conversation_go_and_those_that_still_open_a_case_do_not(kept: Kept) -> None:
    unread = {"unread": {"text": SECRET}}
    talks = (conversation(person_id=1, pending=unread), conversation(person_id=2, pending=unread, wakes_at=LATER))
    await kept.storage.apply([Turn(conversations=(talk,)) for talk in talks])
    record = entry("unassigned_purged", chain="-", details={}, at=LATER)
    assert await kept.storage.purge_unassigned(LATER - timedelta(days=30), record, 9) == 1
    loaded = await kept.storage.load(Wanted(people=(1, 2)))
    assert [dict(loaded.conversations[number].pending) for number in (1, 2)] == [{}, unread]


async def test_an_enrolled_person_who_left_is_a_number_from_then_on(kept: Kept) -> None:
    gone = person(7, DESKS_GROUP, name=SECRET, revoked_at=START)
    invite = Invite(1, "hash", "KH", Role.OFFICER, SECRET, "", "", START, LATER, used_at=START, used_by=7)
    received = inbox(inbound(sender_name=SECRET), person_id=7)
    binding = replace(invite, id=2, code_hash="binding", used_at=None, used_by=None, person_id=7)
    window = Window(DESKS_GROUP, START, LATER, 5)
    talk = replace(conversation(), person_id=7)
    await kept.storage.apply([Turn(people=(gone, person(8, OFFICERS_CHAT)), invites=(invite,), inbox=received)])
    others = replace(window, address=OFFICERS_CHAT)
    await kept.storage.apply([Turn(conversations=(talk,), invites=(binding,), windows=(window, others))])
    await kept.storage.directory()
    await kept.storage.forget_person(7, "(forgotten)", entry("person_forgotten", chain="-"))
    directory = await kept.storage.directory()
    left = directory.get(7)
    assert left is not None
    assert (left.name, left.addresses, left.revoked_at) == ("(forgotten)", (), START)
    assert directory.at(DESKS_GROUP) is None
    assert directory.at(OFFICERS_CHAT) is not None
    loaded = await kept.storage.load(Wanted(codes=("hash", "binding"), people=(7,)))
    assert [loaded.invites[code].name for code in ("hash", "binding")] == ["(forgotten)"] * 2
    assert await kept.storage.open_windows(DESKS_GROUP, START) == []
    assert await kept.storage.open_windows(OFFICERS_CHAT, START) == [others]
    assert 7 not in loaded.conversations
    await _assert_record_holds(kept.storage)
