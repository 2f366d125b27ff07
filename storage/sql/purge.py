"""How the databases let go of what is kept no longer, in short transactions that account for themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, func, or_, select, text, true, update

from bot.domain.case import Case
from bot.domain.errors import Stale
from bot.domain.frozen import replace
from bot.domain.journal import Entry
from bot.domain.reference import DRILL
from bot.domain.retention_rules import Cutoffs
from bot.domain.verify_journal import PURGED
from bot.ports.retention import Purge, Purged
from bot.protection.sealing import Vault
from storage.batch import PURGED_FIRST
from storage.rows.cases import RowDict
from storage.sealed import seal, unseal
from storage.sql.apply import write_journal
from storage.sql.statements import CONTENT, UNSENT, Statements, T
from storage.sql.whole_cases import cases_by_id


@dataclass(frozen=True, slots=True)
class Step:
    """The rows of one table that belong to a case: which have something to lose, and what is left of them."""

    table: str
    has_content: Callable[[Any, Purge], ColumnElement[bool]] = lambda _columns, _order: true()
    blank: Mapping[str, Any] = field(default_factory=dict)  #: empty: the rows go
    is_coded: bool = False  #: goes with the whole case only

    def rows(self, order: Purge) -> Any:
        """Name the rows that have something to lose."""
        columns = T[self.table].c
        content = true() if order.is_whole else self.has_content(columns, order)
        return select(columns.id).where(columns.case_id == order.case_id, content)

    def run(self, connection: Connection, order: Purge, limit: int) -> int:
        """Let go of some; returns how many."""
        table = T[self.table]
        found = list(connection.execute(self.rows(order).order_by(table.c.id).limit(limit)).scalars())
        chosen = table.c.id.in_(found)
        if order.is_whole or not self.blank:
            connection.execute(delete(table).where(chosen))
        else:
            connection.execute(update(table).where(chosen).values(**self.blank))
        return len(found)


#: Word for word as the partial index has it, else SQLite does not use it.
_UNASSIGNED = text("inbox.case_id IS NULL AND inbox.keep_content")
_OUTBOX = T["outbox"].c
_WAITS = _OUTBOX.state.in_(UNSENT)
BLANK_MESSAGE: RowDict = {**CONTENT, "place": None, "sealed_reply": None, "keep_content": False}
BLANK_ANSWER: RowDict = {
    "sealed": None,
    "state": case((_WAITS, "dropped"), else_=_OUTBOX.state),
    "reason": case((_WAITS, PURGED_FIRST), else_=_OUTBOX.reason),
    "next_attempt_at": None,
    "leased_until": None,
}
#: Every table of rows that belong to a case, in the order in which they go. A further one is one line.
STEPS = (
    Step("texts", lambda c, _: or_(c.sealed.is_not(None), c.message != ""), {"sealed": None, "message": ""}),
    Step("answers", lambda c, order: c.field.in_(order.free_fields)),
    Step("english"),
    Step("translations"),
    Step("secure_entries"),
    Step("attachments"),
    Step("handoffs", lambda c, _: c.sealed.is_not(None), {"sealed": None}),
    Step("referrals", lambda c, _: c.sealed.is_not(None), {"sealed": None}),
    Step("plans", lambda c, _: c.sealed.is_not(None), {"sealed": None}),
    Step("inbox", lambda c, _: c.keep_content, BLANK_MESSAGE),
    Step("outbox", lambda c, _: c.sealed.is_not(None), BLANK_ANSWER),
    Step("deadlines", is_coded=True),
)


def purgeable(connection: Connection, vault: Vault, cutoffs: Cutoffs, limit: int, after: int) -> list[Case]:
    """List cases of which something is due, by id."""
    cases = T["cases"].c
    is_drill = or_(cases.exercise, cases.reference.startswith(DRILL))
    has_texts = or_(cases.purged_at.is_(None), cases.purged_at < cases.closed_at, cases.purged_at <= cutoffs.tier2)
    is_due = or_(
        and_(is_drill, or_(cases.opened_at <= cutoffs.drills, cases.discarded_at.is_not(None))),
        cases.closed_at <= cutoffs.cases,
        and_(cases.closed_at <= cutoffs.tier2, has_texts),
    )
    found = (
        select(cases.id)
        .where(cases.id > after, is_due, or_(is_drill, ~_leads_to_kept(cutoffs)))
        .order_by(cases.id)
        .limit(limit)
    )
    by_id = cases_by_id(connection, vault, list(connection.execute(found).scalars()))
    return [by_id[case_id] for case_id in sorted(by_id)]


def _leads_to_kept(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Whether a case was joined to one that goes on, or ended not long ago: what it holds belongs to that one."""
    older = T["cases"].alias("older")
    is_kept = or_(older.c.closed_at.is_(None), older.c.closed_at > cutoffs.tier2)
    return exists().where(older.c.id == T["cases"].c.joined_to, is_kept).correlate(T["cases"])


def would_purge(connection: Connection, order: Purge) -> Purged:
    """Count what would go."""
    counted = {step.table: step.rows(order) for step in _steps(order)} | {"journal": _entries(order)}
    queries = {name: select(func.count()).select_from(rows.subquery()) for name, rows in counted.items()}
    numbers = {name: connection.execute(query).scalar_one() for name, query in queries.items()}
    return Purged({name: number for name, number in numbers.items() if number}, version=order.version)


def purge(connection: Connection, statements: Statements, vault: Vault, order: Purge) -> Purged:
    """Let go of some rows of a case, and record it."""
    _hold(connection, order)
    rows: dict[str, int] = {}
    for step in _steps(order):
        rows[step.table] = step.run(connection, order, order.limit - sum(rows.values()))
    entries = _purge_entries(connection, order, order.limit - sum(rows.values()))
    is_done = sum(rows.values()) + entries < order.limit
    version = _settle(connection, order, is_done=is_done)
    counts = {name: number for name, number in rows.items() if number}
    details = {**order.record.told, "case": order.case_id, "entries": entries, "rows": counts}
    if counts or entries or order.is_first:
        write_journal(connection, statements, vault, [replace(order.record, details={**details, "is_done": is_done})])
    if entries:
        counts["journal"] = entries
    return Purged(counts, is_done, version)


def _steps(order: Purge) -> list[Step]:
    return [step for step in STEPS if order.is_whole or not step.is_coded]


def _hold(connection: Connection, order: Purge) -> None:
    """Make sure that nobody changes the case meanwhile, and that it may be purged."""
    cases = T["cases"].c
    query = select(cases.version, cases.held_at).where(cases.id == order.case_id).with_for_update()
    row = connection.execute(query).first()
    if row is None or row.version != order.version or row.held_at is not None:
        raise Stale("The case moved or is on hold.")


def _entries(order: Purge) -> Any:
    journal = T["journal"].c
    is_purgeable = and_(journal.sealed.is_not(None), journal.act.not_in([PURGED, *sorted(order.kept_acts)]))
    return select(journal.id).where(journal.case_id == order.case_id, is_purgeable)


def _purge_entries(connection: Connection, order: Purge, limit: int) -> int:
    journal = T["journal"]
    found = _entries(order).order_by(journal.c.sequence).limit(limit)
    entries = list(connection.execute(found.with_for_update()).scalars())
    connection.execute(update(journal).where(journal.c.id.in_(entries)).values(sealed=None))
    return len(entries)


def _settle(connection: Connection, order: Purge, *, is_done: bool) -> int:
    """Give the case a new version, since what hangs on it changed; take it away when all of it went."""
    cases, conversations = T["cases"], T["conversations"]
    if not is_done:
        connection.execute(update(cases).where(cases.c.id == order.case_id).values(version=order.version + 1))
        return order.version + 1
    about = update(conversations).where(conversations.c.case_id == order.case_id)
    left: RowDict = {"case_id": None} if order.is_whole else {}
    emptied = {"sealed": None, "asking": "", "wakes_at": None, "version": conversations.c.version + 1}
    connection.execute(about.values(**left, **emptied))
    if order.is_whole:
        connection.execute(delete(cases).where(cases.c.id == order.case_id))
        return 0
    places = T["place_index"]
    connection.execute(delete(places).where(places.c.case_id == order.case_id))
    marked = {"version": order.version + 1, "purged_at": order.record.at}
    connection.execute(update(cases).where(cases.c.id == order.case_id).values(**marked))
    return order.version + 1


def unneeded(connection: Connection, contents: Sequence[str], now: datetime) -> list[str]:
    """Name the contents of files that no row names; none while a file is just being fetched."""
    files = T["attachments"].c
    if connection.execute(select(files.id).where(files.leased_until > now).limit(1)).first() is not None:
        return []
    named = set(connection.execute(select(files.sha256).where(files.sha256.in_(contents))).scalars())
    return [content for content in contents if content not in named]


def _unassigned(before: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    inbox, outbox = T["inbox"].c, T["outbox"].c
    received = and_(_UNASSIGNED, inbox.received_at < before)
    is_answer = and_(outbox.case_id.is_(None), outbox.kind == "reply", outbox.sealed.is_not(None))
    return received, and_(is_answer, outbox.created_at < before)


def unassigned(connection: Connection, before: datetime) -> int:
    """Count what belongs to no case."""
    tables = zip(("inbox", "outbox"), _unassigned(before), strict=True)
    return sum(connection.execute(select(func.count(T[name].c.id)).where(old)).scalar_one() for name, old in tables)


def find_unassigned(connection: Connection, before: datetime, limit: int) -> tuple[list[int], list[int]]:
    """Ids of messages and answers about no case; looked for apart, so that no writer waits for a long search."""
    received, answered = _unassigned(before)
    inbox = list(connection.execute(select(T["inbox"].c.id).where(received).limit(limit)).scalars())
    outbox = select(T["outbox"].c.id).where(answered).limit(limit - len(inbox))
    return inbox, list(connection.execute(outbox).scalars())


def purge_unassigned(
    connection: Connection,
    statements: Statements,
    vault: Vault,
    ids: tuple[list[int], list[int]],
    before: datetime,
    record: Entry,
) -> int:
    """Let go of the content of these, and of what waits in old conversations, and record it."""
    for name, some, blank in zip(("inbox", "outbox"), ids, (BLANK_MESSAGE, BLANK_ANSWER), strict=True):
        connection.execute(update(T[name]).where(T[name].c.id.in_(some)).values(**blank))
    talks = T["conversations"]
    is_old = and_(talks.c.updated_at < before, talks.c.sealed.is_not(None), talks.c.wakes_at.is_(None))
    emptied = {"sealed": None, "asking": "", "version": talks.c.version + 1}
    count = len(ids[0]) + len(ids[1]) + connection.execute(update(talks).where(is_old).values(**emptied)).rowcount
    if count:
        details = {**record.told, "count": count}
        write_journal(connection, statements, vault, [replace(record, details=details)])
    return count


def forget_person(
    connection: Connection, statements: Statements, vault: Vault, person_id: int, name: str, record: Entry
) -> None:
    """Put another name in the place of a person's, and end their bindings and their conversation."""
    people, bindings, invites = (T[table] for table in ("people", "bindings", "invites"))
    renamed = seal(vault, "people", person_id, {"name": name})
    connection.execute(update(people).where(people.c.id == person_id).values(sealed=renamed))
    bound, windows = select(bindings.c.address).where(bindings.c.person_id == person_id), T["reply_windows"]
    connection.execute(delete(windows).where(windows.c.address.in_(bound)))
    connection.execute(delete(bindings).where(bindings.c.person_id == person_id))
    is_theirs = or_(invites.c.used_by == person_id, invites.c.person_id == person_id)
    for invite_id in connection.execute(select(invites.c.id).where(is_theirs)).scalars().all():
        sealed = seal(vault, "invites", invite_id, {"name": name})
        connection.execute(update(invites).where(invites.c.id == invite_id).values(sealed=sealed))
    _forget_sender_names(connection, vault, person_id)
    connection.execute(delete(T["conversations"]).where(T["conversations"].c.person_id == person_id))
    for name_of_table in ("shifts", "hand_overs", "push_subscriptions"):
        theirs = T[name_of_table]
        connection.execute(delete(theirs).where(theirs.c.person_id == person_id))
    statements.bump.run(connection, [{"name": "directory"}])
    write_journal(connection, statements, vault, [record])


def _forget_sender_names(connection: Connection, vault: Vault, person_id: int) -> None:
    """Take the name that a messenger showed out of what this person wrote."""
    inbox = T["inbox"]
    written = select(inbox.c.id, inbox.c.sealed).where(inbox.c.person_id == person_id, inbox.c.sealed.is_not(None))
    for row in connection.execute(written).all():
        said = unseal(vault, "inbox", row.id, row.sealed)
        if said.pop("sender_name", ""):
            sealed = seal(vault, "inbox", row.id, said) if said else None
            connection.execute(update(inbox).where(inbox.c.id == row.id).values(sealed=sealed))
