"""A turn is written whole or not at all, and never over something that moved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Answer, Channel, DeadlineKind, DeadlineState, Handoff, HandoffState, Status, TextKind
from bot.domain.case import CaseText as Text
from bot.domain.errors import AlreadySeen, Stale, StorageError
from bot.domain.guarded import Guarded
from bot.domain.messages import Attachment, DeliveryState, Kind
from bot.domain.turn import InboxState, Turn
from bot.ports.reads import Scope, Wanted
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import (
    DESKS_GROUP,
    OFFICER,
    answered,
    case,
    conversation,
    deadline,
    entry,
    inbound,
    inbox,
    message,
    new_id,
    opening,
    step,
)

SCOPE = Scope(OFFICER, "KH", sees_party=False)


async def _stored(kept: Kept, case_id: int) -> object:
    other = await kept.other_node()
    return (await other.load(Wanted(cases=(case_id,)))).cases.get(case_id)


async def test_everything_of_a_turn_is_there_after_it(kept: Kept) -> None:
    opened = case()
    row = inbox(inbound(), case_id=opened.id)
    text = Text(new_id(), opened.id, TextKind.FIRST, Guarded("girl 16, locked in"), START, OFFICER, "KH", message="a#1")
    turn = opening(
        opened,
        inbox=row,
        texts=(text,),
        conversations=(conversation(case_id=opened.id, asking="danger", pending={"held": ["a"]}),),
        journal=(entry("opened", case_id=opened.id),),
        outgoing=(message(case_id=opened.id),),
    )
    assert await kept.storage.apply([turn]) == frozenset()

    other = await kept.other_node()
    loaded = await other.load(Wanted(people=(OFFICER,), seen=(row.message.key,)))
    history = await other.history(opened.id)
    assert loaded.cases == {opened.id: opened}
    assert loaded.conversations[OFFICER] == turn.conversations[0]
    assert loaded.seen == {row.message.key: ""}
    assert history.texts == (text,)
    assert [d.message for d in history.deliveries] == list(turn.outgoing)
    assert [link.entry for link in history.journal] == list(turn.journal)


async def test_a_case_comes_back_with_every_fact_it_was_stored_with(kept: Kept) -> None:
    opened = case(rules=("U1-moved", "U1-child"), assignees=(7, 8), exercise=True)
    await kept.storage.apply([opening(opened)])
    choices = answered(opened, "threats", ("beaten", "locked_in"), message="telegram:501#7")
    age = answered(choices.cases[0], "age", 16)
    handoff = Handoff(new_id(), opened.id, Channel.POLICE, HandoffState.SENT, "cn-police", 2, START, sent_at=START)
    written = replace(deadline(opened.id, DeadlineKind.WRITTEN, 90), channel=Channel.POLICE, pings=3)
    acknowledged = step(
        age.cases[0],
        status=Status.ACKNOWLEDGED,
        acknowledged_at=START + timedelta(microseconds=1),
        acknowledged_by=2,
        handoffs=(handoff,),
        deadlines=(*opened.deadlines, written),
    )
    await kept.storage.apply([choices, age, Turn(cases=(acknowledged,))])
    assert await _stored(kept, opened.id) == acknowledged


async def test_the_same_message_twice_is_refused_and_changes_nothing(kept: Kept) -> None:
    first = inbox(reply="Your reference is KC26-M9S34-4.")
    await kept.storage.apply([Turn(inbox=first)])
    late = case()
    with pytest.raises(AlreadySeen) as refused:
        await kept.storage.apply([opening(late), Turn(inbox=replace(first, id=new_id()))])
    assert refused.value.seen == (first.message.key,)
    assert await _stored(kept, late.id) is None


async def test_a_redelivery_gets_the_reply_that_was_stored(kept: Kept) -> None:
    row = inbox(reply="Your reference is KC26-M9S34-4.")
    await kept.storage.apply([Turn(inbox=row)])
    other = ("telegram", "bot2", row.message.external_id)
    assert (await kept.storage.load(Wanted(seen=(row.message.key, other)))).seen == {row.message.key: row.reply}


async def test_one_message_twice_in_a_batch_is_a_duplicate_too(kept: Kept) -> None:
    row = inbox()
    with pytest.raises(AlreadySeen):
        await kept.storage.apply([Turn(inbox=row), Turn(inbox=replace(row, id=new_id()))])
    assert (await kept.storage.load(Wanted(seen=(row.message.key,)))).seen == {}


async def test_two_nodes_with_one_message_store_it_once(kept: Kept) -> None:
    row, other = inbox(), await kept.other_node()
    twice = (kept.storage.apply([Turn(inbox=row)]), other.apply([Turn(inbox=replace(row, id=new_id()))]))
    outcomes = await asyncio.gather(*twice, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadySeen", "frozenset"]


async def test_a_turn_that_does_not_fit_leaves_nothing_of_its_batch(kept: Kept) -> None:
    good, row = case(), inbox()
    poison = answered(case(), "age", 16)  # an answer of a case that was never stored
    broken = Turn(answers=poison.answers)
    first = opening(good, inbox=row, outgoing=(message(),), journal=(entry(),), conversations=(conversation(),))
    with pytest.raises(StorageError):
        await kept.storage.apply([first, broken])

    loaded = await kept.storage.load(Wanted(seen=(row.message.key,), people=(OFFICER,), cases=(good.id,)))
    assert not loaded.seen
    assert not loaded.cases
    assert not loaded.conversations
    assert await kept.storage.outbox(list(DeliveryState), 10) == []
    assert await kept.storage.chains() == []
    await kept.storage.apply([first])
    assert await _stored(kept, good.id) == good


async def test_a_step_from_an_old_version_is_stale(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened)])
    await kept.storage.apply([answered(opened, "age", 16)])
    with pytest.raises(Stale):
        await kept.storage.apply([answered(opened, "age", 17)])
    found = await kept.storage.find_case(opened.reference, SCOPE)
    assert found is not None
    assert found.value("age") == 16


async def test_of_two_nodes_that_step_at_once_one_is_stale(kept: Kept) -> None:
    opened, other = case(), await kept.other_node()
    await kept.storage.apply([opening(opened)])
    turns = [answered(opened, "age", 16), answered(opened, "age", 17)]
    outcomes = await asyncio.gather(kept.storage.apply([turns[0]]), other.apply([turns[1]]), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Stale", "frozenset"]
    assert len((await kept.storage.history(opened.id)).answers) == 1


async def test_what_another_node_wrote_is_seen_at_the_next_load(kept: Kept) -> None:
    opened, other = case(), await kept.other_node()
    await kept.storage.apply([opening(opened)])
    await kept.storage.load(Wanted(cases=(opened.id,)))
    turn = answered(opened, "age", 16)
    await other.apply([turn])
    assert (await kept.storage.load(Wanted(cases=(opened.id,)))).cases[opened.id] == turn.cases[0]


async def test_a_batch_whose_turns_do_not_follow_each_other_is_stale(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened)])
    with pytest.raises(Stale):
        await kept.storage.apply([answered(opened, "age", 16), answered(opened, "sex", "f")])


async def test_a_reference_that_is_taken_is_stale_so_that_it_is_drawn_again(kept: Kept) -> None:
    first = case()
    await kept.storage.apply([opening(first)])
    with pytest.raises(Stale):
        await kept.storage.apply([opening(case(reference=first.reference))])


async def test_an_old_state_of_a_conversation_is_stale(kept: Kept) -> None:
    await kept.storage.apply([Turn(conversations=(conversation(),))])
    with pytest.raises(Stale):
        await kept.storage.apply([Turn(conversations=(conversation(),))])
    await kept.storage.apply([Turn(conversations=(conversation(2, asking="age"),))])
    assert (await kept.storage.load(Wanted(people=(OFFICER,)))).conversations[OFFICER].asking == "age"


async def test_answers_are_never_overwritten(kept: Kept) -> None:
    opened = case()
    first = answered(opened, "age", 15)
    second = answered(first.cases[0], "age", 16)
    await kept.storage.apply([opening(opened), first, second])
    assert [answer.value for answer in (await kept.storage.history(opened.id)).answers] == [15, 16]


async def test_an_answer_taken_back_stays_in_the_history_only(kept: Kept) -> None:
    opened = case()
    turn = answered(opened, "exact_age", 15)
    await kept.storage.apply([opening(opened), turn])
    await kept.storage.apply([Turn(cases=(step(turn.cases[0], answers={}),))])
    other = await kept.other_node()
    assert (await other.load(Wanted(cases=(opened.id,)))).cases[opened.id].answers == {}
    assert len((await other.history(opened.id)).answers) == 1


async def test_a_case_brings_its_whole_state_of_deadlines(kept: Kept) -> None:
    opened = case()
    await kept.storage.apply([opening(opened)])
    first, _ = opened.deadlines
    met = replace(first, state=DeadlineState.MET, next_at=None, settled_at=START, met_by=OFFICER)
    review = deadline(opened.id, DeadlineKind.REVIEW, 360)
    other = await kept.other_node()  # has not read the case before
    await other.apply([Turn(cases=(step(opened, deadlines=(met, review)),))])
    kept.let_pass(hours=2)
    assert await kept.storage.claim_deadlines(kept.now, 10, timedelta(minutes=1)) == []
    assert (await kept.storage.load(Wanted(cases=(opened.id,)))).cases[opened.id].deadlines == (met, review)


async def test_a_strangers_message_is_kept_without_its_content(kept: Kept) -> None:
    told = inbound(
        "my secret",
        button="f.1.a.b",
        sender_name="Sok Dara",
        raw=b"my secret",
        latitude=11.5,
        longitude=104.9,
        attachment=Attachment("file-1", "secret.jpg"),
    )
    failed = {"state": InboxState.FAILED, "next_attempt_at": START}
    await kept.storage.apply([Turn(inbox=inbox(told, person_id=None, keep_content=False, **failed))])
    (row,) = await kept.storage.claim_failed(kept.now, 10, timedelta(minutes=1))
    bare = inbound("", external_id=told.external_id, message_id=told.message_id)
    assert row.message == bare


async def test_a_failed_message_comes_back_whole_and_its_next_try_settles_it(kept: Kept) -> None:
    told = inbound(
        kind=Kind.PHOTO,
        reply_to="9",
        tap_id="t",
        button="c.x",
        latitude=11.5,
        longitude=104.9,
        attachment=Attachment("file-1", "a.jpg", "image/jpeg", 5),
        moved_to=DESKS_GROUP,
        sender_name="Sok",
        raw=b"{}",
    )
    row = inbox(told, state=InboxState.FAILED, error="KeyError", next_attempt_at=START)
    await kept.storage.apply([Turn(inbox=row)])
    assert await kept.storage.claim_failed(kept.now, 10, timedelta(minutes=1)) == [row]

    retried = replace(row, state=InboxState.DONE, attempts=2, error="", next_attempt_at=None, reply="Done.")
    await kept.storage.apply([Turn(inbox=retried, retries_inbox=row.id)])
    kept.let_pass(hours=1)
    assert await kept.storage.claim_failed(kept.now, 10, timedelta(minutes=1)) == []
    assert (await kept.storage.counts(kept.now)).inbox == {"done": 1}
    assert (await kept.storage.load(Wanted(seen=(told.key,)))).seen == {told.key: "Done."}


async def test_a_failed_message_whose_turn_says_nothing_of_it_is_done(kept: Kept) -> None:
    row = inbox(state=InboxState.FAILED, next_attempt_at=START)
    await kept.storage.apply([Turn(inbox=row)])
    await kept.storage.apply([Turn(retries_inbox=row.id)])
    assert (await kept.storage.counts(kept.now)).inbox == {"done": 1}


async def test_another_try_of_a_message_that_is_not_stored_is_refused(kept: Kept) -> None:
    with pytest.raises(StorageError):
        await kept.storage.apply([Turn(retries_inbox=new_id())])


async def test_what_is_known_of_some_persons_only_comes_back_as_theirs(kept: Kept) -> None:
    opened = case()
    of_all = answered(opened, "age_group", "18_or_over")
    before = of_all.cases[0]
    own = Answer(new_id(), opened.id, "age_group", "12_17", START, OFFICER, subject=47)
    given = Handoff(new_id(), opened.id, Channel.POLICE, HandoffState.SENT, "cn-police", OFFICER, START, covers=(1, 47))
    note = Text(new_id(), opened.id, TextKind.NOTE, Guarded("in hall B"), START, OFFICER, "KH", subjects=(47,))
    after = step(before, apart={47: {"age_group": own}}, handoffs=(given,))
    await kept.storage.apply([opening(opened), of_all, Turn(cases=(after,), answers=(own,), texts=(note,))])

    other = await kept.other_node()
    found = (await other.load(Wanted(cases=(opened.id,)))).cases[opened.id]
    assert (found.value("age_group"), found.apart) == ("18_or_over", {47: {"age_group": own}})
    assert found.handoffs[0].covers == (1, 47)
    history = await other.history(opened.id)
    assert [(answer.subject, answer.value) for answer in history.answers] == [(0, "18_or_over"), (47, "12_17")]
    assert history.texts[0].subjects == (47,)
