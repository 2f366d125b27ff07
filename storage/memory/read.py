"""How the memory storage answers questions: listings, histories, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime

from bot.domain.case import Case, DeadlineState, SecureEntry
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.guarded import Guarded
from bot.domain.journal import Link
from bot.domain.messages import Address
from bot.domain.people import Directory
from bot.ports.storage import Counts, History, Said, Scope
from bot.protection.secure_access import Key
from storage.memory.load import current
from storage.memory.rows import Tables, edited, sees
from storage.rows.cases import found_by
from storage.transcript import EDITED, SHOWN, SPOKEN, transcript_of


def directory(tables: Tables, version: int) -> Directory:
    """Index everybody enrolled."""
    return Directory.of(tables.people.values(), version)


def find_case(tables: Tables, reference: str, scope: Scope) -> Case | None:
    """Find a case in scope."""
    case_id = tables.references.get(reference)
    if case_id is None or not sees(scope, tables.cases[case_id]):
        return None
    return current(tables, tables.cases[case_id])


def in_scope(tables: Tables, scope: Scope, *, open_only: bool, before: int | None) -> list[Case]:
    """List cases in scope, newest first."""
    cases = [
        case
        for case in tables.cases.values()
        if sees(scope, case) and (case.is_open or not open_only) and (before is None or case.id < before)
    ]
    return [current(tables, case) for case in sorted(cases, key=lambda case: case.id, reverse=True)]


def orders_of(tables: Tables, party: str) -> list[IdentifiedOrder]:
    """List a side's orders, newest first."""
    orders = (order for order in tables.export_orders.values() if order.party == party)
    return sorted(orders, key=lambda order: order.id, reverse=True)


def lapsed_orders(tables: Tables, now: datetime) -> list[int]:
    """Name orders whose time is over."""
    lapsed = [order for order in tables.export_orders.values() if order.has_lapsed(now)]
    return [order.id for order in sorted(lapsed, key=lambda order: (order.expires_at, order.id))]


def history(tables: Tables, case_id: int) -> History:
    """Gather what is kept of a case."""
    answers = [answer for answer in tables.answers.values() if answer.case_id == case_id]
    texts = [text for text in tables.texts.values() if text.case_id == case_id]
    deliveries = [d for d in tables.outbox.values() if d.message.case_id == case_id]
    files = [file for file in tables.files.values() if file.case_id == case_id]
    links = [link for link in tables.journal.values() if link.entry.case_id == case_id]
    return History(
        answers=tuple(sorted(answers, key=lambda answer: answer.id)),
        texts=tuple(sorted(texts, key=lambda text: text.id)),
        deliveries=tuple(sorted(deliveries, key=lambda d: d.message.id)),
        journal=tuple(sorted(links, key=lambda link: (link.sequence, link.entry.id))),
        files=tuple(sorted(files, key=lambda file: file.id)),
        secured=tuple(replace(entry, value=Guarded("")) for entry in secure_entries(tables, case_id)),
    )


def secure_entries(tables: Tables, case_id: int) -> list[SecureEntry]:
    """Read the secure case, oldest first."""
    kept = (entry for entry in tables.secure.values() if entry.case_id == case_id)
    return sorted(kept, key=lambda entry: entry.id)


def find_secure(tables: Tables, wanted: tuple[Key, str], scope: Scope) -> list[Case]:
    """Find the cases in whose secure case this reader may find something."""
    found = {
        entry.case_id
        for entry in tables.secure.values()
        if wanted in found_by(entry) and _reads_entry(tables, scope, entry)
    }
    return [current(tables, tables.cases[case_id]) for case_id in sorted(found, reverse=True)]


def _reads_entry(tables: Tables, scope: Scope, entry: SecureEntry) -> bool:
    case, text = tables.cases[entry.case_id], tables.texts.get(entry.text_id or 0)
    if entry.released_at is not None or (text is not None and text.own_side_only and text.party != scope.party):
        return False
    if case.reporting != scope.party and not case.border_is_open:
        return False
    if case.officer == entry.by == scope.person_id:
        return True
    has_it = scope.sees_party or not case.given_to.isdisjoint(scope.reads_as)
    return has_it and scope.party in (case.reporting, case.requested)


def transcript(tables: Tables, addresses: Set[Address], after: int, limit: int) -> list[Said]:
    """Gather the lines of a chat."""
    received = [
        row
        for row in tables.inbox.values()
        if row.id > after and row.message.sender in addresses and row.message.kind in SPOKEN and row.message.text
    ]
    said = [d for d in tables.outbox.values() if d.message.address in addresses and d.state in SHOWN]
    changes = {d.message.id: original for d in said if (original := edited(tables, d)) is not None}
    lines = [d for d in said if d.message.id > after and d.message.id not in changes and d.message.text]
    sent = sorted((d for d in said if d.message.id in changes and d.state in EDITED), key=lambda d: d.message.id)
    edits = {changes[d.message.id].message.id: d for d in sent}
    return transcript_of(received, lines, edits, limit)


def opened_between(tables: Tables, since: datetime, until: datetime, parties: Sequence[str]) -> list[Case]:
    """List cases opened in a period, oldest first."""
    cases = [
        case
        for case in tables.cases.values()
        if since <= case.opened_at < until and (not parties or {case.reporting, case.requested} & set(parties))
    ]
    return [current(tables, case) for case in sorted(cases, key=lambda case: (case.opened_at, case.id))]


def chain(tables: Tables, name: str) -> list[Link]:
    """List a chain in order."""
    return sorted((v for (c, _), v in tables.journal.items() if c == name), key=lambda link: link.sequence)


def counts(tables: Tables, now: datetime) -> Counts:
    """Count for metrics."""
    overdue = [
        d
        for d in tables.deadlines.values()
        if d.state is DeadlineState.RUNNING and d.next_at is not None and d.next_at <= now
    ]
    opened = (case for case in tables.cases.values() if case.is_open)
    return Counts(
        inbox=Counter(row.state.value for row in tables.inbox.values()),
        outbox=Counter(d.state.value for d in tables.outbox.values()),
        cases=Counter((case.urgency.value, case.status.value) for case in opened),
        overdue=len(overdue),
    )
