"""How the memory storage hands out rows for a while, and what else changes outside a turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import DeadlineState
from bot.domain.messages import Address, Delivery, DeliveryState, Outgoing
from bot.domain.people import SignIn
from bot.domain.turn import InboxRow, InboxState
from bot.ports.storage import Due
from storage.batch import LEASES_KEPT, RENEWED_AFTER, readdressed
from storage.memory.apply import bump
from storage.memory.messengers import sweep_windows
from storage.memory.rows import Tables, edited

R = TypeVar("R")
_WAITING = (DeliveryState.QUEUED, DeliveryState.WINDOW_CLOSED)
_UNSENT = (*_WAITING, DeliveryState.PARKED)
_COUNTED = (*_WAITING, DeliveryState.SENT, DeliveryState.SEEN)


def _claim(
    tables: Tables,
    table: str,
    rows: Iterable[R],
    id_of: Callable[[R], int],
    now: datetime,
    limit: int,
    lease: timedelta,
) -> list[R]:
    free = [row for row in rows if tables.lease_is_free(table, id_of(row), now)][:limit]
    for row in free:
        tables.row_leases[table, id_of(row)] = now + lease
    return free


def outbox(tables: Tables, messengers: Set[str], now: datetime, limit: int, lease: timedelta) -> list[Delivery]:
    """Take rows that are due, most urgent first, with what they edit."""
    due = [
        d
        for d in tables.outbox.values()
        if d.state in _WAITING and d.message.address.messenger in messengers and _is_due(d.next_attempt_at, now)
    ]
    due.sort(key=lambda d: (d.message.priority, d.message.id))
    taken = _claim(tables, "outbox", due, lambda d: d.message.id, now, limit, lease)
    return [replace(d, edits=_edited(tables, d)) for d in taken]


def _is_due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _edited(tables: Tables, delivery: Delivery) -> str:
    if delivery.message.edits:
        return delivery.message.edits
    original = edited(tables, delivery)
    return original.external_id if original is not None else ""


def reread(tables: Tables, outbox_id: int) -> Outgoing | None:
    """Read a message that waits as it is now."""
    row = tables.outbox.get(outbox_id)
    return row.message if row is not None and row.state is not DeliveryState.DROPPED and row.message.text else None


def superseded(tables: Tables, ids: Sequence[int]) -> dict[int, str]:
    """Say which rows are no longer needed, and why."""
    reasons = {i: _why_superseded(tables, tables.outbox[i]) for i in ids if i in tables.outbox}
    return {outbox_id: reason for outbox_id, reason in reasons.items() if reason}


def _why_superseded(tables: Tables, delivery: Delivery) -> str:
    message = delivery.message
    deadline = tables.deadlines.get(message.deadline_id or 0)
    if deadline is not None and not deadline.is_running:
        return f"deadline {deadline.state.value}"
    if any(_is_newer_edit(delivery, other) for other in tables.outbox.values()):
        return "newer edit"
    return ""


def _is_newer_edit(delivery: Delivery, other: Delivery) -> bool:
    mine, theirs = delivery.message, other.message
    same = (mine.replaces or mine.edits) and (theirs.replaces, theirs.edits) == (mine.replaces, mine.edits)
    return bool(same) and theirs.address == mine.address and theirs.id > mine.id and other.state in _COUNTED


def deadlines(tables: Tables, now: datetime, limit: int, lease: timedelta) -> list[Due]:
    """Take running deadlines whose moment has come, oldest first."""
    due = [d for d in tables.deadlines.values() if d.state is DeadlineState.RUNNING and _is_due(d.next_at, now)]
    due.sort(key=lambda d: (d.next_at or now, d.id))
    taken = _claim(tables, "deadlines", due, lambda d: d.id, now, limit, lease)
    return [Due(d.id, d.case_id, d.kind) for d in taken]


def wakes(tables: Tables, now: datetime, limit: int, lease: timedelta) -> list[int]:
    """Take conversations that the clock must look at."""
    due = [c for c in tables.conversations.values() if _is_due(c.wakes_at, now)]
    due.sort(key=lambda c: (c.wakes_at or now, c.person_id))
    return [c.person_id for c in _claim(tables, "conversations", due, lambda c: c.person_id, now, limit, lease)]


def failed(tables: Tables, now: datetime, limit: int, lease: timedelta) -> list[InboxRow]:
    """Take failed messages whose next try is due."""
    due = [r for r in tables.inbox.values() if r.state is InboxState.FAILED and _is_due(r.next_attempt_at, now)]
    due.sort(key=lambda r: r.id)
    return _claim(tables, "inbox", due, lambda r: r.id, now, limit, lease)


def files(tables: Tables, messengers: Set[str], now: datetime, limit: int, lease: timedelta) -> list[StoredFile]:
    """Take waiting files whose next try is due, oldest first."""
    waiting = (f for f in tables.files.values() if f.state is FileState.WAITING and f.messenger in messengers)
    due = sorted(
        (f for f in waiting if _is_due(f.next_attempt_at, now)), key=lambda f: (f.next_attempt_at or now, f.id)
    )
    return _claim(tables, "attachments", due, lambda f: f.id, now, limit, lease)


def retry_file(tables: Tables, file_id: int, now: datetime) -> bool:
    """Let a parked file wait again."""
    file = tables.files.get(file_id)
    if file is None or file.state is not FileState.PARKED:
        return False
    tables.files[file_id] = replace(file, state=FileState.WAITING, next_attempt_at=now, attempts=0, reason="")
    return True


def retry(tables: Tables, outbox_id: int, now: datetime) -> bool:
    """Put a parked row back."""
    row = tables.outbox.get(outbox_id)
    if row is None or row.state is not DeliveryState.PARKED:
        return False
    tables.outbox[outbox_id] = replace(row, state=DeliveryState.QUEUED, next_attempt_at=now, attempts=0, reason="")
    tables.row_leases.drop(("outbox", outbox_id))
    return True


def readdress(tables: Tables, old: Address, new: Address) -> None:
    """Write the new address wherever something still goes to the old one."""
    tables.moved[old] = new
    tables.moved.drop(new)  # a chat that moved back is where it is now
    for row in list(tables.outbox.values()):
        if row.state in _UNSENT:
            tables.outbox[row.message.id] = replace(row, message=readdressed(row.message, tables.moved))
    owner = tables.bindings.get(old)
    if owner is not None:
        _rebind(tables, owner, old, new)


def _rebind(tables: Tables, owner: int, old: Address, new: Address) -> None:
    person = tables.people[owner]
    addresses = [new if address == old else address for address in person.addresses]
    if new in tables.bindings:  # bound by itself already: the old binding just goes
        addresses = [address for address in person.addresses if address != old]
    del tables.bindings[old]
    tables.bindings.setdefault(new, owner)
    blocked = {new if address == old else address for address in person.unreachable}
    if new in person.addresses and new not in person.unreachable:
        blocked.discard(new)
    tables.people[owner] = replace(person, addresses=tuple(addresses), unreachable=frozenset(blocked & set(addresses)))
    bump(tables)


def use_sign_in(tables: Tables, token_hash: str, session: SignIn, now: datetime) -> int | None:
    """Use a link up and keep the session."""
    link = tables.sign_ins.get(token_hash)
    if link is None or link.expires_at <= now:
        return None
    del tables.sign_ins[token_hash]
    tables.sessions[session.token_hash] = replace(session, person_id=link.person_id)
    return link.person_id


def session(tables: Tables, token_hash: str, now: datetime, idle: timedelta | None, *, renews: bool) -> int | None:
    """Say whose session this is, while it holds."""
    kept = tables.sessions.get(token_hash)
    if kept is None or kept.expires_at <= now:
        return None
    used_at = tables.used.get(token_hash, kept.created_at)
    if idle is not None and used_at <= now - idle:
        return None
    if renews and now - used_at >= RENEWED_AFTER:
        tables.used[token_hash] = now
    return kept.person_id


def count_attempt(tables: Tables, key: str, now: datetime, window: timedelta) -> int:
    """Count one more in the window that is open, or begin the next."""
    count, until = tables.attempts.get(key, (0, now))
    tables.attempts[key] = (count + 1, until) if until > now else (1, now + window)
    return tables.attempts[key][0]


def sweep(tables: Tables, now: datetime) -> int:
    """Delete what is over."""
    attempts = [key for key, (_, until) in tables.attempts.items() if until <= now]
    for key in attempts:
        del tables.attempts[key]
    gone = len(attempts)
    for kept in (tables.sign_ins, tables.sessions):
        expired = [token for token, link in kept.items() if link.expires_at <= now]
        for token in expired:
            del kept[token]
            tables.used.drop(token)
        gone += len(expired)
    unused = [name for name, (_, until) in tables.leases.items() if until <= now - LEASES_KEPT]
    for name in unused:
        del tables.leases[name]
    return gone + len(unused) + sweep_windows(tables, now)
