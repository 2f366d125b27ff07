"""Values to store, as short to write as the tests need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.domain.case import Answer, Case, Deadline, DeadlineKind
from bot.domain.conversation import Conversation
from bot.domain.journal import Entry
from bot.domain.messages import Address, Inbound, Kind, Outgoing, OutgoingKind
from bot.domain.people import Person, Role
from bot.domain.turn import InboxRow, Turn
from tests.kit.clock import START

_ids = count(1000)
OFFICER = 1
DUTY = 2
OFFICERS_CHAT = Address("telegram", "501")
DESKS_GROUP = Address("telegram", "-1001")


def new_id() -> int:
    return next(_ids)


def inbound(text: str = "she is locked in", **changes: Any) -> Inbound:
    number = str(new_id())
    message = Inbound(
        "telegram", "bot1", number, Kind.TEXT, START, OFFICERS_CHAT, OFFICERS_CHAT, text=text, message_id=number
    )
    return replace(message, **changes)


def inbox(message: Inbound | None = None, **changes: Any) -> InboxRow:
    return replace(InboxRow(new_id(), message or inbound(), person_id=OFFICER), **changes)


def deadline(case_id: int, kind: DeadlineKind = DeadlineKind.ACKNOWLEDGE, minutes: int = 15) -> Deadline:
    due = START + timedelta(minutes=minutes)
    return Deadline(new_id(), case_id, kind, due, due)


def case(**changes: Any) -> Case:
    """A new case of the officer, with an acknowledge and a police deadline."""
    number = new_id()
    opened = Case(
        id=number,
        reference=f"KC26-{number}-X",
        corridor="KC",
        reporting="KH",
        requested="CN",
        officer=OFFICER,
        place=OFFICERS_CHAT,
        opened_at=START,
        clock_from=START,
        deadlines=(deadline(number), deadline(number, DeadlineKind.POLICE, 60)),
    )
    return replace(opened, **changes)


def opening(case: Case, **changes: Any) -> Turn:
    """The turn that stores a new case."""
    return replace(Turn(cases=(case,), new_cases=frozenset([case.id])), **changes)


def step(before: Case, **changes: Any) -> Case:
    """The next version of a case."""
    return replace(before, version=before.version + 1, **changes)


def answered(before: Case, field: str, value: Any, **changes: Any) -> Turn:
    """A turn that answers one field."""
    answer = Answer(new_id(), before.id, field, value, START, OFFICER, **changes)
    after = step(before, answers={**before.answers, field: answer})
    return Turn(cases=(after,), answers=(answer,))


def conversation(version: int = 1, **changes: Any) -> Conversation:
    return replace(Conversation(OFFICER, version=version, updated_at=START), **changes)


def message(key: str = "", **changes: Any) -> Outgoing:
    number = new_id()
    sent = Outgoing(
        number,
        key or f"reply:{number}",
        OutgoingKind.REPLY,
        "person:1",
        OFFICERS_CHAT,
        text="Where is she?",
        created_at=START,
    )
    return replace(sent, **changes)


def entry(act: str = "ack", chain: str = "KC", **changes: Any) -> Entry:
    return replace(Entry(new_id(), chain, START, "person:2", act, details={"why": act}, salt="5a17"), **changes)


def person(number: int = OFFICER, *addresses: Address, **changes: Any) -> Person:
    someone = Person(number, f"Person {number}", "KH", Role.OFFICER, enrolled_at=START, addresses=addresses)
    return replace(someone, **changes)
