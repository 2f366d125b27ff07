"""How the databases find where else a message stands: a few reads by key, however many cases there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, tuple_

from bot.domain.messages import Address
from bot.ports.reads import Scope
from storage.copies import Copy, Meant, Original, thread_of
from storage.rows.cases import address
from storage.sql.query_parts import NOTHING, rows
from storage.sql.scope import in_scope
from storage.sql.statements import T

_Message = tuple[Address, str]
_OUTBOX, _INBOX, _CASES = T["outbox"].c, T["inbox"].c, T["cases"].c
_COPY = select(
    _OUTBOX.id, _OUTBOX.case_id, _OUTBOX.dedupe_key, _OUTBOX.recipient, _OUTBOX.address, _OUTBOX.external_id
).where(_OUTBOX.external_id != NOTHING)
_ORIGINAL = select(_INBOX.id, _INBOX.case_id, _INBOX.place, _INBOX.message_id).where(
    _INBOX.message_id != "", _INBOX.kind != "button"
)


def threads(connection: Connection, wanted: Sequence[tuple[_Message, Scope]]) -> dict[_Message, Mapping[Address, str]]:
    """Find for each message, within the scope of who replies, under which id it stands at each other address."""
    wanted = [(message, scope) for message, scope in wanted if message[1]]
    if not wanted:
        return {}
    meant = _meant(connection, wanted)
    cases = frozenset[int]().union(*(each.cases for each in meant.values()))
    if not cases:
        return {}
    copies = _copies(connection, _COPY.where(_OUTBOX.case_id.in_(cases)))
    sources = frozenset[int]().union(*(each.sources for each in meant.values()))
    originals = _originals(connection, _ORIGINAL.where(_INBOX.id.in_(sources), _INBOX.case_id.in_(cases)))
    found = {message: thread_of(each, copies, originals) for message, each in meant.items()}
    return {message: thread for message, thread in found.items() if thread}


def _meant(connection: Connection, wanted: Sequence[tuple[_Message, Scope]]) -> dict[_Message, Meant]:
    pairs = [(str(place), message_id) for (place, message_id), _ in wanted]
    sent_as = tuple_(_OUTBOX.external_id, _OUTBOX.address).in_([(m, p) for p, m in pairs])
    sent = [_named(_OUTBOX.address, _OUTBOX.external_id, *each) for each in wanted]
    written = [_named(_INBOX.place, _INBOX.message_id, *each) for each in wanted]
    ours = _COPY.join(T["cases"], _CASES.id == _OUTBOX.case_id).where(sent_as, or_(*sent))
    theirs = _ORIGINAL.join(T["cases"], _CASES.id == _INBOX.case_id).where(
        tuple_(_INBOX.place, _INBOX.message_id).in_(pairs), or_(*written)
    )
    copies, originals = _copies(connection, ours), _originals(connection, theirs)
    return {
        (place, message_id): Meant(
            place,
            tuple(c for c in copies if (c.address, c.external_id) == (place, message_id)),
            tuple(o for o in originals if (o.place, o.message_id) == (place, message_id)),
        )
        for (place, message_id), _ in wanted
    }


def _named(
    place: ColumnElement[str], message_id: ColumnElement[str], message: _Message, scope: Scope
) -> ColumnElement[bool]:
    return and_(place == str(message[0]), message_id == message[1], in_scope(scope))


def _copies(connection: Connection, query: Select[tuple[object, ...]]) -> list[Copy]:
    return [
        Copy(r["id"], r["case_id"], r["dedupe_key"], r["recipient"], address(r["address"]), r["external_id"])
        for r in rows(connection, query)
    ]


def _originals(connection: Connection, query: Select[tuple[object, ...]]) -> list[Original]:
    return [
        Original(row["id"], row["case_id"], address(row["place"]), row["message_id"])
        for row in rows(connection, query)
        if row["place"] is not None
    ]
