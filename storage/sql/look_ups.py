"""How the databases answer questions: look-ups in scope, histories, streams, counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    String,
    and_,
    exists,
    func,
    or_,
    select,
    text,
    true,
    type_coerce,
    union,
    update,
)

from bot.domain.attachments import FileState, StoredFile
from bot.domain.case import Case
from bot.domain.case_filter import CaseFilter
from bot.domain.errors import SealBroken
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.journal import Link
from bot.domain.messages import Address, Delivery, DeliveryState
from bot.domain.secure_entry import SecureEntry
from bot.domain.verify_journal import Head
from bot.ports.reads import Counts, History, Said, Scope
from bot.protection.sealing import Vault
from storage.rows.cases import answer_of, secure_mark_of, secure_of, text_of, unread
from storage.rows.english import english_of
from storage.rows.files import file_of
from storage.rows.journal import link_of
from storage.rows.messages import delivery_of, inbox_of, texts_of
from storage.rows.people import order_of
from storage.sql.claims import is_unsent
from storage.sql.query_parts import IS_OPEN, NOTHING, rows
from storage.sql.scope import in_scope, is_their_memo, reads_secure
from storage.sql.statements import UNSENT, T
from storage.sql.whole_cases import whole
from storage.transcript import EDITED, SHOWN, SPOKEN, transcript_of

CASES_A_CHUNK = 500
LINKS_A_CHUNK = 1000
_FOUND_AT_MOST = 50


def find_case(connection: Connection, vault: Vault, reference: str, scope: Scope) -> Case | None:
    """Find a case in scope."""
    query = select(T["cases"]).where(T["cases"].c.reference == reference, in_scope(scope))
    return next(iter(whole(connection, vault, rows(connection, query))), None)


def list_cases(
    connection: Connection, vault: Vault, scope: Scope, open_only: bool, limit: int, before: int | None
) -> list[Case]:
    """List cases in scope, newest first."""
    cases = T["cases"]
    query = select(cases).where(in_scope(scope)).order_by(cases.c.id.desc()).limit(limit)
    if open_only:
        query = query.where(IS_OPEN)
    if before is not None:
        query = query.where(cases.c.id < before)
    return whole(connection, vault, rows(connection, query))


def history(connection: Connection, vault: Vault, case_id: int) -> History:
    """Gather what is kept of a case."""
    answers, texts, outbox, journal = (T[name] for name in ("answers", "texts", "outbox", "journal"))
    kept = T["attachments"]
    secured = T["secure_entries"]
    marks = select(*(column for column in secured.c if column.name != "sealed")).where(secured.c.case_id == case_id)

    def of_case(table: Any, *order: Any) -> Any:
        return rows(connection, select(table).where(table.c.case_id == case_id).order_by(*order))

    return History(
        answers=tuple(answer_of(vault, row) for row in of_case(answers, answers.c.id)),
        texts=tuple(text_of(vault, row) for row in of_case(texts, texts.c.id)),
        english=tuple(english_of(vault, row) for row in of_case(T["english"], T["english"].c.id)),
        deliveries=tuple(delivery_of(vault, row) for row in of_case(outbox, outbox.c.id)),
        journal=tuple(link_of(vault, row) for row in of_case(journal, journal.c.sequence, journal.c.id)),
        files=tuple(file_of(vault, row) for row in of_case(kept, kept.c.id)),
        secured=tuple(secure_mark_of(row) for row in rows(connection, marks.order_by(secured.c.id))),
    )


def secure_entries(connection: Connection, vault: Vault, case_id: int) -> list[SecureEntry]:
    """Read the secure case, oldest first."""
    table = T["secure_entries"]
    query = select(table).where(table.c.case_id == case_id).order_by(table.c.id)
    return [secure_of(vault, row) for row in rows(connection, query)]


def orders_of(connection: Connection, vault: Vault, party: str, limit: int) -> list[IdentifiedOrder]:
    """List a side's orders, newest first."""
    table = T["export_orders"]
    query = select(table).where(table.c.party == party).order_by(table.c.id.desc()).limit(limit)
    return [order_of(vault, row) for row in rows(connection, query)]


def lapsed_orders(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Name orders whose time is over."""
    orders = T["export_orders"].c
    query = select(orders.id).where(text("state = 'waiting'"), orders.expires_at <= now)
    return list(connection.execute(query.order_by(orders.expires_at, orders.id).limit(limit)).scalars())


def find_secure(connection: Connection, vault: Vault, token: bytes, scope: Scope) -> list[Case]:
    """Find the cases in whose secure case this reader may find something by this token."""
    cases, index, entries = T["cases"], T["secure_index"].c, T["secure_entries"].c
    found = exists().where(index.token == token, index.case_id == cases.c.id, entries.id == index.entry_id)
    found = found.where(reads_secure(scope), entries.released_at.is_(None), ~is_their_memo(scope))
    query = select(cases).where(found).order_by(cases.c.id.desc()).limit(_FOUND_AT_MOST)
    return whole(connection, vault, rows(connection, query))


def transcript(
    connection: Connection, vault: Vault, addresses: Sequence[Address], after: int, limit: int
) -> list[Said]:
    """Gather the lines of a chat."""
    inbox, outbox, places = T["inbox"], T["outbox"], texts_of(addresses)
    written = select(inbox).where(inbox.c.sender.in_(places), inbox.c.id > after, inbox.c.has_text)
    spoken = written.where(inbox.c.kind.in_(SPOKEN)).order_by(inbox.c.id.desc()).limit(limit)
    said = select(outbox).where(outbox.c.address.in_(places), outbox.c.id > after, outbox.c.state.in_(SHOWN))
    shown = (
        said.where(~_changes_another(outbox), outbox.c.sealed.is_not(None)).order_by(outbox.c.id.desc()).limit(limit)
    )
    lines = [delivery_of(vault, row) for row in rows(connection, shown)]
    received = [inbox_of(vault, row) for row in rows(connection, spoken)]
    return transcript_of(received, lines, _sent_edits(connection, vault, lines), limit)


def _original(edit: Any, other: Any) -> ColumnElement[bool]:
    by_key = and_(edit.c.edits == "", edit.c.replaces != "", other.c.dedupe_key == edit.c.replaces)
    is_before = and_(other.c.external_id != NOTHING, other.c.id < edit.c.id)
    by_id = and_(edit.c.edits != "", other.c.external_id == edit.c.edits, is_before)
    return and_(other.c.address == edit.c.address, or_(by_key, by_id))


def _changes_another(edit: Any) -> ColumnElement[bool]:
    is_edit = or_(edit.c.edits != "", edit.c.replaces != "")
    return and_(is_edit, exists().where(_original(edit, T["outbox"].alias("other"))))


def _sent_edits(connection: Connection, vault: Vault, lines: Sequence[Delivery]) -> dict[int, Delivery]:
    """The newest sent edit of each line, by the line's id."""
    if not lines:
        return {}
    edit, original = T["outbox"].alias("edit"), T["outbox"].alias("original")
    query = (
        select(*edit.columns, original.c.id.label("changes"))
        .join_from(original, edit, _original(edit, original))
        .where(original.c.id.in_([line.message.id for line in lines]), edit.c.state.in_(EDITED))
        .order_by(edit.c.id)
    )
    return {row["changes"]: delivery_of(vault, row) for row in rows(connection, query)}


def mark_seen(connection: Connection, addresses: Sequence[Address], now: datetime) -> None:
    """Mark what was sent to these addresses as seen."""
    outbox = T["outbox"]
    sent = update(outbox).where(outbox.c.address.in_(texts_of(addresses)), outbox.c.state == "sent")
    connection.execute(sent.values(state="seen", seen_at=now))


def outbox(connection: Connection, vault: Vault, states: Sequence[DeliveryState], limit: int) -> list[Delivery]:
    """List outbox rows in these states, newest first."""
    table = T["outbox"]
    query = select(table).where(table.c.state.in_(states)).order_by(table.c.id.desc()).limit(limit)
    if set(states) <= set(UNSENT):
        query = query.where(is_unsent())
    return [_listed(vault, row) for row in rows(connection, query)]


def _listed(vault: Vault, row: RowMapping) -> Delivery:
    """A row for a list, where one that cannot be opened is seen too."""
    try:
        return delivery_of(vault, row)
    except SealBroken:
        return delivery_of(vault, unread(row))


def files(connection: Connection, vault: Vault, states: Sequence[FileState], limit: int) -> list[StoredFile]:
    """List files in these states, newest first."""
    table = T["attachments"]
    query = select(table).where(table.c.state.in_(states)).order_by(table.c.id.desc()).limit(limit)
    return [_file_listed(vault, row) for row in rows(connection, query)]


def _file_listed(vault: Vault, row: RowMapping) -> StoredFile:
    """A file for a list, where one that cannot be opened is seen too."""
    try:
        return file_of(vault, row)
    except SealBroken:
        return file_of(vault, unread(row))


def _opened_between(since: datetime, until: datetime, parties: Sequence[str]) -> ColumnElement[bool]:
    cases = T["cases"].c
    sides = or_(cases.reporting.in_(list(parties)), cases.requested.in_(list(parties))) if parties else true()
    return and_(cases.opened_at >= since, cases.opened_at < until, sides)


def count_cases(
    connection: Connection, since: datetime, until: datetime, parties: Sequence[str], only: CaseFilter
) -> int:
    """Count cases opened in a period, of a corridor and a status where these are given."""
    cases = T["cases"].c
    query = select(func.count()).select_from(T["cases"]).where(_opened_between(since, until, parties))
    if only.corridor:
        query = query.where(cases.corridor == only.corridor)
    if only.status is not None:
        query = query.where(cases.status == only.status.value)
    return connection.execute(query).scalar_one()


def stream_cases(
    connection: Connection, vault: Vault, since: datetime, until: datetime, parties: Sequence[str]
) -> Iterator[list[Case]]:
    """Stream cases opened in a period, oldest first."""
    cases = T["cases"]
    query = select(cases).where(_opened_between(since, until, parties)).order_by(cases.c.opened_at, cases.c.id)
    for chunk in _chunks(connection, query, CASES_A_CHUNK):
        yield whole(connection, vault, chunk)


def last_recorded(connection: Connection) -> datetime | None:
    """The moment of the newest entry of the journal."""
    journal = T["journal"].c
    return connection.execute(select(journal.at).order_by(journal.id.desc()).limit(1)).scalar_one_or_none()


def stream_journal(connection: Connection, vault: Vault, chain: str) -> Iterator[list[Link]]:
    """Stream a chain in order."""
    journal = T["journal"]
    # A moment that somebody made unreadable must not stop the stream: SQLite's comes as the text that it is.
    is_text = connection.dialect.name == "sqlite"
    columns = [type_coerce(c, String).label("at") if is_text and c.name == "at" else c for c in journal.columns]
    query = select(*columns).where(journal.c.chain == chain).order_by(journal.c.sequence)
    for chunk in _chunks(connection, query, LINKS_A_CHUNK):
        yield [link_of(vault, row) for row in chunk]


def _chunks(connection: Connection, query: Select[Any], size: int) -> Iterator[Any]:
    with connection.execute(query, execution_options={"yield_per": size}) as result:
        yield from result.mappings().partitions(size)


def chains(connection: Connection) -> list[str]:
    """Name the chains that have entries or a stored head."""
    return sorted(connection.execute(union(select(T["chain_heads"].c.chain), select(T["journal"].c.chain))).scalars())


def heads(connection: Connection) -> dict[str, Head]:
    """The stored head of each chain."""
    table = T["chain_heads"].c
    return {chain: Head(*head) for chain, *head in connection.execute(select(table.chain, table.sequence, table.hash))}


def counts(connection: Connection, now: datetime) -> Counts:
    """Count for metrics."""
    inbox, outbox_table, cases, deadlines = (T[name] for name in ("inbox", "outbox", "cases", "deadlines"))
    undone = select(inbox.c.state, func.count()).where(text("state <> 'done'")).group_by(inbox.c.state)
    by_state = _pairs(connection, undone)
    done = connection.execute(select(func.count()).select_from(inbox)).scalar_one() - sum(by_state.values())
    opened = select(cases.c.urgency, cases.c.status, func.count()).where(IS_OPEN).group_by("urgency", "status")
    overdue = and_(deadlines.c.next_at <= now, deadlines.c.state == "running")
    return Counts(
        inbox={**by_state, "done": done} if done else by_state,
        outbox=_pairs(connection, select(outbox_table.c.state, func.count()).group_by(outbox_table.c.state)),
        cases={(urgency, status): number for urgency, status, number in connection.execute(opened)},
        overdue=connection.execute(select(func.count()).select_from(deadlines).where(overdue)).scalar_one(),
    )


def _pairs(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
