"""How the memory storage lets go of what is kept no longer: the same steps as the databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.errors import Stale
from bot.domain.guarded import NOTHING, Guarded
from bot.domain.journal import PURGED, Entry
from bot.domain.messages import Delivery, DeliveryState
from bot.domain.retention_rules import Cutoffs, is_drill
from bot.domain.turn import InboxRow
from bot.ports.retention import Purge, Purged
from storage.batch import PURGED_FIRST, without_content
from storage.memory.apply import bump, write_entry
from storage.memory.load import current
from storage.memory.rows import Rows, Tables

_WAITING = (DeliveryState.QUEUED, DeliveryState.WINDOW_CLOSED, DeliveryState.PARKED)
#: A change of one row of a case that has something to lose.
Change = Callable[[], None]


def purgeable(tables: Tables, cutoffs: Cutoffs, limit: int, after: int) -> list[Case]:
    """List cases of which something is due, by id."""
    found = sorted(case_id for case_id, case in tables.cases.items() if case_id > after and _is_due(case, cutoffs))
    return [current(tables, tables.cases[case_id]) for case_id in found[:limit]]


def _is_due(case: Case, cutoffs: Cutoffs) -> bool:
    if is_drill(case) and case.opened_at <= cutoffs.drills:
        return True
    if case.closed_at is None:
        return False
    has_texts = case.purged_at is None or case.purged_at < case.closed_at or case.purged_at <= cutoffs.tier2
    return case.closed_at <= cutoffs.cases or (case.closed_at <= cutoffs.tier2 and has_texts)


def would_purge(tables: Tables, order: Purge) -> Purged:
    """Count what would go."""
    counts: dict[str, int] = {}
    for name, _ in _changes(tables, order):
        counts[name] = counts.get(name, 0) + 1
    return Purged(counts, version=order.version)


def purge(tables: Tables, order: Purge) -> Purged:
    """Let go of some rows of a case, and record it."""
    case = tables.cases.get(order.case_id)
    if case is None or case.version != order.version or case.held_at is not None:
        raise Stale("The case moved or is on hold.")
    counts: dict[str, int] = {}
    for name, change in list(_changes(tables, order))[: order.limit]:
        change()
        counts[name] = counts.get(name, 0) + 1
    is_done = sum(counts.values()) < order.limit
    version = _settle(tables, order, is_done=is_done)
    rows = {name: number for name, number in counts.items() if name != "journal"}
    details = {**order.record.told, "case": order.case_id, "entries": counts.get("journal", 0)}
    if counts or order.is_first:
        write_entry(tables, replace(order.record, details={**details, "rows": rows, "is_done": is_done}))
    return Purged(counts, is_done, version)


def _changes(tables: Tables, order: Purge) -> Iterator[tuple[str, Change]]:
    """What each row has to lose, by table; a further table of case rows is one line."""
    yield from _of(tables.texts, order, "texts", lambda t: t.text or t.message, {"text": Guarded(""), "message": ""})
    yield from _of(tables.answers, order, "answers", lambda a: a.field in order.free_fields, {})
    yield from _of(tables.secure, order, "secure_entries", lambda _: True, {})
    yield from _of(tables.files, order, "attachments", lambda _: True, {})
    yield from _handoffs(tables, order)
    yield from _inbox(tables, order)
    yield from _outbox(tables, order)
    if order.is_whole:
        yield from _of(tables.deadlines, order, "deadlines", lambda _: True, {})
    yield from _journal(tables, order)


def _of(
    rows: Rows[int, Any], order: Purge, name: str, has_content: Callable[[Any], object], blank: dict[str, Any]
) -> Iterator[tuple[str, Change]]:
    for key, row in sorted(rows.items()):
        if row.case_id == order.case_id and (order.is_whole or has_content(row)):
            yield name, _put(rows, key, None if order.is_whole or not blank else replace(row, **blank))


def _put(rows: Rows[Any, Any], key: Any, row: Any) -> Change:
    """Put a row in the place of another; None takes it away."""

    def change() -> None:
        if row is None:
            del rows[key]
        else:
            rows[key] = row

    return change


def _handoffs(tables: Tables, order: Purge) -> Iterator[tuple[str, Change]]:
    for handoff in tables.cases[order.case_id].handoffs:
        if order.is_whole or handoff.return_reason or handoff.accepting_officer:
            yield "handoffs", _blank_handoff(tables, order.case_id, handoff.id)


def _blank_handoff(tables: Tables, case_id: int, handoff_id: int) -> Change:
    def change() -> None:
        case = tables.cases[case_id]
        emptied = (
            replace(h, return_reason=NOTHING, accepting_officer=NOTHING) if h.id == handoff_id else h
            for h in case.handoffs
        )
        tables.cases[case_id] = replace(case, handoffs=tuple(emptied))

    return change


def _inbox(tables: Tables, order: Purge) -> Iterator[tuple[str, Change]]:
    for key, row in sorted(tables.inbox.items()):
        if row.case_id == order.case_id and (order.is_whole or row.keep_content):
            yield "inbox", _put(tables.inbox, key, None if order.is_whole else _blank_message(row))


def _blank_message(row: InboxRow) -> InboxRow:
    return replace(row, message=replace(without_content(row.message), place=None), reply="", keep_content=False)


def _outbox(tables: Tables, order: Purge) -> Iterator[tuple[str, Change]]:
    for key, row in sorted(tables.outbox.items()):
        has_content = row.message.text or row.message.buttons
        if row.message.case_id == order.case_id and (order.is_whole or has_content):
            yield "outbox", _take(tables, row) if order.is_whole else _put(tables.outbox, key, _blank_answer(row))


def _take(tables: Tables, row: Delivery) -> Change:
    def change() -> None:
        del tables.outbox[row.message.id]
        tables.dedupe.drop(row.message.dedupe_key)

    return change


def _blank_answer(row: Delivery) -> Delivery:
    blank = replace(row, message=replace(row.message, text="", buttons=()), next_attempt_at=None)
    return replace(blank, state=DeliveryState.DROPPED, reason=PURGED_FIRST) if row.state in _WAITING else blank


def _journal(tables: Tables, order: Purge) -> Iterator[tuple[str, Change]]:
    kept = {PURGED, *order.kept_acts}
    for key, link in sorted(tables.journal.items()):
        entry = link.entry
        if entry.case_id == order.case_id and entry.details is not None and entry.act not in kept:
            emptied = replace(link, entry=replace(entry, details=None, salt=""))
            yield "journal", _put(tables.journal, key, emptied)


def _settle(tables: Tables, order: Purge, *, is_done: bool) -> int:
    """Give the case a new version, since what hangs on it changed; take it away when all of it went."""
    case = current(tables, tables.cases[order.case_id])
    if not is_done:
        tables.cases[case.id] = replace(case, version=case.version + 1)
        return case.version + 1
    for key, talk in list(tables.conversations.items()):
        if talk.case_id == case.id:
            left = None if order.is_whole else talk.case_id
            emptied = replace(talk, case_id=left, pending={}, asking="", wakes_at=None, version=talk.version + 1)
            tables.conversations[key] = emptied
    if order.is_whole:
        del tables.cases[case.id]
        del tables.references[case.reference]
        return 0
    tables.cases[case.id] = replace(case, version=case.version + 1, purged_at=order.record.at)
    return case.version + 1


def unneeded(tables: Tables, contents: Sequence[str], now: datetime) -> list[str]:
    """Name the contents of files that no row names; none while a file is just being fetched."""
    if any(not tables.lease_is_free("attachments", file_id, now) for file_id in tables.files):
        return []
    named = {file.sha256 for file in tables.files.values()}
    return [content for content in contents if content not in named]


def _unassigned(tables: Tables, before: datetime) -> Iterator[Change]:
    for key, row in sorted(tables.inbox.items()):
        if row.case_id is None and row.keep_content and row.message.received_at < before:
            yield _put(tables.inbox, key, _blank_message(row))
    for key, answer in sorted(tables.outbox.items()):
        message = answer.message
        is_old = message.created_at is not None and message.created_at < before
        if message.case_id is None and message.kind == "reply" and message.text and is_old:
            yield _put(tables.outbox, key, _blank_answer(answer))


def unassigned(tables: Tables, before: datetime) -> int:
    """Count what belongs to no case."""
    return sum(1 for _ in _unassigned(tables, before))


def purge_unassigned(tables: Tables, before: datetime, record: Entry, limit: int) -> int:
    """Let go of the content of some of these, and of what waits in old conversations, and record it."""
    changes = list(_unassigned(tables, before))[:limit]
    for key, talk in sorted(tables.conversations.items()):
        if talk.pending and talk.wakes_at is None and talk.updated_at is not None and talk.updated_at < before:
            emptied = replace(talk, pending={}, asking="", version=talk.version + 1)
            changes.append(_put(tables.conversations, key, emptied))
    for change in changes:
        change()
    if changes:
        details = {**record.told, "count": len(changes)}
        write_entry(tables, replace(record, details=details))
    return len(changes)


def forget_person(tables: Tables, person_id: int, name: str, record: Entry) -> None:
    """Put another name in the place of a person's, and end their bindings and their conversation."""
    tables.people[person_id] = replace(tables.people[person_id], name=name, addresses=(), unreachable=frozenset())
    for address in [address for address, owner in tables.bindings.items() if owner == person_id]:
        del tables.bindings[address]
        for by_tap in (True, False):
            tables.windows.drop((address, by_tap))
    for invite in [invite for invite in tables.invites.values() if person_id in (invite.used_by, invite.person_id)]:
        tables.invites[invite.id] = replace(invite, name=name)
    for row in [row for row in tables.inbox.values() if row.person_id == person_id]:
        tables.inbox[row.id] = replace(row, message=replace(row.message, sender_name=""))
    tables.conversations.drop(person_id)
    bump(tables)
    write_entry(tables, record)
