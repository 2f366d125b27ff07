"""How the memory storage writes a batch: the same steps, in the same order, as the databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.case import Case, Conversation
from bot.domain.errors import AlreadySeen, Stale, StorageError
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.journal import GENESIS, Entry, link
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing
from bot.domain.people import Invite, Person
from bot.domain.turn import InboxRow, Mark, SeenBy, Withdrawal
from storage.batch import (
    BORN_LEASED_SECONDS,
    CUT_OFF,
    UNBOUND,
    Batch,
    Step,
    joining,
    outcome_of_retry,
    readdressed,
    signed_in_at,
    without,
)
from storage.memory.messengers import add_sign_in, write_windows
from storage.memory.rows import Rows, Tables, V, as_json

_TAKEN = (DeliveryState.SENT, DeliveryState.SEEN)
_ENDED = (*_TAKEN, DeliveryState.DROPPED)


def write(tables: Tables, batch: Batch) -> frozenset[int]:
    """Write a whole batch; the caller holds the transaction. Returns the ids of outbox rows left out."""
    _write_messages(tables, batch)
    _write_people(tables, batch)
    _write_cases(tables, batch)
    for step in batch.conversations.values():
        _write_conversation(tables, step)
    for entry in batch.journal:
        write_entry(tables, entry)
    for person_id in batch.ends_sessions_of:
        _end_sessions(tables, person_id)
        _drop_waiting(tables, f"person:{person_id}")
        _write_to_no_more(tables, frozenset(a for a, owner in tables.bindings.items() if owner == person_id), CUT_OFF)
    _write_to_no_more(tables, frozenset(batch.unbound), UNBOUND)
    for person_id in signed_in_at(batch.unbound):
        _end_sessions(tables, person_id)
    for withdrawal in batch.withdrawals:
        _write_withdrawal(tables, withdrawal)
    _write_outbox(tables, batch)
    write_windows(tables, batch)
    for sign_in in batch.sign_ins:
        add_sign_in(tables, sign_in)
    return frozenset(message.id for message in batch.outgoing if message.id not in tables.outbox)


def _insert(rows: Rows[int, V], key: int, value: V) -> None:
    if key in rows:
        raise StorageError("A row with this id is stored already.")
    rows[key] = value


def _write_messages(tables: Tables, batch: Batch) -> None:
    keys = [row.message.key for row in batch.inbox]
    seen = [key for index, key in enumerate(keys) if key in tables.seen or key in keys[:index]]
    if seen:
        raise AlreadySeen(seen)
    for row in batch.inbox:
        tables.seen[row.message.key] = row.id
        _insert(tables.inbox, row.id, row)
    for inbox_id, retried in batch.retried.items():
        _write_retried(tables, inbox_id, retried)


def _write_retried(tables: Tables, inbox_id: int, retried: InboxRow | None) -> None:
    before = tables.inbox.get(inbox_id)
    if before is None:
        raise StorageError("The failed message that was tried again is not stored.")
    tables.row_leases.drop(("inbox", inbox_id))
    if retried is None:
        tables.inbox[inbox_id] = replace(before, state=outcome_of_retry(None), next_attempt_at=None)
        return
    row = replace(retried, id=inbox_id)
    tables.inbox[inbox_id] = replace(row, message=before.message) if row.keep_content else row


def _write_people(tables: Tables, batch: Batch) -> None:
    for invite in batch.invites.values():
        _write_invite(tables, invite)
    for order in batch.orders.values():
        _write_order(tables, order)
    for stranger in batch.strangers.values():
        tables.strangers[stranger.address] = stranger
    for address in [a for a, owner in tables.bindings.items() if owner in batch.people]:
        del tables.bindings[address]
    for person in batch.people.values():
        _write_person(tables, person)
    if batch.people:
        bump(tables)


def bump(tables: Tables) -> None:
    """Tell every reader that the directory changed."""
    tables.counters["directory"] = tables.counters.get("directory", 0) + 1


def _write_invite(tables: Tables, invite: Invite) -> None:
    before = tables.invites.get(invite.id)
    if before is not None and before.used_at is not None:
        raise Stale("The invite was used meanwhile.")
    if any(i.code_hash == invite.code_hash and i.id != invite.id for i in tables.invites.values()):
        raise StorageError("An invite with this code is stored already.")
    tables.invites[invite.id] = invite


def _write_order(tables: Tables, order: IdentifiedOrder) -> None:
    before = tables.export_orders.get(order.id)
    if before is not None and not before.is_waiting:
        raise Stale("An order was decided meanwhile.")
    tables.export_orders[order.id] = order


def _write_person(tables: Tables, person: Person) -> None:
    before = tables.people.get(person.id)
    if before is not None and before.revoked_at is not None:
        person = replace(person, revoked_at=before.revoked_at)
    tables.people[person.id] = replace(person, unreachable=person.unreachable & set(person.addresses))
    for address in person.addresses:
        if address in tables.bindings:
            raise Stale("An address belongs to somebody else meanwhile.")
        tables.bindings[address] = person.id


def _write_cases(tables: Tables, batch: Batch) -> None:
    for case_id in sorted(batch.cases):
        _write_case(tables, batch.cases[case_id])
    for answer in batch.answers:
        tables.case(answer.case_id)
        _insert(tables.answers, answer.id, answer)
    for text in batch.texts:
        tables.case(text.case_id)
        _insert(tables.texts, text.id, text)
    for entry in batch.secure:
        tables.case(entry.case_id)
        tables.secure[entry.id] = entry
    for file in batch.files.values():
        tables.case(file.case_id)
        tables.files[file.id] = file
        tables.row_leases.drop(("attachments", file.id))


def _write_case(tables: Tables, step: Step[Case]) -> None:
    case, before = step.last, tables.cases.get(step.last.id)
    if step.base == 0:
        if before is not None:
            raise StorageError("A row with this id is stored already.")
        if case.reference in tables.references:
            raise Stale("The reference is taken.")
        tables.references[case.reference] = case.id
    elif before is None or before.version != step.base:
        raise Stale("A case moved meanwhile.")
    _write_deadlines(tables, case, before)
    tables.cases[case.id] = case


def _write_deadlines(tables: Tables, case: Case, before: Case | None) -> None:
    now = {deadline.id: deadline for deadline in case.deadlines}
    for deadline in before.deadlines if before else ():
        if deadline.id not in now:
            del tables.deadlines[deadline.id]
    for deadline in case.deadlines:
        if tables.deadlines.get(deadline.id) != deadline:
            tables.deadlines[deadline.id] = deadline
            tables.row_leases.drop(("deadlines", deadline.id))


def _write_conversation(tables: Tables, step: Step[Conversation]) -> None:
    conversation = step.last
    before = tables.conversations.get(conversation.person_id)
    if (before.version if before else 0) != step.base:
        raise Stale("A conversation moved meanwhile.")
    pending = as_json(conversation.pending)
    tables.conversations[conversation.person_id] = replace(conversation, pending=pending)
    tables.row_leases.drop(("conversations", conversation.person_id))


def write_entry(tables: Tables, entry: Entry) -> None:
    """Put an entry behind the head of its chain."""
    head = tables.heads.get(entry.chain)
    entry = replace(entry, details=as_json(entry.told))
    placed = link(entry, head.sequence + 1, head.hash) if head else link(entry, 1, GENESIS)
    tables.journal[entry.chain, placed.sequence] = placed
    tables.heads[entry.chain] = placed


def _write_outbox(tables: Tables, batch: Batch) -> None:
    joined = [joining(mark, tables.outbox.get(mark.outbox_id), tables.moved) for mark in batch.marks]
    for mark in batch.marks:
        _write_mark(tables, mark)
    for message in (*batch.outgoing, *filter(None, joined)):
        _write_outgoing(tables, message)
    for seen in batch.seen:
        _write_seen(tables, seen)


def _write_outgoing(tables: Tables, message: Outgoing) -> None:
    if message.dedupe_key in tables.dedupe:
        return
    born = message.created_at or tables.now
    stored = replace(readdressed(message, tables.moved), created_at=born)
    _insert(tables.outbox, message.id, Delivery(stored, next_attempt_at=message.not_before or born))
    tables.dedupe[message.dedupe_key] = message.id
    if message.not_before is None:
        tables.row_leases["outbox", message.id] = born + timedelta(seconds=BORN_LEASED_SECONDS)


def _write_mark(tables: Tables, mark: Mark) -> None:
    before = tables.outbox.get(mark.outbox_id)
    if before is None or (before.state in _ENDED and mark.state not in _TAKEN):
        return  # what a messenger took stays taken, and what is not to be sent stays so, whatever a sender says later
    state = DeliveryState.SEEN if before.state is DeliveryState.SEEN else mark.state
    tables.outbox[mark.outbox_id] = replace(
        before,
        state=state,
        attempts=mark.attempts,
        next_attempt_at=mark.next_attempt_at,
        parts_done=mark.parts_done,
        external_id=mark.external_id or before.external_id,
        sent_at=before.sent_at or (mark.at if mark.state in _TAKEN else None),
        seen_at=before.seen_at or (mark.at if mark.state is DeliveryState.SEEN else None),
        reason=mark.reason,
        joined=before.joined or mark.joined is not None,
        knock=mark.knock or before.knock,
    )
    tables.row_leases.drop(("outbox", mark.outbox_id))


def _write_seen(tables: Tables, seen: SeenBy) -> None:
    for delivery in list(tables.outbox.values()):
        message = delivery.message
        if message.case_id == seen.case_id and message.recipient in seen.recipients:
            see(tables, delivery, seen.at)


def see(tables: Tables, delivery: Delivery, at: datetime) -> None:
    """Mark one row as seen, if it was sent."""
    if delivery.state is DeliveryState.SENT:
        tables.outbox[delivery.message.id] = replace(delivery, state=DeliveryState.SEEN, seen_at=at)


def _drop_waiting(tables: Tables, recipient: str) -> None:
    for delivery in list(tables.outbox.values()):
        is_waiting = delivery.state in (DeliveryState.QUEUED, DeliveryState.WINDOW_CLOSED)
        if delivery.message.recipient == recipient and is_waiting:
            dropped = replace(delivery, state=DeliveryState.DROPPED, reason=CUT_OFF, next_attempt_at=None)
            tables.outbox[delivery.message.id] = dropped
            tables.row_leases.drop(("outbox", delivery.message.id))


def _write_withdrawal(tables: Tables, withdrawal: Withdrawal) -> None:
    for delivery in list(tables.outbox.values()):
        message = delivery.message
        if delivery.state not in _TAKEN and message.text and withdrawal.concerns(message):
            tables.outbox[message.id] = replace(delivery, message=withdrawal.instead_of(message))


def _write_to_no_more(tables: Tables, gone: frozenset[Address], why: str) -> None:
    """Take addresses out of what waits; what has no other, or went to the next one already, is dropped."""
    for delivery in list(tables.outbox.values()):
        message = delivery.message
        is_theirs = not gone.isdisjoint((message.address, *message.others))
        if delivery.state not in (DeliveryState.QUEUED, DeliveryState.WINDOW_CLOSED) or not is_theirs:
            continue
        is_first = message.address in gone
        left = None if is_first and delivery.joined else without(message, gone)
        at = message.created_at if is_first else delivery.next_attempt_at
        tables.outbox[message.id] = (
            replace(delivery, message=left, next_attempt_at=at)
            if left is not None
            else replace(delivery, state=DeliveryState.DROPPED, reason=why, next_attempt_at=None)
        )


def _end_sessions(tables: Tables, person_id: int) -> None:
    for kept_ones in (tables.sign_ins, tables.sessions):
        for token_hash in [t for t, session in kept_ones.items() if session.person_id == person_id]:
            del kept_ones[token_hash]
