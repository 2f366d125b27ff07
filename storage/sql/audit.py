"""How the databases show what must hold at any moment: queries of the auditor alone, which no claim shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    exists,
    not_,
    or_,
    select,
    text,
    update,
)

from bot.domain.audit import GRACE, IN_HAND, LONGEST_LEASE, LOOKS_BACK, MOST, About, Chain, Sighted
from bot.domain.backups import LAST_GOOD
from bot.domain.ids import first_at
from bot.domain.verify_journal import Head
from storage.sql.kept_by_name import database_time
from storage.sql.query_parts import rows
from storage.sql.statements import T
from storage.types import Moment

_CASES, _DEADLINES, _HANDOFFS = T["cases"].c, T["deadlines"].c, T["handoffs"].c
_OUTBOX, _JOURNAL, _ANSWERS = T["outbox"].c, T["journal"].c, T["answers"].c
_HEADS, _BEATS, _CURSORS = T["chain_heads"].c, T["heartbeats"].c, T["cursors"].c
#: Word for word as the partial indexes have them, else SQLite does not use these.
_IS_OPEN = text("cases.status <> 'closed'")
_RUNS = text("deadlines.state = 'running' AND deadlines.next_at IS NOT NULL")
_TELLS = text("outbox.kind IN ('alert', 'ping')")
_FORGOTTEN = text("outbox.next_attempt_at IS NULL AND outbox.state IN ('queued', 'window-closed')")
_IN_THE_WAY = text("(other.leased_until IS NOT NULL OR other.holds)")
#: Of the newest messages so many are looked through for one that must be in the record.
_NEWEST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """When the auditor looks, and by which time leases are told."""

    now: datetime
    lease_now: datetime

    @classmethod
    def at(cls, connection: Connection, now: datetime, *, by_database: bool) -> Look:
        """Where several machines share the database, its own time tells leases."""
        return cls(now, database_time(connection) if by_database else now)


def sighted(connection: Connection, now: datetime, by_database: bool, seen: Mapping[str, Head]) -> Sighted:
    """Look at everything, in the one transaction that the caller has."""
    look = Look.at(connection, now, by_database=by_database)
    late = rows(connection, _unwritten(), {"late": look.now - GRACE, "most": MOST})
    waiting = _waiting(connection, look)
    no_lease = look.lease_now + LONGEST_LEASE
    return Sighted(
        look.now,
        lost=_about(rows(connection, _lost(), {"most": MOST})),
        unwritten=_about(late),
        held=tuple(row["row_id"] for row in late if row["leased_until"] and row["leased_until"] > no_lease),
        unsent=_about(waiting),
        stuck=tuple(row["row_id"] for row in waiting if _is_nobodys(row, no_lease)),
        unsaid=_about(rows(connection, _unsaid(), {"after": first_at(look.now - LOOKS_BACK), "most": MOST})),
        chains=_chains(connection, seen),
        first_entry=_one(connection, select(_JOURNAL.at).order_by(_JOURNAL.id).limit(1)),
        last_entry=_one(connection, select(_JOURNAL.at).order_by(_JOURNAL.id.desc()).limit(1)),
        last_ping=_one(connection, _last_ping()),
        last_beat=_one(connection, select(_BEATS.at).order_by(_BEATS.at.desc()).limit(1)),
        last_backup=_backup(connection),
    )


def _one(connection: Connection, query: Select[Any]) -> datetime | None:
    return connection.execute(query).scalar_one_or_none()


def _backup(connection: Connection) -> datetime | None:
    found = connection.execute(select(_CURSORS.value).where(_CURSORS.name == LAST_GOOD)).scalar_one_or_none()
    return None if found is None else datetime.fromtimestamp(found, UTC)


def _about(found: Iterable[RowMapping]) -> tuple[About, ...]:
    """The cases of rows, each once; a side is named when it was told of the case."""
    by_id: dict[int, About] = {}
    for row in found:
        if row["id"] is not None:
            told = (row["requested"],) if row["requested"] and row["alerted_requested_at"] else ()
            by_id.setdefault(row["id"], About(row["id"], row["reference"], (row["reporting"], *told)))
    return tuple(by_id.values())


def _case_columns() -> tuple[Any, ...]:
    return (_CASES.id, _CASES.reference, _CASES.reporting, _CASES.requested, _CASES.alerted_requested_at)


_LIMIT = bindparam("most", type_=Integer)


@cache
def _lost() -> Select[Any]:
    """Open cases that wait for something that the clock will not ask about."""
    goes_on = _CASES.stood_down_at.is_(None)
    is_acknowledged = _CASES.acknowledged_at.is_not(None)
    missing = or_(
        and_(goes_on, ~is_acknowledged, ~_runs("acknowledge")),
        and_(or_(~goes_on, is_acknowledged), ~_runs("review")),
        and_(goes_on, ~_runs("police"), ~_accepted("police")),
        and_(goes_on, ~_runs("diplomatic"), ~_accepted("diplomatic"), ~_is_decided()),
        and_(goes_on, _is_unasked("answer", _HANDOFFS.state == "sent")),
        and_(goes_on, _is_unasked("written", and_(_HANDOFFS.state == "accepted", _HANDOFFS.letter_at.is_(None)))),
        _is_unasked("stop", and_(_HANDOFFS.state == "withdrawn", _HANDOFFS.stopped_at.is_(None))),
    )
    return select(*_case_columns()).where(_IS_OPEN, missing).order_by(_CASES.id).limit(_LIMIT)


def _runs(kind: str) -> ColumnElement[bool]:
    of_case = exists().where(_DEADLINES.case_id == _CASES.id, _RUNS, _DEADLINES.kind == kind)
    return of_case.correlate(T["cases"])


def _accepted(channel: str) -> ColumnElement[bool]:
    of_channel = and_(_HANDOFFS.case_id == _CASES.id, _HANDOFFS.channel == channel)
    return exists().where(of_channel, _HANDOFFS.state == "accepted").correlate(T["cases"])


def _is_decided() -> ColumnElement[bool]:
    """Whether it was decided that the diplomatic channel is not waited for."""
    alternative = exists().where(_ANSWERS.case_id == _CASES.id, _ANSWERS.field == "diplomatic_alternative")
    return or_(_CASES.diplomatic_not_needed_at.is_not(None), alternative.correlate(T["cases"]))


def _is_unasked(kind: str, waits: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether something is waited for from the desk of a hand-off that the clock will not ask about."""
    asked = exists().where(
        _DEADLINES.case_id == _HANDOFFS.case_id,
        _RUNS,
        _DEADLINES.kind == kind,
        _DEADLINES.channel == _HANDOFFS.channel,
    )
    unasked = exists().where(_HANDOFFS.case_id == _CASES.id, waits, ~asked.correlate(T["handoffs"]))
    return unasked.correlate(T["cases"])


@cache
def _unwritten() -> Select[Any]:
    """Running deadlines whose moment is over and that nobody acted on, the oldest first."""
    late = _DEADLINES.next_at <= bindparam("late", type_=Moment)
    found = select(*_case_columns(), _DEADLINES.id.label("row_id"), _DEADLINES.leased_until)
    found = found.join_from(T["deadlines"], T["cases"], _CASES.id == _DEADLINES.case_id)
    return found.where(_DEADLINES.state == "running", late).order_by(_DEADLINES.next_at).limit(_LIMIT)


def _waiting(connection: Connection, look: Look) -> list[RowMapping]:
    """Alerts and pings that are neither sent nor parked nor in retry."""
    leases = {"lease_now": look.lease_now, "no_lease": look.lease_now + LONGEST_LEASE}
    moments = {"late": look.now - GRACE, "long": look.now - IN_HAND, "most": MOST, **leases}
    return [*rows(connection, _forgotten(), {"most": MOST}), *rows(connection, _stuck(), moments)]


def _messages() -> Select[Any]:
    found = select(*_case_columns(), _OUTBOX.id.label("row_id"), _OUTBOX.leased_until, _OUTBOX.next_attempt_at)
    return found.outerjoin_from(T["outbox"], T["cases"], _CASES.id == _OUTBOX.case_id)


@cache
def _forgotten() -> Select[Any]:
    """Messages that wait for no moment: no claim will ever find them."""
    return _messages().where(_FORGOTTEN, _TELLS).order_by(_OUTBOX.id).limit(_LIMIT)


@cache
def _stuck() -> Select[Any]:
    """Messages whose moment is over, and that nothing holds up."""
    late, long = bindparam("late", type_=Moment), bindparam("long", type_=Moment)
    lease = bindparam("lease_now", type_=Moment), bindparam("no_lease", type_=Moment)
    is_held = and_(_OUTBOX.leased_until.is_not(None), _OUTBOX.leased_until.between(*lease))
    is_over = or_(_OUTBOX.next_attempt_at <= long, and_(_OUTBOX.next_attempt_at <= late, not_(is_held)))
    is_due = and_(_OUTBOX.next_attempt_at.is_not(None), is_over, _OUTBOX.state.in_(("queued", "window-closed")))
    # In this order, so that the index of what waits is used.
    return _messages().where(is_due, _TELLS, ~_is_behind()).order_by(_OUTBOX.priority, _OUTBOX.id).limit(_LIMIT)


def _is_behind() -> ColumnElement[bool]:
    """Whether it waits its turn behind one at its address that is tried again, or that somebody sends just now."""
    other = T["outbox"].alias("other")
    waits = and_(other.c.holds, other.c.next_attempt_at > bindparam("late", type_=Moment))
    in_hand = and_(
        other.c.leased_until > bindparam("lease_now", type_=Moment),
        other.c.next_attempt_at > bindparam("long", type_=Moment),
    )
    before = and_(other.c.address == _OUTBOX.address, other.c.id < _OUTBOX.id, _IN_THE_WAY)
    return exists().where(before, or_(waits, in_hand)).correlate(T["outbox"])


def _is_nobodys(row: RowMapping, no_lease: datetime) -> bool:
    return row["next_attempt_at"] is None or bool(row["leased_until"] and row["leased_until"] > no_lease)


@cache
def _unsaid() -> Select[Any]:
    """Pings in the record of the last minutes that no message was written for."""
    is_one = _OUTBOX.kind.in_(("alert", "ping", "call"))  # and not what the other side hears of it
    said = exists().where(_OUTBOX.case_id == _JOURNAL.case_id, _OUTBOX.created_at >= _JOURNAL.at, is_one)
    found = select(*_case_columns()).join_from(T["journal"], T["cases"], _CASES.id == _JOURNAL.case_id)
    is_new = _JOURNAL.id >= bindparam("after", type_=BigInteger)
    return found.where(is_new, _JOURNAL.act == "pinged", ~said.correlate(T["journal"])).limit(_LIMIT)


@cache
def _last_ping() -> Select[Any]:
    newest = select(_OUTBOX.created_at, _OUTBOX.kind).order_by(_OUTBOX.id.desc()).limit(_NEWEST).subquery("newest")
    tells = newest.c.kind.in_(("alert", "ping"))
    return select(newest.c.created_at).where(tells).order_by(newest.c.created_at.desc()).limit(1)


def _chains(connection: Connection, seen: Mapping[str, Head]) -> dict[str, Chain]:
    heads = {row.chain: Head(row.sequence, row.hash) for row in connection.execute(select(T["chain_heads"]))}
    found = {}
    for name in sorted(heads.keys() | seen.keys()):
        of_chain = select(_JOURNAL.sequence, _JOURNAL.hash).where(_JOURNAL.chain == name)
        last = connection.execute(of_chain.order_by(_JOURNAL.sequence.desc()).limit(1)).first()
        then = seen.get(name)
        at = select(_JOURNAL.hash).where(_JOURNAL.chain == name, _JOURNAL.sequence == (then.sequence if then else 0))
        hash_then = connection.execute(at).scalar_one_or_none() if then else None
        found[name] = Chain(heads.get(name), Head(*last) if last else None, hash_then)
    return found


def set_free(connection: Connection, outbox_ids: Sequence[int], now: datetime, by_database: bool) -> int:
    """Let messages be due now that nobody would take by themselves."""
    look = Look.at(connection, now, by_database=by_database)
    outbox, nobodys = T["outbox"], _OUTBOX.leased_until > look.lease_now + LONGEST_LEASE
    is_stuck = and_(_OUTBOX.state.in_(("queued", "window-closed")), or_(_OUTBOX.next_attempt_at.is_(None), nobodys))
    due = case((_OUTBOX.next_attempt_at.is_(None), look.now), else_=_OUTBOX.next_attempt_at)
    free = update(outbox).where(_OUTBOX.id.in_(list(outbox_ids)), is_stuck)
    return connection.execute(free.values(next_attempt_at=due, leased_until=None)).rowcount
