"""Cases and what hangs on them, to rows and back. Rows are plain dicts: this is on the way of every message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from bot.agreement import Urgency
from bot.case import (
    Answer,
    Case,
    CaseText,
    Channel,
    ClosureCode,
    Conversation,
    Deadline,
    DeadlineKind,
    DeadlineState,
    Handoff,
    HandoffState,
    Status,
    TextKind,
)
from bot.journal import UNREADABLE, Entry, Link, canonical
from bot.messages import Address

RowDict = dict[str, Any]
#: Columns of `cases` that are the case's own fields under the same name and in the same form.
_SAME = tuple(
    f.name
    for f in fields(Case)
    if f.name
    not in {"place", "status", "urgency", "rules", "alerted_urgency", "assignees", "closure"}
    | {"answers", "deadlines", "handoffs"}
)


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_same_of = attrgetter(*_SAME)


def to_json(value: object) -> str:
    """Compact JSON with every letter as it is."""
    return _encode(value)


def address(text: str) -> Address:
    """Read an address that we wrote."""
    messenger, _, peer = text.partition(":")
    return Address(messenger, peer)


def address_or_none(text: str | None) -> Address | None:
    """Read an address that may be missing."""
    return None if text is None else address(text)


def text_or_none(value: object | None) -> str | None:
    """Write an address or a code that may be missing."""
    return None if value is None else str(value)


def case_row(case: Case) -> RowDict:
    """A case without what hangs on it."""
    row: RowDict = dict(zip(_SAME, _same_of(case), strict=True))
    row["place"] = str(case.place)
    row["status"] = case.status.value
    row["urgency"] = case.urgency.value
    row["rules"] = to_json(case.rules) if case.rules else "[]"
    row["alerted_urgency"] = text_or_none(case.alerted_urgency)
    row["assignees"] = str(list(case.assignees))
    row["closure"] = text_or_none(case.closure)
    row["answers"] = str([answer.id for answer in case.answers.values()])
    return row


def case_of(
    row: RowMapping, answers: Mapping[int, Answer], deadlines: Iterable[Deadline], handoffs: Iterable[Handoff]
) -> Case:
    """A case with its current answers, which are found among `answers` by id."""
    current = [answers[answer_id] for answer_id in json.loads(row["answers"]) if answer_id in answers]
    return Case(
        **{name: row[name] for name in _SAME},
        place=address(row["place"]),
        status=Status(row["status"]),
        urgency=Urgency(row["urgency"]),
        rules=tuple(json.loads(row["rules"])),
        alerted_urgency=None if row["alerted_urgency"] is None else Urgency(row["alerted_urgency"]),
        assignees=tuple(json.loads(row["assignees"])),
        closure=None if row["closure"] is None else ClosureCode(row["closure"]),
        answers={answer.field: answer for answer in current},
        deadlines=tuple(deadlines),
        handoffs=tuple(handoffs),
    )


def answer_row(answer: Answer) -> RowDict:
    """An answer; its value as JSON."""
    return {
        "id": answer.id,
        "case_id": answer.case_id,
        "field": answer.field,
        "value": to_json(answer.value),
        "at": answer.at,
        "by": answer.by,
        "source": answer.source,
        "message": answer.message,
    }


def answer_of(row: RowMapping) -> Answer:
    """An answer; several codes come back as a tuple."""
    value = json.loads(row["value"])
    value = tuple(value) if isinstance(value, list) else value
    return Answer(row["id"], row["case_id"], row["field"], value, row["at"], row["by"], row["source"], row["message"])


def text_row(text: CaseText) -> RowDict:
    """A free text."""
    return {
        "id": text.id,
        "case_id": text.case_id,
        "kind": text.kind.value,
        "text": text.text,
        "at": text.at,
        "by": text.by,
        "party": text.party,
        "own_side_only": text.own_side_only,
        "message": text.message,
        "amends": text.amends,
    }


def text_of(row: RowMapping) -> CaseText:
    """A free text."""
    return CaseText(**{**row, "kind": TextKind(row["kind"])})


def deadline_row(deadline: Deadline) -> RowDict:
    """A deadline; written anew it is nobody's."""
    return {
        "id": deadline.id,
        "case_id": deadline.case_id,
        "kind": deadline.kind.value,
        "due_at": deadline.due_at,
        "next_at": deadline.next_at,
        "state": deadline.state.value,
        "pings": deadline.pings,
        "channel": text_or_none(deadline.channel),
        "snoozed_until": deadline.snoozed_until,
        "settled_at": deadline.settled_at,
        "leased_until": None,
    }


def deadline_of(row: RowMapping) -> Deadline:
    """A deadline."""
    return Deadline(
        id=row["id"],
        case_id=row["case_id"],
        kind=DeadlineKind(row["kind"]),
        due_at=row["due_at"],
        next_at=row["next_at"],
        state=DeadlineState(row["state"]),
        pings=row["pings"],
        channel=None if row["channel"] is None else Channel(row["channel"]),
        snoozed_until=row["snoozed_until"],
        settled_at=row["settled_at"],
    )


def handoff_row(handoff: Handoff) -> RowDict:
    """A hand-off."""
    row = {field.name: getattr(handoff, field.name) for field in fields(Handoff)}
    return {**row, "channel": handoff.channel.value, "state": handoff.state.value}


def handoff_of(row: RowMapping) -> Handoff:
    """A hand-off."""
    return Handoff(**{**row, "channel": Channel(row["channel"]), "state": HandoffState(row["state"])})


def conversation_row(conversation: Conversation) -> RowDict:
    """A conversation; written anew it is nobody's."""
    return {
        "person_id": conversation.person_id,
        "case_id": conversation.case_id,
        "asking": conversation.asking,
        "pending": canonical(conversation.pending),
        "place": text_or_none(conversation.place),
        "updated_at": conversation.updated_at,
        "wakes_at": conversation.wakes_at,
        "version": conversation.version,
        "leased_until": None,
    }


def conversation_of(row: RowMapping) -> Conversation:
    """A conversation."""
    return Conversation(
        person_id=row["person_id"],
        case_id=row["case_id"],
        asking=row["asking"],
        pending=json.loads(row["pending"]),
        place=address_or_none(row["place"]),
        updated_at=row["updated_at"],
        wakes_at=row["wakes_at"],
        version=row["version"],
    )


def link_row(link: Link) -> RowDict:
    """A journal entry in its place."""
    entry = link.entry
    return {
        "id": entry.id,
        "chain": entry.chain,
        "sequence": link.sequence,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "case_id": entry.case_id,
        "address": entry.address,
        "details": None if entry.details is None else canonical(entry.details),
        "salt": entry.salt,
        "previous": link.previous,
        "digest": link.digest,
        "hash": link.hash,
    }


def link_of(row: RowMapping) -> Link:
    """A journal entry in its place."""
    entry = Entry(
        id=row["id"],
        chain=row["chain"],
        at=_moment_of(row["at"]),
        actor=row["actor"],
        act=row["act"],
        case_id=row["case_id"],
        address=row["address"],
        details=_details_of(row["details"]),
        salt=row["salt"],
    )
    # SQLite keeps whatever somebody writes past us: a place that is no number is no place of ours.
    sequence = row["sequence"] if isinstance(row["sequence"], int) else 0
    return Link(entry, sequence, row["previous"], row["digest"], row["hash"])


def _details_of(text: str | None) -> Mapping[str, object] | None:
    """The details; what cannot be read comes back as something that no digest is over, and is found by its check."""
    if text is None:
        return None
    try:
        found: Mapping[str, object] = json.loads(text)
    except ValueError:
        return UNREADABLE
    return found


def _moment_of(value: datetime | str) -> datetime:
    """The moment, which a check of the journal reads as text; one that cannot be read fails that check."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
