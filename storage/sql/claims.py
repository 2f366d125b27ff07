"""How the databases hand out rows for a while: one statement a claim, on any number of nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from operator import itemgetter
from typing import Any, TypeVar

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    Interval,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    update,
)

from bot.domain.attachments import StoredFile
from bot.domain.case import DeadlineKind, Status
from bot.domain.english import Translation
from bot.domain.errors import SealBroken
from bot.domain.messages import Address, Outgoing, OutgoingKind
from bot.domain.turn import InboxRow
from bot.ports.reads import Due
from bot.protection.sealing import Vault
from storage.batch import readdressed
from storage.rows.cases import to_json, unread
from storage.rows.english import translation_of
from storage.rows.files import file_of
from storage.rows.messages import addresses_json, inbox_of, outgoing_of
from storage.sql.leaving import moved_addresses
from storage.sql.query_parts import rows
from storage.sql.statements import TAKEN, UNSENT, WAITING, Statements, T
from storage.types import Moment

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
    def parameters(self) -> dict[str, object]:
        """What a statement that was made once is given: ``now``, ``most``, and what its lease needs."""
        by_us = {"lease_now": self.now, "lease_end": self.now + self.lease}
        return {"now": self.now, "most": self.limit, **({"lease": self.lease} if self.by_database else by_us)}

    @property
    def lease_now(self) -> Any:
        """Now, for leases."""
        return DATABASE_NOW if self.by_database else self.now


@dataclass(frozen=True, slots=True)
class Claim:
    """Which rows of a table are due at ``:now``, and in which order they are taken; made into a statement once."""

    table: str
    due: ColumnElement[bool]
    order: tuple[str, ...]

    def take(self, connection: Connection, term: Term, **wanted: object) -> Sequence[RowMapping]:
        """Take what is due, in its order."""
        statement = _statement(self, by_database=term.by_database)
        taken = connection.execute(statement, term.parameters | wanted).mappings()
        return sorted(taken, key=itemgetter(*self.order))


def lease_of(table: Any, *, by_database: bool) -> tuple[ColumnElement[bool], Any]:
    """Whether nobody holds a row now, and until when whoever takes it does, for a statement that is made once."""
    now: Any = DATABASE_NOW if by_database else bindparam("lease_now", type_=Moment)
    end = DATABASE_NOW + bindparam("lease", type_=Interval) if by_database else bindparam("lease_end", type_=Moment)
    return or_(table.c.leased_until.is_(None), table.c.leased_until <= now), end


@cache
def _statement(claim: Claim, *, by_database: bool) -> Any:
    table = T[claim.table]
    (key,) = table.primary_key.columns
    is_free, end = lease_of(table, by_database=by_database)
    picked = select(key).where(claim.due, is_free).order_by(*(table.c[name] for name in claim.order))
    picked = picked.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)
    taken = update(table).where(key.in_(select(picked.cte("picked").c[key.name]))).values(leased_until=end)
    return taken.returning(*table.columns)


_FILES, _DEADLINES = T["attachments"].c, T["deadlines"].c
_CONVERSATIONS, _INBOX = T["conversations"].c, T["inbox"].c
_NOW: Any = bindparam("now", type_=Moment)
_MESSENGERS: Any = bindparam("messengers", expanding=True)
_DUE_DEADLINES = Claim("deadlines", and_(_DEADLINES.state == "running", _DEADLINES.next_at <= _NOW), ("next_at", "id"))
_DUE_WAKES = Claim("conversations", _CONVERSATIONS.wakes_at <= _NOW, ("wakes_at", "person_id"))
_DUE_AGAIN = Claim("inbox", and_(_UNDONE, _INBOX.state == "failed", _INBOX.next_attempt_at <= _NOW), ("id",))
_DUE_TRANSLATIONS = Claim(
    "translations",
    and_(text("state = 'waiting'"), T["translations"].c.next_attempt_at <= _NOW),
    ("next_attempt_at", "id"),
)
_DUE_FILES = Claim(
    "attachments",
    and_(_UNSTORED, _FILES.state == "waiting", _FILES.messenger.in_(_MESSENGERS), _FILES.next_attempt_at <= _NOW),
    ("next_attempt_at", "id"),
)


def claim_deadlines(connection: Connection, term: Term) -> list[Due]:
    """Take running deadlines whose moment has come, oldest first."""
    taken = _DUE_DEADLINES.take(connection, term)
    return [Due(row["id"], row["case_id"], DeadlineKind(row["kind"])) for row in taken]


def claim_wakes(connection: Connection, term: Term) -> list[int]:
    """Take conversations that the clock must look at."""
    return [row["person_id"] for row in _DUE_WAKES.take(connection, term)]


def claim_failed(connection: Connection, vault: Vault, term: Term) -> list[InboxRow]:
    """Take failed messages whose next try is due."""
    return readable(connection, _INBOX.error, _DUE_AGAIN.take(connection, term), partial(inbox_of, vault))


def readable(
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
    taken = _DUE_FILES.take(connection, term, messengers=list(messengers))
    return readable(connection, _FILES.reason, taken, partial(file_of, vault))


def claim_translations(connection: Connection, term: Term) -> list[Translation]:
    """Take what waits for a machine's draft, oldest first."""
    return [translation_of(row) for row in _DUE_TRANSLATIONS.take(connection, term)]


def retry_file(connection: Connection, file_id: int, now: datetime) -> bool:
    """Let a parked file wait again."""
    files = T["attachments"]
    parked = update(files).where(files.c.id == file_id, files.c.state == "parked")
    waiting = parked.values(state="waiting", next_attempt_at=now, attempts=0, reason="", leased_until=None)
    return connection.execute(waiting).rowcount == 1


def superseded(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Say which rows are no longer needed, and why."""
    reasons = {}
    for outbox_id, state, deadline, is_overtaken in connection.execute(_still_needed(), {"wanted": list(ids)}):
        if state in TAKEN:
            reasons[outbox_id] = "sent already"
        elif deadline is not None and deadline != "running":
            reasons[outbox_id] = f"deadline {deadline}"
        elif is_overtaken:
            reasons[outbox_id] = "newer edit"
    return reasons


@cache
def _still_needed() -> Select[Any]:
    row, deadline = T["outbox"].alias("mine"), T["deadlines"]
    return (
        select(row.c.id, row.c.state, deadline.c.state, _newer_edit(row).label("is_overtaken"))
        .outerjoin_from(row, deadline, deadline.c.id == row.c.deadline_id)
        .where(row.c.id.in_(bindparam("wanted", expanding=True)))
    )


def reread(connection: Connection, vault: Vault, ids: Sequence[int]) -> dict[int, Outgoing]:
    """Read messages that wait as they are now; the alert of a case that was closed is no news any more."""
    found = connection.execute(_as_they_are(), {"wanted": list(ids)}).mappings()
    return {row["id"]: outgoing_of(vault, row) for row in found}


@cache
def _as_they_are() -> Select[Any]:
    outbox, cases = T["outbox"], T["cases"]
    is_old_alert = and_(outbox.c.kind == OutgoingKind.ALERT.value, cases.c.status == Status.CLOSED.value)
    return (
        select(outbox)
        .outerjoin_from(outbox, cases, cases.c.id == outbox.c.case_id)
        .where(outbox.c.id.in_(bindparam("wanted", expanding=True)))
        .where(outbox.c.state.not_in([*TAKEN, "dropped"]), outbox.c.sealed.is_not(None))
        .where(or_(cases.c.id.is_(None), not_(is_old_alert)))
    )


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
