"""How the outbox is written: what became of messages, and new ones, each for its writer to send or to be claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.domain.errors import Behind
from bot.domain.messages import Address, Outgoing
from storage.batch import BORN_LEASED_SECONDS, Batch, readdressed
from storage.rows.cases import RowDict
from storage.rows.messages import mark_row, outbox_row
from storage.sql.leaving import moved_addresses, still_joining
from storage.sql.outbox_claims import others_waiting, taking
from storage.sql.statements import T
from storage.sql.waking import announce
from storage.sql.writing import Writing


def write_outbox(writing: Writing, batch: Batch) -> frozenset[int]:
    """Mark what was sent, add what is to be sent; returns the ids of rows that are not their writer's to send.

    Raises `Behind` when a new message would overtake one that waits at its address.
    """
    sql = writing.statements
    marks = sorted(batch.marks, key=lambda mark: mark.outbox_id)
    joined = still_joining(writing.connection, writing.vault, marks)
    writing.run(sql.mark_outbox, [mark_row(mark, writing.me, taking(writing.me)) for mark in marks])
    left_out = _add_outgoing(writing, batch.outgoing, joined)
    seen = [(s.case_id, recipient, s.at) for s in batch.seen for recipient in s.recipients]
    writing.run(sql.see_outbox, [{"about": i, "to": recipient, "at": at} for i, recipient, at in sorted(seen)])
    return left_out


def _add_outgoing(writing: Writing, new: Sequence[Outgoing], joined: Sequence[Outgoing]) -> frozenset[int]:
    if not (new or joined):
        return frozenset()
    moved = moved_addresses(writing.connection)
    until = writing.now + timedelta(seconds=BORN_LEASED_SECONDS)
    messages = [readdressed(message, moved) for message in (*new, *joined)]
    in_turn = [message for message in messages if not (message.is_for_later or message.passes)]
    behind = others_waiting(writing.connection, {m.address for m in in_turn}, writing.now, writing.me)
    _require_later({message.id for message in new}, in_turn, behind)
    waits = frozenset(message.id for message in in_turn if message.address in behind)
    lease = (until, writing.me)
    rows = [
        outbox_row(writing.vault, m, writing.now, None if m.not_before is not None or m.id in waits else lease)
        for m in messages
    ]
    if any(_is_left(row, writing.now) for row in rows):
        announce(writing.connection)
    if writing.run(writing.statements.add_outbox, rows) == len(rows):
        return waits
    ids = [message.id for message in messages]
    stored = writing.connection.execute(select(T["outbox"].c.id).where(T["outbox"].c.id.in_(ids))).scalars()
    return waits | (frozenset(ids) - frozenset(stored))


def _require_later(new: Set[int], messages: Sequence[Outgoing], behind: Mapping[Address, int]) -> None:
    """Ask for later ids where a new message would overtake others; what joins in has had its id for a while."""
    overtaken = [behind[m.address] for m in messages if m.id in new and behind.get(m.address, 0) > m.id]
    if overtaken:
        raise Behind(max(overtaken))


def _is_left(row: RowDict, now: datetime) -> bool:
    """Whether other nodes may send a row by now."""
    return row["leased_until"] is None and row["next_attempt_at"] <= now
