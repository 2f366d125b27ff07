"""Cases and what hangs on them, to rows and back. Rows are plain dicts: this is on the way of every message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from bot.domain.agreement import Urgency
from bot.domain.case import (
    Answer,
    Case,
    CaseText,
    Channel,
    ClosureCode,
    Deadline,
    DeadlineKind,
    DeadlineState,
    Handoff,
    HandoffState,
    RefusalCode,
    Status,
    TextKind,
    Value,
)
from bot.domain.english import English
from bot.domain.fields import UNKNOWN, field, is_field
from bot.domain.guarded import Guarded
from bot.domain.joint_operation import Plan
from bot.domain.last_ping import LastPing
from bot.domain.messages import Address
from bot.domain.policies import Policies
from bot.domain.referral import Referral
from bot.domain.secure_entry import SecureEntry, SecureField
from bot.domain.subjects import all_current
from bot.protection.sealing import Vault
from bot.protection.secure_access import SearchKey, keys_of
from storage.sealed import seal, unseal

RowDict = dict[str, Any]
KeptRow = RowMapping | RowDict  #: as it was read, or made of what was read
#: Columns of `cases` that are the case's own fields under the same name and in the same form.
_SAME = tuple(
    f.name
    for f in fields(Case)
    if f.name
    not in {"place", "status", "urgency", "rules", "alerted_urgency", "assignees", "liaisons", "closure", "joins"}
    | {"answers", "apart", "english", "deadlines", "handoffs", "referrals", "plans", "policies", "pinged", "is_partial"}
)


#: Names and reasons of a hand-off that are sealed.
_SEALED_OF_HANDOFF = (
    "accepting_officer", "return_reason", "withdraw_reason", "delivered_to", "claimed_reference", "claimed_officer",
)  # fmt: skip

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
_same_of = attrgetter(*_SAME)


def to_json(value: object) -> str:
    """Compact JSON with every letter as it is."""
    return _encode(value)


def unread(row: RowMapping) -> RowDict:
    """A row whose sealed words nobody asks for, or that do not open."""
    return {**row, "sealed": None}


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
    row["joins"] = str(list(case.joins)) if case.joins else None
    row["english"] = str([version.id for version in case.english.values()]) if case.english else None
    row["liaisons"] = str(list(case.liaisons)) if case.liaisons else None
    row["pinged"] = _pinged_column(case.pinged) if case.pinged else None
    row["referrals"], row["plans"] = len(case.referrals), len(case.plans)
    row["policies"] = None if case.policies is None else case.policies.digest
    row["answers"] = str(list(all_current(case)) if case.apart else [answer.id for answer in case.answers.values()])
    return row


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on a case, by its tables."""

    answers: Mapping[int, Answer]  #: by id, also those that are not current any more
    deadlines: Iterable[Deadline] = ()
    handoffs: Iterable[Handoff] = ()
    referrals: Iterable[Referral] = ()
    plans: Iterable[Plan] = ()
    english: Mapping[int, English] = dataclass_field(
        default_factory=dict
    )  #: by id, also those that are not current any more
    policies: Policies | None = None


def case_of(row: RowMapping, hanging: Hanging) -> Case:
    """A case with its current answers and English versions, which are found by id, and all else that hangs on it."""
    answers = hanging.answers
    current = [answers[answer_id] for answer_id in json.loads(row["answers"]) if answer_id in answers]
    apart: dict[int, dict[str, Answer]] = {}
    for answer in current:
        if answer.subject:
            apart.setdefault(answer.subject, {})[answer.field] = answer
    return Case(
        **{name: row[name] for name in _SAME},
        place=address(row["place"]),
        status=Status(row["status"]),
        urgency=Urgency(row["urgency"]),
        rules=tuple(json.loads(row["rules"])),
        alerted_urgency=None if row["alerted_urgency"] is None else Urgency(row["alerted_urgency"]),
        assignees=tuple(json.loads(row["assignees"])),
        closure=None if row["closure"] is None else ClosureCode(row["closure"]),
        joins=tuple(json.loads(row["joins"] or "[]")),
        answers={answer.field: answer for answer in current if not answer.subject},
        apart=apart,
        english={
            version.of: version for each in json.loads(row["english"] or "[]") if (version := hanging.english.get(each))
        },
        liaisons=tuple(json.loads(row["liaisons"] or "[]")),
        pinged=_pinged_in(row["pinged"]) if row["pinged"] else {},
        deadlines=tuple(hanging.deadlines),
        handoffs=tuple(hanging.handoffs),
        referrals=tuple(hanging.referrals),
        plans=tuple(hanging.plans),
        policies=hanging.policies,
    )


def _pinged_column(pinged: Mapping[str, LastPing]) -> str:
    return to_json({name: (last.key, _text_of_moment(last.at), text_or_none(last.place),
                           _text_of_moment(last.quiet_until)) for name, last in pinged.items()})  # fmt: skip


def _pinged_in(column: str) -> dict[str, LastPing]:
    kept = json.loads(column)
    return {name: LastPing(key, _moment_in(at), address_or_none(place), _moment_in(until))
            for name, (key, at, place, until) in kept.items()}  # fmt: skip


def _text_of_moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment_in(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def answer_row(vault: Vault, answer: Answer) -> RowDict:
    """An answer; its value is sealed."""
    return {
        "id": answer.id,
        "case_id": answer.case_id,
        "field": answer.field,
        "sealed": seal(vault, "answers", answer.id, {"value": _opened(answer.value)}),
        "at": answer.at,
        "by": answer.by,
        "source": answer.source,
        "message": answer.message,
        "subject": answer.subject,
    }


def answer_of(vault: Vault, row: RowMapping) -> Answer:
    """An answer; several codes come back as a tuple, one that was purged as an empty text."""
    value = _guarded(row["field"], unseal(vault, "answers", row["id"], row["sealed"]).get("value", ""))
    return Answer(
        row["id"],
        row["case_id"],
        row["field"],
        value,
        row["at"],
        row["by"],
        row["source"],
        row["message"],
        row["subject"],
    )


def _opened(value: Value) -> object:
    return value.reveal() if isinstance(value, Guarded) else value


def _guarded(field_id: str, value: Any) -> Value:
    """The value as the core knows it: several codes are a tuple, a free text is guarded."""
    if isinstance(value, str) and value != UNKNOWN and is_field(field_id) and not field(field_id).coded:
        return Guarded(value)
    return tuple(value) if isinstance(value, list) else value


def text_row(vault: Vault, text: CaseText) -> RowDict:
    """A free text."""
    return {
        "id": text.id,
        "case_id": text.case_id,
        "kind": text.kind.value,
        "sealed": seal(vault, "texts", text.id, {"text": text.text.reveal()}),
        "at": text.at,
        "by": text.by,
        "party": text.party,
        "own_side_only": text.own_side_only,
        "message": text.message,
        "amends": text.amends,
        "subjects": numbers_column(text.subjects),
    }


def numbers_column(subjects: Iterable[int]) -> str:
    """Numbers of persons as a column holds them: ``2,47``."""
    return ",".join(map(str, subjects))


def numbers_in(column: str) -> tuple[int, ...]:
    """Numbers of persons as they stand in a column."""
    return tuple(map(int, column.split(","))) if column else ()


def text_of(vault: Vault, row: RowMapping) -> CaseText:
    """A free text; empty when it was purged."""
    values = {**row, "kind": TextKind(row["kind"]), "subjects": numbers_in(row["subjects"])}
    text = unseal(vault, "texts", row["id"], values.pop("sealed")).get("text", "")
    return CaseText(**values, text=Guarded(text))


def secure_row(vault: Vault, entry: SecureEntry) -> RowDict:
    """An entry of the secure case."""
    row = {field.name: getattr(entry, field.name) for field in fields(SecureEntry) if field.name != "value"}
    sealed = seal(vault, "secure_entries", entry.id, {"value": entry.value.reveal()})
    return {**row, "field": entry.field.value, "sealed": sealed}


def secure_of(vault: Vault, row: RowMapping) -> SecureEntry:
    """An entry of the secure case; empty when it was purged."""
    values = {**row, "field": SecureField(row["field"])}
    value = unseal(vault, "secure_entries", row["id"], values.pop("sealed")).get("value", "")
    return SecureEntry(**values, value=Guarded(value))


def secure_mark_of(row: RowMapping) -> SecureEntry:
    """That there is an entry of the secure case, without what it says."""
    return SecureEntry(**{**row, "field": SecureField(row["field"]), "value": Guarded("")})


def found_by(entry: SecureEntry) -> set[tuple[SearchKey, str]]:
    """By what an entry of the secure case is found."""
    return set(keys_of(entry, entry.value.reveal()))


def index_rows(entry: SecureEntry, vault: Vault) -> list[RowDict]:
    """The same, as a database keeps it."""
    tokens = {vault.token(key, text) for key, text in found_by(entry)}
    return [{"token": token, "entry_id": entry.id, "case_id": entry.case_id} for token in sorted(tokens)]


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
        "party": deadline.party,
        "promised_at": deadline.promised_at,
        "snoozed_until": deadline.snoozed_until,
        "settled_at": deadline.settled_at,
        "met_by": deadline.met_by,
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
        party=row["party"],
        promised_at=row["promised_at"],
        snoozed_until=row["snoozed_until"],
        settled_at=row["settled_at"],
        met_by=row["met_by"],
    )


def handoff_row(vault: Vault, handoff: Handoff) -> RowDict:
    """A hand-off."""
    row = {field.name: getattr(handoff, field.name) for field in fields(Handoff)}
    sealed = seal(vault, "handoffs", handoff.id, {name: row.pop(name).reveal() for name in _SEALED_OF_HANDOFF})
    coded: RowDict = {
        "channel": handoff.channel.value,
        "state": handoff.state.value,
        "covers": numbers_column(handoff.covers),
    }
    coded["refusal"] = text_or_none(handoff.refusal)
    coded["copies"] = ",".join(handoff.copies)
    return {**row, **coded, "sealed": sealed}


def handoff_of(vault: Vault, row: RowMapping) -> Handoff:
    """A hand-off."""
    values = {**row, "channel": Channel(row["channel"]), "state": HandoffState(row["state"])}
    values["covers"] = numbers_in(row["covers"])
    values["refusal"] = None if row["refusal"] is None else RefusalCode(row["refusal"])
    values["copies"] = tuple(filter(None, row["copies"].split(",")))
    words = unseal(vault, "handoffs", row["id"], values.pop("sealed"))
    return Handoff(**values | {name: Guarded(words.get(name, "")) for name in _SEALED_OF_HANDOFF})
