"""What the auditor sees of the database: each kind of trouble when it is there, and nothing when all is well."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.clock.lost_deadlines import found_again, lost
from bot.domain.agreement import DEFAULT_LEVELS, Urgency
from bot.domain.audit import MOST, Sighted
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState, Status
from bot.domain.ids import first_at
from bot.domain.messages import Address, DeliveryState, Outgoing, OutgoingKind
from bot.domain.turn import Mark, Turn
from bot.domain.verify_journal import Head
from bot.ports.reads import Wanted
from storage.sql.engines import writing_engine
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.query_plans import explained
from tests.kit.values import case, deadline, entry, message, new_id, opening, step

MINUTE = timedelta(minutes=1)
GROWING = "cases|deadlines|handoffs|answers|outbox|journal|other"


def _watched(**changes: Any) -> Case:
    """A case with all that a new one has."""
    new = case()
    return replace(new, deadlines=(*new.deadlines, deadline(new.id, DeadlineKind.DIPLOMATIC, 180)), **changes)


async def _look(kept: Kept, seen: dict[str, Head] | None = None) -> Sighted:
    return await kept.storage.sighted(kept.now, seen or {})


def _tamper(kept: Kept, statement: str, **values: object) -> None:
    """Change something past the storage."""
    url = kept.storage._url  # type: ignore[attr-defined]
    engine = writing_engine(url)
    with engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount
    engine.dispose()


async def test_where_all_is_well_nothing_is_seen(kept: Kept) -> None:
    new = _watched()
    await kept.storage.apply([opening(new, journal=(entry(case_id=new.id),))])
    seen = await _look(kept)
    assert (seen.lost, seen.unwritten, seen.held, seen.unsent, seen.stuck, seen.unsaid) == ((),) * 6
    assert (seen.first_entry, seen.last_entry, seen.last_ping, seen.last_backup) == (START, START, None, None)


async def test_when_a_process_last_wrote_that_it_lives_is_seen(kept: Kept) -> None:
    assert (await _look(kept)).last_beat is None
    await kept.storage.beat()
    assert (await _look(kept)).last_beat == kept.now


@pytest.mark.parametrize("kind", ["acknowledge", "police", "diplomatic"])
async def test_a_new_case_whose_deadline_row_is_gone_is_seen_and_read_anew(kept: Kept, kind: str) -> None:
    new, other = _watched(), _watched()
    await kept.storage.apply([opening(new), opening(other)])
    _tamper(kept, "DELETE FROM deadlines WHERE case_id = :id AND kind = :kind", id=new.id, kind=kind)
    (about,) = (await _look(kept)).lost
    assert (about.case_id, about.reference, about.parties) == (new.id, new.reference, ("KH",))
    stored = (await kept.storage.load(Wanted(cases=(new.id,)))).cases[new.id]
    assert [owed.kind for owed in lost(stored)] == [DeadlineKind(kind)]
    mended = found_again(stored, DEFAULT_LEVELS[Urgency.U2], new_id)
    await kept.storage.apply([Turn(cases=(replace(mended, version=stored.version + 1),))])
    assert (await _look(kept)).lost == ()


def _acknowledged(new: Case) -> Case:
    review = deadline(new.id, DeadlineKind.REVIEW, 360)
    return replace(new, acknowledged_at=START, deadlines=(*new.deadlines[1:], review))


def _handed_off(new: Case) -> Case:
    sent = Handoff(new_id(), new.id, Channel.POLICE, HandoffState.SENT, "cn-police", 2, START, sent_at=START)
    answer = replace(deadline(new.id, DeadlineKind.ANSWER, 60), channel=Channel.POLICE)
    return replace(new, handoffs=(sent,), deadlines=(*new.deadlines, answer))


def _accepted(new: Case) -> Case:
    handoff = Handoff(new_id(), new.id, Channel.POLICE, HandoffState.ACCEPTED, "cn-police", 2, START, accepted_at=START)
    letter = replace(deadline(new.id, DeadlineKind.WRITTEN, 60), channel=Channel.POLICE)
    return replace(new, handoffs=(handoff,), deadlines=(*new.deadlines, letter))


def _taken_back(new: Case) -> Case:
    handoff = Handoff(
        new_id(), new.id, Channel.POLICE, HandoffState.WITHDRAWN, "cn-police", 2, START, withdrawn_at=START
    )
    stop = replace(deadline(new.id, DeadlineKind.STOP, 60), channel=Channel.POLICE)
    return replace(new, handoffs=(handoff,), deadlines=(*new.deadlines, stop))


def _stood_down(new: Case) -> Case:
    return replace(new, stood_down_at=START, deadlines=(deadline(new.id, DeadlineKind.REVIEW, 360),))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (_acknowledged, "review"),
        (_handed_off, "answer"),
        (_accepted, "written"),
        (_taken_back, "stop"),
        (_stood_down, "review"),
    ],
)
async def test_what_a_case_waits_for_later_is_missed_too(kept: Kept, change: Callable[[Case], Case], kind: str) -> None:
    later = change(_watched(alerted_requested_at=START))
    await kept.storage.apply([opening(later)])
    assert (await _look(kept)).lost == ()
    assert lost(later) == []
    _tamper(kept, "UPDATE deadlines SET next_at = NULL WHERE case_id = :id AND kind = :kind", id=later.id, kind=kind)
    (about,) = (await _look(kept)).lost
    assert about.parties == ("KH", "CN"), "the requested side was told of the case"
    stored = (await kept.storage.load(Wanted(cases=(later.id,)))).cases[later.id]
    (owed,) = lost(stored)
    assert owed.kind == kind
    mended = found_again(stored, DEFAULT_LEVELS[Urgency.U2], new_id)
    assert lost(mended) == []
    assert len(mended.deadlines) == len(later.deadlines)


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_channel_that_accepted_and_a_closed_case_are_not_waited_for(kept: Kept, channel: Channel) -> None:
    new = _watched()
    accepted = Handoff(new_id(), new.id, channel, HandoffState.ACCEPTED, "cn-police", 2, START, accepted_at=START,
                       letter_at=START)  # fmt: skip
    left = tuple(d for d in new.deadlines if d.kind != channel.value)
    await kept.storage.apply([opening(replace(new, handoffs=(accepted,), deadlines=left))])
    closed = _watched()
    await kept.storage.apply([opening(replace(closed, status=Status.CLOSED, deadlines=()))])
    assert (await _look(kept)).lost == ()


async def test_a_due_ping_is_missed_when_it_is_unwritten_for_a_minute(kept: Kept) -> None:
    new = _watched()
    await kept.storage.apply([opening(new)])
    kept.let_pass(minutes=15, seconds=59)
    assert (await _look(kept)).unwritten == ()
    kept.let_pass(seconds=1)
    assert [about.reference for about in (await _look(kept)).unwritten] == [new.reference]
    await kept.storage.claim_deadlines(kept.now, 10, MINUTE)
    assert (await _look(kept)).held == ()
    _tamper(
        kept, "UPDATE deadlines SET leased_until = :far WHERE id = :id", far=_moment(kept, days=365), id=_first(new)
    )
    assert (await _look(kept)).held == (_first(new),)


def _first(new: Case) -> int:
    return new.deadlines[0].id


def _moment(kept: Kept, **span: float) -> object:
    moment = kept.now + timedelta(**span)
    is_text = kept.storage._url.startswith("sqlite")  # type: ignore[attr-defined]
    return moment.isoformat(" ", "microseconds") if is_text else moment


def _ping(new: Case, **changes: Any) -> Outgoing:
    about = {"kind": OutgoingKind.PING, "case_id": new.id, "deadline_id": _first(new), **changes}
    return message(f"case:{new.id}:acknowledge:{new_id()}", **about)


async def test_a_ping_that_nobody_takes_for_a_minute_is_seen_and_one_in_hand_after_five(kept: Kept) -> None:
    new = _watched()
    ping = _ping(new)
    await kept.storage.apply([opening(new, outgoing=(ping,))])
    kept.let_pass(seconds=59)
    assert (await _look(kept)).unsent == ()
    kept.let_pass(seconds=2)
    assert [about.reference for about in (await _look(kept)).unsent] == [new.reference]
    await kept.storage.claim_outbox(["telegram"], kept.now, 10, 10 * MINUTE)
    assert (await _look(kept)).unsent == (), "somebody has it in hand"
    kept.let_pass(minutes=4)
    seen = await _look(kept)
    assert [about.reference for about in seen.unsent] == [new.reference]
    assert seen.stuck == (), "whoever has it in hand may still send it"


@pytest.mark.parametrize(
    ("state", "again"),
    [
        (DeliveryState.SENT, None),
        (DeliveryState.PARKED, None),
        (DeliveryState.DROPPED, None),
        (DeliveryState.QUEUED, timedelta(minutes=20)),
        (DeliveryState.WINDOW_CLOSED, timedelta(hours=20)),
    ],
)
async def test_a_ping_that_is_sent_parked_or_in_retry_is_in_order_and_so_is_what_waits_behind_it(
    kept: Kept, state: DeliveryState, again: timedelta | None
) -> None:
    new = _watched()
    first, behind = _ping(new), _ping(new)
    await kept.storage.apply([opening(new, outgoing=(first, behind))])
    due = None if again is None else kept.now + again
    mark = Mark(first.id, state, kept.now, 1, next_attempt_at=due, holds=state is DeliveryState.QUEUED)
    await kept.storage.apply([], [mark])
    kept.let_pass(minutes=10)
    expected = () if state is DeliveryState.QUEUED else (new.reference,)
    assert tuple(about.reference for about in (await _look(kept)).unsent) == expected


async def test_a_ping_that_waits_for_no_moment_is_seen_at_once_and_set_free(kept: Kept) -> None:
    new = _watched()
    lost_mark, leased = _ping(new), _ping(new, address=Address("telegram", "77"))
    await kept.storage.apply([opening(new, outgoing=(lost_mark, leased))])
    _tamper(kept, "UPDATE outbox SET next_attempt_at = NULL WHERE id = :id", id=lost_mark.id)
    assert (await _look(kept)).stuck == (lost_mark.id,)
    _tamper(kept, "UPDATE outbox SET leased_until = :far WHERE id = :id", far=_moment(kept, days=365), id=leased.id)
    kept.let_pass(minutes=6)
    stuck = (await _look(kept)).stuck
    assert sorted(stuck) == sorted([lost_mark.id, leased.id])
    assert await kept.storage.set_free(stuck, kept.now) == 2
    taken = await kept.storage.claim_outbox(["telegram"], kept.now, 10, MINUTE)
    assert {delivery.message.id for delivery in taken} == {lost_mark.id, leased.id}
    assert await kept.storage.set_free(stuck, kept.now) == 0, "what is in hand stays there"


async def test_a_ping_in_the_record_without_a_message_is_seen(kept: Kept) -> None:
    new, other = _watched(), _watched()
    pinged = [entry("pinged", case_id=one.id, id=_id_at(kept)) for one in (new, other)]
    turns = [opening(new, journal=(pinged[0],), outgoing=(_ping(new),)), opening(other, journal=(pinged[1],))]
    await kept.storage.apply(turns)
    assert [about.reference for about in (await _look(kept)).unsaid] == [other.reference]
    kept.let_pass(minutes=10)
    assert (await _look(kept)).unsaid == (), "it is looked for among the newest entries"


def _id_at(kept: Kept) -> int:
    return first_at(kept.now) + new_id()


async def test_a_record_that_lost_its_end_is_seen(kept: Kept) -> None:
    await kept.storage.apply([Turn(journal=(entry(), entry(), entry(chain="-")))])
    whole = (await _look(kept)).chains
    heads = await kept.storage.heads()
    assert {name: chain.head for name, chain in whole.items()} == heads
    assert all(chain.last == chain.head for chain in whole.values())
    then = (await _look(kept, heads)).chains
    assert {name: chain.seen for name, chain in then.items()} == {name: head.hash for name, head in heads.items()}
    _tamper(kept, "DELETE FROM journal WHERE chain = 'KC' AND sequence = 2")
    cut = (await _look(kept, heads)).chains["KC"]
    assert cut.last is not None
    assert (cut.last.sequence, cut.seen) == (1, None)
    gone = (await _look(kept, {"VC": Head(3, "abc")})).chains["VC"]
    assert (gone.head, gone.last, gone.seen) == (None, None, None)


async def test_no_more_rows_come_than_are_told(kept: Kept) -> None:
    await kept.storage.apply([opening(_watched()) for _ in range(MOST + 5)])
    kept.let_pass(hours=1)
    assert len((await _look(kept)).unwritten) <= MOST


async def test_a_step_of_the_case_hides_nothing(kept: Kept) -> None:
    new = _watched()
    await kept.storage.apply([opening(new)])
    _tamper(kept, "DELETE FROM deadlines WHERE case_id = :id AND kind = 'acknowledge'", id=new.id)
    await kept.storage.apply([Turn(cases=(step(new, stage=2),))])
    assert [about.case_id for about in (await _look(kept)).lost] == [new.id]


async def test_what_grows_is_never_gone_through(tmp_path: Path) -> None:
    new = _watched()
    async with explained(tmp_path) as kept:
        await kept.storage.apply([opening(new, outgoing=(_ping(new),), journal=(entry("pinged", case_id=new.id),))])
        kept.asked.clear()
        await kept.storage.sighted(START, {"KC": Head(1, "")})
        plans = kept.plans()
    by_index = re.compile(r"SCAN \w+ USING (COVERING )?INDEX ix_(cases_open|outbox_forgotten|outbox_urgent)")
    newest = re.compile(r"FROM (journal|outbox) ORDER BY \w+\.id( DESC)? LIMIT")
    gone_through = [
        plan for sql, plan in plans if re.match(rf"SCAN ({GROWING})", plan) and not newest.search(sql)
        and not by_index.match(plan)
    ]  # fmt: skip
    assert gone_through == []
    assert sum("ix_deadlines_running" in plan for _sql, plan in plans) >= 4
