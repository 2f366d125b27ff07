"""How the databases hand out rows for a while: one statement a claim, on any number of nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    RowMapping,
    Select,
    Table,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

from bot.domain.attachments import StoredFile
from bot.domain.case import DeadlineKind
from bot.domain.errors import SealBroken
from bot.domain.messages import Address, Delivery, Outgoing
from bot.domain.turn import InboxRow
from bot.ports.storage import Due
from bot.protection.sealing import Vault
from storage.batch import readdressed
from storage.rows.cases import to_json, unread
from storage.rows.files import file_of
from storage.rows.messages import addresses_json, delivery_of, inbox_of, outgoing_of
from storage.sql.leaving import moved_addresses
from storage.sql.reading import rows
from storage.sql.statements import UNSENT, WAITING, Statements, T

#: The database's own time, which all nodes share.
DATABASE_NOW = func.clock_timestamp(type_=DateTime(timezone=True))
#: Word for word as the partial index has it, else SQLite does not use it.
_UNDONE = text("state <> 'done'")
_UNSTORED = text("state <> 'stored'")
R = TypeVar("R")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Term:
    """What is due, how many rows, and for how long they are taken."""

    now: datetime
    limit: int
    lease: timedelta
    by_database: bool  #: leases are told by the database's time, because several machines share it

    @property
    def lease_now(self) -> Any:
        """Now, for leases."""
        return DATABASE_NOW if self.by_database else self.now

    @property
    def lease_end(self) -> Any:
        """When a lease taken now ends."""
        return self.lease_now + self.lease


def _claim(
    connection: Connection, term: Term, table: Table, due: ColumnElement[bool], order: Sequence[Any]
) -> Sequence[RowMapping]:
    (key,) = table.primary_key.columns
    is_free = or_(table.c.leased_until.is_(None), table.c.leased_until <= term.lease_now)
    picked = select(key).where(due, is_free).order_by(*order).limit(term.limit).with_for_update(skip_locked=True)
    taken = update(table).where(key.in_(select(picked.cte("picked").c[key.name]))).values(leased_until=term.lease_end)
    return connection.execute(taken.returning(*table.columns)).mappings().all()


def claim_outbox(connection: Connection, vault: Vault, term: Term, messengers: Sequence[str]) -> list[Delivery]:
    """Take rows that are due, most urgent first, with what they edit."""
    outbox = T["outbox"].c
    due = and_(outbox.state.in_(WAITING), outbox.messenger.in_(list(messengers)), outbox.next_attempt_at <= term.now)
    taken = _claim(connection, term, T["outbox"], due, [outbox.priority, outbox.id])
    edited = _edited(connection, taken)
    ordered = sorted(taken, key=lambda row: (row["priority"], row["id"]))

    def delivery(row: RowMapping) -> Delivery:
        return delivery_of(vault, row, edited.get((row["replaces"], row["address"]), ""))

    return _readable(connection, T["outbox"].c.reason, ordered, delivery)


def _edited(connection: Connection, taken: Iterable[RowMapping]) -> dict[tuple[str, str], str]:
    """What the messages that some rows replace were sent as, by key and address."""
    keys = {row["replaces"] for row in taken} - {""}
    if not keys:
        return {}
    outbox = T["outbox"].c
    query = select(outbox.dedupe_key, outbox.address, outbox.external_id).where(outbox.dedupe_key.in_(keys))
    return {(key, place): external_id for key, place, external_id in connection.execute(query)}


def claim_deadlines(connection: Connection, term: Term) -> list[Due]:
    """Take running deadlines whose moment has come, oldest first."""
    deadlines = T["deadlines"].c
    due = and_(deadlines.state == "running", deadlines.next_at <= term.now)
    taken = _claim(connection, term, T["deadlines"], due, [deadlines.next_at, deadlines.id])
    ordered = sorted(taken, key=lambda row: (row["next_at"], row["id"]))
    return [Due(row["id"], row["case_id"], DeadlineKind(row["kind"])) for row in ordered]


def claim_wakes(connection: Connection, term: Term) -> list[int]:
    """Take conversations that the clock must look at."""
    conversations = T["conversations"].c
    due = conversations.wakes_at <= term.now
    taken = _claim(connection, term, T["conversations"], due, [conversations.wakes_at, conversations.person_id])
    return [row["person_id"] for row in sorted(taken, key=lambda row: (row["wakes_at"], row["person_id"]))]


def claim_failed(connection: Connection, vault: Vault, term: Term) -> list[InboxRow]:
    """Take failed messages whose next try is due."""
    inbox = T["inbox"].c
    due = and_(_UNDONE, inbox.state == "failed", inbox.next_attempt_at <= term.now)
    taken = _claim(connection, term, T["inbox"], due, [inbox.id])
    ordered = sorted(taken, key=lambda row: row["id"])
    return _readable(connection, inbox.error, ordered, partial(inbox_of, vault))


def _readable(
    connection: Connection, why: ColumnElement[str], taken: Iterable[RowMapping], make: Callable[[RowMapping], R]
) -> list[R]:
    """Make of the rows what they hold; park those that do not open, so that they hold up no others."""
    found, broken = [], []
    for row in taken:
        try:
            found.append(make(row))
        except SealBroken as error:
            log.error("A message cannot be opened and is parked.", id=row["id"], error=str(error))  # noqa: TRY400
            broken.append(row["id"])
    if broken:
        parked = {"state": "parked", "next_attempt_at": None, "leased_until": None, why.key: "its seal is broken"}
        table = why.table
        connection.execute(update(table).where(table.c.id.in_(broken)).values(parked))
    return found


def claim_files(connection: Connection, vault: Vault, term: Term, messengers: Sequence[str]) -> list[StoredFile]:
    """Take waiting files whose next try is due, oldest first."""
    files = T["attachments"].c
    is_waiting = and_(_UNSTORED, files.state == "waiting", files.messenger.in_(list(messengers)))
    due = and_(is_waiting, files.next_attempt_at <= term.now)
    taken = _claim(connection, term, T["attachments"], due, [files.next_attempt_at, files.id])
    ordered = sorted(taken, key=lambda row: (row["next_attempt_at"], row["id"]))
    return _readable(connection, files.reason, ordered, partial(file_of, vault))


def retry_file(connection: Connection, file_id: int, now: datetime) -> bool:
    """Let a parked file wait again."""
    files = T["attachments"]
    parked = update(files).where(files.c.id == file_id, files.c.state == "parked")
    waiting = parked.values(state="waiting", next_attempt_at=now, attempts=0, reason="", leased_until=None)
    return connection.execute(waiting).rowcount == 1


def superseded(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Say which rows are no longer needed, and why."""
    row, deadline = T["outbox"].alias("mine"), T["deadlines"]
    query = (
        select(row.c.id, deadline.c.state, _newer_edit(row).label("is_overtaken"))
        .outerjoin_from(row, deadline, deadline.c.id == row.c.deadline_id)
        .where(row.c.id.in_(list(ids)))
    )
    reasons = {}
    for outbox_id, state, is_overtaken in connection.execute(query):
        if state is not None and state != "running":
            reasons[outbox_id] = f"deadline {state}"
        elif is_overtaken:
            reasons[outbox_id] = "newer edit"
    return reasons


def reread(connection: Connection, vault: Vault, outbox_id: int) -> Outgoing | None:
    """Read a message that waits as it is now."""
    outbox = T["outbox"]
    wanted = select(outbox).where(outbox.c.id == outbox_id, outbox.c.state != "dropped", outbox.c.sealed.is_not(None))
    row = next(iter(rows(connection, wanted)), None)
    return None if row is None else outgoing_of(vault, row)


def _newer_edit(mine: Any) -> ColumnElement[bool]:
    other = T["outbox"].alias("other")
    return exists().where(
        or_(mine.c.replaces != "", mine.c.edits != ""),
        other.c.address == mine.c.address,
        other.c.id > mine.c.id,
        other.c.replaces == mine.c.replaces,
        other.c.edits == mine.c.edits,
        other.c.state.in_([*WAITING, "sent", "seen"]),
    )


def retry_outbox(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Put a parked row back."""
    outbox = T["outbox"]
    parked = update(outbox).where(outbox.c.id == outbox_id, outbox.c.state == "parked")
    queued = parked.values(state="queued", next_attempt_at=now, attempts=0, reason="", leased_until=None)
    return connection.execute(queued).rowcount == 1


def readdress(connection: Connection, statements: Statements, vault: Vault, old: Address, new: Address) -> None:
    """Write the new address wherever something still goes to the old one."""
    moved = T["moved_addresses"]
    connection.execute(statements.upsert("moved_addresses"), {"old": str(old), "new": str(new)})
    # A chat that moved back is where it is now.
    connection.execute(moved.delete().where(moved.c.old == str(new)))
    _readdress_outbox(connection, vault, old)
    _readdress_bindings(connection, statements, old, new)


def is_unsent() -> ColumnElement[bool]:
    """Rows that are still to be sent, or given up, in words that the partial indexes know."""
    outbox = T["outbox"].c
    is_parked = outbox.state == literal_column("'parked'")
    return and_(or_(outbox.next_attempt_at.is_not(None), is_parked), outbox.state.in_(UNSENT))


def _readdress_outbox(connection: Connection, vault: Vault, old: Address) -> None:
    outbox = T["outbox"]
    is_named = or_(outbox.c.address == str(old), outbox.c.others.contains(to_json(str(old)), autoescape=True))
    unsent = select(outbox).where(is_unsent(), is_named)
    moves = moved_addresses(connection)
    for row in rows(connection, unsent.order_by(outbox.c.id).with_for_update()):
        message = readdressed(outgoing_of(vault, unread(row)), moves)
        connection.execute(
            update(outbox)
            .where(outbox.c.id == message.id)
            .values(
                address=str(message.address),
                messenger=message.address.messenger,
                others=addresses_json(message.others),
            )
        )


def _readdress_bindings(connection: Connection, statements: Statements, old: Address, new: Address) -> None:
    bindings = T["bindings"]
    taken: Select[Any] = select(bindings.c.address).where(bindings.c.address == str(new))
    is_old = bindings.c.address == str(old)
    if connection.execute(taken).first() is not None:  # bound by itself already: the old binding just goes
        changed = connection.execute(bindings.delete().where(is_old))
    else:
        changed = connection.execute(update(bindings).where(is_old).values(address=str(new)))
    if changed.rowcount:
        statements.bump.run(connection, [{"name": "directory"}])
