"""How the memory storage reads what a batch touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.domain.case import Answer, Case, CaseText
from bot.domain.messages import Address, Kind
from bot.domain.turn import InboxRow
from bot.ports.storage import Loaded, Scope, Wanted
from storage.batch import is_left
from storage.memory.rows import K, Tables, V, sees
from storage.memory.threads import offered, said_at, threads

OPEN_CASES_OF_A_PERSON = 20
_Message = tuple[Address, str]


def load(tables: Tables, wanted: Wanted) -> Loaded:
    """Read everything that is wanted."""
    conversations = {p: tables.conversations[p] for p in wanted.people if p in tables.conversations}
    replied_to = _found((m for m, _ in wanted.replied_to if m[1]), lambda message: _case_of(tables, message))
    amended = _found(wanted.amended, lambda message: _text_of(tables, message))
    corrected = _found(wanted.amended, lambda message: _answer_of(tables, message))
    case_ids: set[int] = {
        *wanted.cases,
        *(tables.references[r] for r in wanted.references if r in tables.references),
        *(i for named, scope in wanted.named if (i := _within(tables, named, scope)) is not None),
        *(c.case_id for c in conversations.values() if c.case_id is not None),
        *_replied_within(tables, wanted, replied_to),
        *(text.case_id for text in amended.values()),
        *(answer.case_id for answer in corrected.values()),
    }
    for person_id in wanted.people:
        case_ids.update(_open_cases_of(tables, person_id))
    for person_id in wanted.leaving:
        case_ids.update(_work_of(tables, person_id))
    leaving = [tables.people[i] for i in wanted.leaving if i in tables.people]
    return Loaded(
        seen={key: _reply_of(tables, tables.seen[key]) for key in wanted.seen if key in tables.seen},
        conversations=conversations,
        cases={i: current(tables, tables.cases[i]) for i in case_ids if i in tables.cases},
        strangers={a: tables.strangers[a] for a in wanted.strangers if a in tables.strangers},
        invites={i.code_hash: i for i in tables.invites.values() if i.code_hash in wanted.codes or is_left(i, leaving)},
        replied_to=replied_to,
        threads=threads(tables, wanted.replied_to),
        offered=offered(tables, wanted.offered),
        said_at=said_at(tables, wanted.said_at),
        amended=amended,
        amended_answers=corrected,
        orders={i: tables.export_orders[i] for i in wanted.orders if i in tables.export_orders},
    )


def _replied_within(tables: Tables, wanted: Wanted, replied_to: Mapping[_Message, int]) -> Iterator[int]:
    for message, scope in wanted.replied_to:
        if message in replied_to and (found := _within(tables, replied_to[message], scope)) is not None:
            yield found


def _reply_of(tables: Tables, inbox_id: int) -> str:
    row = tables.inbox.get(inbox_id)
    return row.reply if row is not None else ""


def _found(wanted: Iterable[K], find: Callable[[K], V | None]) -> dict[K, V]:
    pairs = ((message, find(message)) for message in wanted if message)
    return {message: value for message, value in pairs if value is not None}


def current(tables: Tables, case: Case) -> Case:
    """The case with those of its current answers that were really stored."""
    answers = {f: tables.answers[a.id] for f, a in case.answers.items() if a.id in tables.answers}
    return replace(case, answers=answers)


def _within(tables: Tables, named: str | int, scope: Scope) -> int | None:
    case_id = tables.references.get(named) if isinstance(named, str) else named
    case = tables.cases.get(case_id) if case_id is not None else None
    return case.id if case is not None and sees(scope, case) else None


def _open_cases_of(tables: Tables, person_id: int) -> list[int]:
    own = (case.id for case in tables.cases.values() if case.officer == person_id and case.is_open)
    return sorted(own, reverse=True)[:OPEN_CASES_OF_A_PERSON]


def _work_of(tables: Tables, person_id: int) -> list[int]:
    return [c.id for c in tables.cases.values() if c.is_open and person_id in (c.officer, *c.assignees)]


def _written(tables: Tables, message: _Message) -> list[InboxRow]:
    place, message_id = message
    return [
        row
        for row in tables.inbox.values()
        if row.message.place == place and row.message.message_id == message_id and row.message.kind is not Kind.BUTTON
    ]


def _case_of(tables: Tables, message: _Message) -> int | None:
    address, external_id = message
    sent = (d.message for d in tables.outbox.values() if d.external_id == external_id)
    ids = [m.case_id for m in sent if m.address == address and m.case_id is not None]
    ids = ids or [row.case_id for row in _written(tables, message) if row.case_id is not None]
    return _newest(ids)


def _newest(ids: Iterable[int]) -> int | None:
    return max(ids, default=None)


def _text_of(tables: Tables, message: str) -> CaseText | None:
    found = (text for text in tables.texts.values() if text.message == message and text.amends is None)
    return min(found, key=lambda text: text.id, default=None)


def _answer_of(tables: Tables, message: str) -> Answer | None:
    found = (answer for answer in tables.answers.values() if answer.message == message)
    return max(found, key=lambda answer: answer.id, default=None)
