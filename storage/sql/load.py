"""How the databases read what a batch touches: a few reads in one transaction."""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from bot.domain.case import Answer, Case, CaseText
from bot.domain.errors import SealBroken
from bot.domain.ids import first_at
from bot.domain.messages import Address, Delivery, OutgoingKind
from bot.domain.people import Invite, Stranger
from bot.ports.reads import Loaded, Scope, Spoken, Wanted
from bot.protection.sealing import Vault
from storage.batch import LOOKED_THROUGH, is_left, offered_of
from storage.rows.cases import address, answer_of, text_of
from storage.rows.conversations import conversation_of
from storage.rows.messages import delivery_of, reply_of, seen_key, texts_of
from storage.rows.people import invite_of, order_of, person_of, stranger_of
from storage.sql.case_cache import KnownCases
from storage.sql.copies import threads
from storage.sql.heard import heard_from
from storage.sql.heard_pings import heard_pings
from storage.sql.kept_by_name import directory_version
from storage.sql.leading import leading
from storage.sql.matching import matches_of
from storage.sql.query_parts import IS_OPEN, IS_OPEN_OR_LEADS_ON, NOTHING, each, rows, rows_with
from storage.sql.rings import rings_wanted
from storage.sql.scope import in_scope
from storage.sql.statements import T
from storage.sql.whole_cases import cases_at

OPEN_CASES_OF_A_PERSON = 20
SPOKEN_AT_MOST = 20  #: messages that somebody got last; who got more of late gets no slower by them
R = TypeVar("R")
_Message = tuple[Address, str]
_CASES, _SEEN_KEYS, _OUTBOX = T["cases"].c, T["seen"], T["outbox"]
_WANTED: Any = bindparam("wanted", expanding=True)
_SEEN = (
    select(_SEEN_KEYS, T["inbox"].c.sealed_reply)
    .outerjoin_from(_SEEN_KEYS, T["inbox"], T["inbox"].c.id == _SEEN_KEYS.c.inbox_id)
    .where(_SEEN_KEYS.c.key.in_(_WANTED))
)
_NEWEST = (
    select(_OUTBOX).where(_OUTBOX.c.address == bindparam("place")).order_by(_OUTBOX.c.id.desc()).limit(LOOKED_THROUGH)
)
_SPOKEN_OF = (
    select(
        _OUTBOX.c.id,
        _OUTBOX.c.address,
        _OUTBOX.c.case_id,
        _OUTBOX.c.kind,
        _OUTBOX.c.dedupe_key,
        func.row_number().over(partition_by=_OUTBOX.c.address, order_by=_OUTBOX.c.id.desc()).label("place"),
    )
    .where(_OUTBOX.c.address.in_(_WANTED), _OUTBOX.c.id >= bindparam("after"))
    .where(_OUTBOX.c.case_id.is_not(None), _OUTBOX.c.state.in_(("sent", "seen")))
    .subquery()
)
_SPOKEN = select(*_SPOKEN_OF.c[:5]).where(_SPOKEN_OF.c.place <= SPOKEN_AT_MOST).order_by(_SPOKEN_OF.c.id.desc())
_OPEN_CASES = (
    select(_CASES.officer, _CASES.id, _CASES.version)
    .where(_CASES.officer.in_(_WANTED), IS_OPEN_OR_LEADS_ON)
    .order_by(_CASES.id.desc())
)


def load(connection: Connection, vault: Vault, known: KnownCases, wanted: Wanted) -> Loaded:
    """Read everything that is wanted, as of one moment: the caller holds the transaction."""
    people = (*wanted.people, *_officers(connection, wanted.reported))
    found = each(connection, "conversations", "person_id", people, partial(conversation_of, vault))
    conversations = {conversation.person_id: conversation for conversation in found}
    replied_to = _replied_to(connection, [message for message, _ in wanted.replied_to])
    named = [(replied_to[message], scope) for message, scope in wanted.replied_to if message in replied_to]
    amended = _amended_texts(connection, vault, wanted.amended)
    corrected = _amended_answers(connection, vault, wanted.amended)
    kept = each(connection, "texts", "id", wanted.kept, partial(text_of, vault))
    ids = {
        *wanted.cases,
        *(text.case_id for text in kept),
        *(c.case_id for c in conversations.values() if c.case_id is not None),
        *(first.case_id for first in amended.values()),
        *(answer.case_id for answer in corrected.values()),
    }
    versions = {
        **_open_cases(connection, people),
        **_versions(connection, ids, wanted.references, (*wanted.named, *named)),
        **_work_of(connection, wanted.leaving),
    }
    matches = matches_of(connection, wanted.matched)
    versions |= _versions(connection, {number for match in matches for number in match.pair}, (), ())
    said = _said_at(connection, vault, (*wanted.offered, *wanted.said_at))
    return Loaded(
        people_version=directory_version(connection),
        seen=_seen(connection, vault, wanted.seen),
        conversations=conversations,
        cases=_with_those_they_lead_to(connection, vault, known, versions),
        strangers=_strangers(connection, wanted.strangers),
        invites={**_invites(connection, vault, wanted.codes), **_invites_left(connection, vault, wanted.leaving)},
        replied_to=replied_to,
        threads=threads(connection, wanted.replied_to),
        offered=_offered(said, wanted.offered),
        spoken=_spoken(connection, wanted.spoken),
        heard=heard_from(connection, wanted.heard),
        said_at={place: said[place] for place in wanted.said_at if place in said},
        amended=amended,
        amended_answers=corrected,
        kept={text.id: text for text in kept},
        heard_pings=heard_pings(connection, vault, wanted.heard_pings),
        matches=matches,
        rings=rings_wanted(connection, wanted.rings, wanted.rings_since),
        orders={o.id: o for o in each(connection, "export_orders", "id", wanted.orders, partial(order_of, vault))},
    )


def _with_those_they_lead_to(
    connection: Connection, vault: Vault, known: KnownCases, versions: dict[int, int]
) -> dict[int, Case]:
    cases = cases_at(connection, vault, known, versions)
    found = leading(cases, lambda missing: cases_at(connection, vault, known, _versions(connection, missing, (), ())))
    return {**cases, **found}


def _seen(
    connection: Connection, vault: Vault, wanted: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str, str], str]:
    if not wanted:
        return {}
    keys = {seen_key(key): key for key in wanted}
    found = connection.execute(_SEEN, {"wanted": list(keys)})
    return {keys[bytes(key)]: reply_of(vault, inbox_id, reply) for key, inbox_id, reply in found}


def _strangers(connection: Connection, wanted: Sequence[Address]) -> dict[Address, Stranger]:
    found = each(connection, "strangers", "address", texts_of(wanted), stranger_of)
    return {stranger.address: stranger for stranger in found}


def _invites(connection: Connection, vault: Vault, wanted: Sequence[str]) -> dict[str, Invite]:
    found = each(connection, "invites", "code_hash", wanted, partial(invite_of, vault))
    return {invite.code_hash: invite for invite in found}


def _invites_left(connection: Connection, vault: Vault, leaving: Sequence[int]) -> dict[str, Invite]:
    people = [person_of(vault, row, ()) for row in each(connection, "people", "id", leaving, lambda row: row)]
    if not people:
        return {}
    unused = rows(connection, select(T["invites"]).where(T["invites"].c.used_at.is_(None)))
    return {invite.code_hash: invite for invite in map(partial(invite_of, vault), unused) if is_left(invite, people)}


@cache
def _came_as(table: str) -> Select[Any]:
    return rows_with(table, "message").where(T[table].c.message != NOTHING)


def _named(connection: Connection, table: str, wanted: Sequence[str], make: Callable[[RowMapping], R]) -> list[R]:
    """What came in as one of these messages; nothing came in as the empty one."""
    if not wanted:
        return []
    return [make(row) for row in rows(connection, _came_as(table), {"wanted": wanted})]


def _amended_texts(connection: Connection, vault: Vault, wanted: Sequence[str]) -> dict[str, CaseText]:
    found = _named(connection, "texts", wanted, partial(text_of, vault))
    return {t.message: t for t in sorted(found, key=lambda t: t.id, reverse=True) if t.amends is None}


def _amended_answers(connection: Connection, vault: Vault, wanted: Sequence[str]) -> dict[str, Answer]:
    found = _named(connection, "answers", wanted, partial(answer_of, vault))
    return {answer.message: answer for answer in sorted(found, key=lambda answer: answer.id)}


def _replied_to(connection: Connection, wanted: Sequence[_Message]) -> dict[_Message, int]:
    outbox, inbox = T["outbox"].c, T["inbox"].c
    pairs = [(str(place), message_id) for place, message_id in wanted if message_id]
    if not pairs:
        return {}
    sent = select(outbox.address, outbox.external_id, outbox.case_id, outbox.id).where(
        outbox.external_id != NOTHING, tuple_(outbox.external_id, outbox.address).in_([(m, p) for p, m in pairs])
    )
    written = select(inbox.place, inbox.message_id, inbox.case_id, inbox.id).where(
        tuple_(inbox.place, inbox.message_id).in_(pairs), inbox.kind != "button"
    )
    return {**_case_ids(connection, written), **_case_ids(connection, sent)}


def _case_ids(connection: Connection, query: Select[Any]) -> dict[_Message, int]:
    found = sorted(connection.execute(query).all(), key=lambda row: row.id)
    return {(address(place), message_id): case_id for place, message_id, case_id, _ in found if case_id is not None}


def _offered(
    said: Mapping[Address, tuple[Delivery, ...]], wanted: Sequence[Address]
) -> dict[Address, tuple[Delivery, ...]]:
    found = {place: offered_of(said[place]) for place in dict.fromkeys(wanted) if place in said}
    return {place: deliveries for place, deliveries in found.items() if deliveries}


def _spoken(connection: Connection, wanted: Sequence[tuple[Address, datetime]]) -> dict[Address, tuple[Spoken, ...]]:
    if not wanted:
        return {}
    after = first_at(min(since for _, since in wanted))
    places = {str(place): place for place, _ in wanted}
    found: dict[Address, list[Spoken]] = defaultdict(list)
    for outbox_id, place, case_id, kind, key in connection.execute(_SPOKEN, {"wanted": list(places), "after": after}):
        found[places[place]].append(Spoken(outbox_id, case_id, OutgoingKind(kind), key))
    return {place: tuple(spoken) for place, spoken in found.items()}


def _said_at(connection: Connection, vault: Vault, wanted: Sequence[Address]) -> dict[Address, tuple[Delivery, ...]]:
    places = dict.fromkeys(wanted)
    found = {place: tuple(_opened(vault, rows(connection, _NEWEST, {"place": str(place)}))) for place in places}
    return {place: deliveries for place, deliveries in found.items() if deliveries}


def _opened(vault: Vault, found: Iterable[RowMapping]) -> Iterator[Delivery]:
    """What can be opened: nobody was shown what cannot."""
    for row in found:
        with contextlib.suppress(SealBroken):
            yield delivery_of(vault, row)


def _officers(connection: Connection, reported: Sequence[int]) -> Sequence[int]:
    if not reported:
        return ()
    return connection.execute(select(_CASES.officer).where(_CASES.id.in_(reported))).scalars().all()


def _open_cases(connection: Connection, people: Sequence[int]) -> dict[int, int]:
    if not people:
        return {}
    own: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for officer, case_id, version in connection.execute(_OPEN_CASES, {"wanted": people}):
        own[officer].append((case_id, version))
    return {case_id: version for found in own.values() for case_id, version in found[:OPEN_CASES_OF_A_PERSON]}


def _work_of(connection: Connection, people: Sequence[int]) -> dict[int, int]:
    """The open cases that any of these reported, is assigned to or is a liaison officer of."""
    if not people:
        return {}
    cases, leaving = T["cases"].c, set(people)
    given = (cases.officer, cases.assignees, cases.liaisons)
    open_ones = connection.execute(select(cases.id, cases.version, *given).where(IS_OPEN))
    workers = ((row, (*json.loads(row.assignees), *json.loads(row.liaisons or "[]"))) for row in open_ones)
    return {row.id: row.version for row, people in workers if leaving & {row.officer, *people}}


def _versions(
    connection: Connection, ids: Iterable[int], references: Sequence[str], named: Sequence[tuple[str | int, Scope]]
) -> dict[int, int]:
    sought = list(ids)
    if not (sought or references or named):
        return {}
    cases = T["cases"].c
    scoped = [_within(each, scope) for each, scope in named]
    found = or_(cases.id.in_(sought), cases.reference.in_(references), *scoped)
    query = select(cases.id, cases.version).where(found)
    return {row.id: row.version for row in connection.execute(query)}


def _within(named: str | int, scope: Scope) -> ColumnElement[bool]:
    cases = T["cases"].c
    return and_(cases.reference == named if isinstance(named, str) else cases.id == named, in_scope(scope))
