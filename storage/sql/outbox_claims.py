"""How the outbox is handed out: the most urgent addresses first, each in its own order, to one node at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

from bot.domain.messages import JOIN_AFTER, JOIN_AFTER_URGENT, PASSING, Address, Delivery, Priority
from bot.ports.reads import Room
from bot.protection.sealing import Vault
from storage.rows.cases import address
from storage.rows.messages import delivery_of, texts_of
from storage.sql.claims import Term, lease_of, readable
from storage.sql.statements import WAITING, T
from storage.sql.waking import announce
from storage.types import Moment

#: Names the lock that a node has while it claims.
_CLAIMING = 0x0C1A13
_LAST = 9  #: the rank of what keeps its place at its address
#: How many waiting rows are looked through for addresses, for each row that is asked for.
_LOOKED_THROUGH = 4
_OUTBOX = T["outbox"]
_C = _OUTBOX.c
_NOW: Any = bindparam("now", type_=Moment)
_ME: Any = bindparam("me", type_=String)
_TAKING: Any = bindparam("taking", type_=String)
#: Word for word as the partial index has it, else SQLite does not use it.
_IN_THE_WAY = text("(leased_until IS NOT NULL OR holds)")


def taking(me: str) -> str:
    """Whose a lease is while this process does not know yet that it has it: its next claim takes it once more."""
    return f"{me}?"


def claim_outbox(
    connection: Connection, vault: Vault, term: Term, me: str, messengers: Sequence[str], room: Room
) -> list[Delivery]:
    """Take rows that are due, the most urgent addresses first, with what they edit.

    Until `prolong` says that they have arrived, what is new at their addresses waits behind them.
    """
    if term.by_database and not _may_claim(connection):
        return []
    _bring_forward(connection, term)
    wanted = {
        "me": me,
        "taking": taking(me),
        "messengers": list(messengers),
        "full": texts_of(room.full),
        "owed": list(room.owed),
        "of_each": room.of_each,
        "least": Priority.U2 if room.urgent_only else max(Priority),
    }
    claimed = connection.execute(_claim(by_database=term.by_database), term.parameters | wanted).mappings()
    taken = sorted(claimed, key=lambda row: (row["priority"], row["id"]))
    edited = _edited(connection, taken)

    def delivery(row: RowMapping) -> Delivery:
        return delivery_of(vault, row, edited.get((row["replaces"], row["address"]), ""))

    return readable(connection, _C.reason, taken, delivery)


def _bring_forward(connection: Connection, term: Term) -> None:
    """Let what holds others up be tried now when one of those has waited long for its next address.

    All up to that one are taken then, in their order; its next address joins in when the first fails again.
    """
    since = {"urgent_since": term.now - JOIN_AFTER_URGENT, "since": term.now - JOIN_AFTER}
    if connection.execute(select(_late().exists()), {"now": term.now} | since).scalar_one():
        connection.execute(_forward(by_database=term.by_database), term.parameters | since)


@cache
def _late() -> Any:
    """The last row of each address that is due, and has waited long for the next address of its message."""
    born = case((_C.not_before > _C.created_at, _C.not_before), else_=_C.created_at)
    is_urgent = and_(_C.priority <= int(Priority.U2), born <= bindparam("urgent_since", type_=Moment))
    waits_for_long = or_(is_urgent, born <= bindparam("since", type_=Moment))
    has_another = and_(_C.others != "[]", ~_C.joined, _C.replaces == "", _C.edits == "")
    is_due = and_(_C.next_attempt_at.is_not(None), _C.next_attempt_at <= _NOW)
    late = select(_C.address, func.max(_C.id).label("last")).where(is_due, has_another, waits_for_long)
    return late.group_by(_C.address)


@cache
def _forward(*, by_database: bool) -> Any:
    is_free, _ = lease_of(_OUTBOX, by_database=by_database)
    late = _late().subquery("late")
    before = and_(_C.address == late.c.address, _C.id < late.c.last)
    waits = and_(_C.next_attempt_at > _NOW, _C.state == "queued", is_free, _is_in_turn(_C))
    found = select(_C.id).join(late, before).where(waits).order_by(_C.id)
    locked = found.with_for_update(skip_locked=True, of=_OUTBOX).cte("locked")
    return update(_OUTBOX).where(_C.id.in_(select(locked.c.id))).values(next_attempt_at=_NOW)


def _may_claim(connection: Connection) -> bool:
    """Take the lock of those who claim, until the end of the transaction: what others take just now is not seen yet."""
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_CLAIMING))).scalar_one())


def _passes() -> ColumnElement[bool]:
    """The rule of `Outgoing.passes`."""
    return and_(_C.kind.in_([kind.value for kind in PASSING]), _C.priority <= int(Priority.U2))


def _is_in_turn(row: Any) -> ColumnElement[bool]:
    """Whether it keeps its place: not what was made for a moment of its own, and not tried yet."""
    return or_(row.not_before.is_(None), row.not_before <= row.created_at, row.not_before != row.next_attempt_at)


def _is_blocked(*, by_database: bool) -> ColumnElement[bool]:
    """Whether an earlier row of the address is in somebody else's hands, or holds the rest up."""
    other = _OUTBOX.alias("other")
    is_free, _ = lease_of(other, by_database=by_database)
    is_elsewhere = and_(~is_free, or_(other.c.leased_by.is_(None), other.c.leased_by.not_in([_ME, _TAKING])))
    return exists().where(
        other.c.address == _C.address,
        other.c.id < _C.id,
        _IN_THE_WAY,
        or_(is_elsewhere, and_(other.c.holds, other.c.next_attempt_at > _NOW)),
    )


@cache
def _claim(*, by_database: bool) -> Any:
    """Look for the most urgent addresses first, then take of each the rows that come first."""
    is_over, end = lease_of(_OUTBOX, by_database=by_database)
    is_free = or_(is_over, _C.leased_by == _TAKING)
    is_known = _C.id.not_in(bindparam("owed", expanding=True))
    messengers: Any = bindparam("messengers", expanding=True)
    due = and_(_C.next_attempt_at <= _NOW, _C.state.in_(WAITING), _C.messenger.in_(messengers), is_free, is_known)
    has_room = or_(_passes(), _C.address.not_in(bindparam("full", expanding=True)))
    takes = and_(due, has_room, or_(_passes(), ~_is_blocked(by_database=by_database)))
    most = bindparam("most", type_=Integer)
    urgent = select(_C.address, _C.id).where(takes, _C.priority <= bindparam("least", type_=Integer))
    looked = urgent.order_by(_C.priority, _C.id).limit(most * _LOOKED_THROUGH).cte("looked")
    last = func.max(looked.c.id).label("last")
    chosen = select(looked.c.address, last).group_by(looked.c.address).cte("chosen")
    rank = case((_passes(), _C.priority), else_=_LAST)
    place = func.row_number().over(partition_by=_C.address, order_by=(rank, _C.id)).label("place")
    urgency = func.min(_C.priority).over(partition_by=_C.address).label("urgency")
    is_before = and_(_C.address == chosen.c.address, _C.id <= chosen.c.last)
    ranked = select(_C.id, _C.address, place, urgency).join_from(chosen, _OUTBOX, is_before).where(takes).cte("ranked")
    first = select(ranked.c.id, ranked.c.address, ranked.c.place).where(
        ranked.c.place <= bindparam("of_each", type_=Integer)
    )
    picked = first.order_by(ranked.c.urgency, ranked.c.place, ranked.c.id).limit(most).cte("picked")
    locked = select(_C.id).where(_C.id.in_(select(picked.c.id)), is_free).with_for_update(skip_locked=True)
    taken = update(_OUTBOX).where(_C.id.in_(_in_one_piece(picked, locked.cte("locked"))))
    return taken.values(leased_until=end, leased_by=_TAKING).returning(*_OUTBOX.columns)


def _in_one_piece(picked: Any, locked: Any) -> Any:
    """Of each address what comes before the first row that somebody writes to just now."""
    missed = picked.alias("missed")
    is_behind = exists().where(
        missed.c.address == picked.c.address, missed.c.place < picked.c.place, missed.c.id.not_in(select(locked.c.id))
    )
    return select(picked.c.id).where(picked.c.id.in_(select(locked.c.id)), ~is_behind)


def _edited(connection: Connection, taken: Iterable[RowMapping]) -> dict[tuple[str, str], str]:
    """What the messages that some rows replace were sent as, by key and address."""
    keys = {row["replaces"] for row in taken} - {""}
    if not keys:
        return {}
    query = select(_C.dedupe_key, _C.address, _C.external_id).where(_C.dedupe_key.in_(keys))
    return {(key, place): external_id for key, place, external_id in connection.execute(query)}


def prolong(connection: Connection, term: Term, me: str, ids: Sequence[int]) -> frozenset[int]:
    """Hold rows for another term; not what somebody else took meanwhile, was put back, or is settled."""
    mine = {"me": me, "taking": taking(me), "held": list(ids)}
    held = connection.execute(_prolong(by_database=term.by_database), term.parameters | mine)
    return frozenset(held.scalars())


@cache
def _prolong(*, by_database: bool) -> Any:
    _, end = lease_of(_OUTBOX, by_database=by_database)
    is_ours = and_(_C.leased_by.in_([_ME, _TAKING]), _C.leased_until.is_not(None), _C.state.in_(WAITING))
    held = _C.id.in_(bindparam("held", expanding=True))
    locked = select(_C.id).where(is_ours, held).order_by(_C.id).with_for_update(skip_locked=True).cte("locked")
    return (
        update(_OUTBOX).where(_C.id.in_(select(locked.c.id))).values(leased_until=end, leased_by=_ME).returning(_C.id)
    )


def let_go(connection: Connection, me: str, ids: Sequence[int]) -> Sequence[int]:
    """Let go of rows that are leased to this process and not in its hands; returns those that are there."""
    if not ids:
        return ()
    freed = update(_OUTBOX).where(_C.id.in_(ids), _C.leased_by == me, _C.state.in_(WAITING))
    return connection.execute(freed.values(leased_until=None, leased_by=None).returning(_C.id)).scalars().all()


def let_go_of_all(connection: Connection, me: str) -> None:
    """Let go of all that this process has in hand and will not send any more."""
    is_mine = and_(_IN_THE_WAY, _C.leased_by.in_([me, taking(me)]), _C.state.in_(WAITING))
    connection.execute(update(_OUTBOX).where(is_mine).values(leased_until=None, leased_by=None))
    announce(connection)


def others_waiting(connection: Connection, places: Collection[Address], now: Any, me: str) -> dict[Address, int]:
    """Say where rows wait that go first and are not in hand here, with the last id of them.

    `now` is by the clock that leases are told by.
    """
    if not places:
        return {}
    found = connection.execute(_behind(), {"places": sorted(texts_of(list(places))), "now": now, "me": me})
    return {address(place): last for place, last in found}


@cache
def _behind() -> Any:
    is_mine = and_(_C.leased_until > _NOW, _C.leased_by == _ME)
    waits = and_(_C.state == literal_column("'queued'"), _C.next_attempt_at.is_not(None), _C.replaces == "")
    here = _C.address.in_(bindparam("places", expanding=True))
    # A comparison with what is not there is neither true nor false: it must count as false.
    not_mine = or_(_C.leased_until.is_(None), _C.leased_by.is_(None), ~is_mine)
    return select(_C.address, func.max(_C.id)).where(here, waits, not_mine, _is_in_turn(_C)).group_by(_C.address)
