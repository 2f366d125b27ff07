"""What a run with kills left behind: what the messengers saw, and what the database holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from bot.delivery.numbered_choices import as_links, as_text
from bot.delivery.window_rules import last_words
from bot.domain.case import Status
from bot.domain.messages import Button, Keyboard
from storage.rows.messages import reply_of
from storage.sealed import unseal
from storage.sql.engines import reading_engine, writing_engine
from storage.sql.limits import USUAL
from storage.sql.statements import WAITING, T
from tests.kit.engines import LEASED
from tests.kit.keys import VAULT

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Words(NamedTuple):
    """A message as it stands in a chat: what tells one from another."""

    chat: str
    text: str
    buttons: tuple[str, ...] = ()
    is_edit: bool = False


def as_stored(words: Words) -> Words:
    """The message as its row has it: below the last that a reply window lets through something is added on its way."""
    text = words.text
    for pings_follow in (True, False):
        text = text.replace(f"\n\n{last_words(pings_follow=pings_follow)}", "")
    return words._replace(text=text)


@dataclass(frozen=True, slots=True)
class Written:
    """A message of an officer; `is_acknowledged`: the webhook answered 200."""

    update_id: str
    message: str  #: ``telegram:7#12``
    is_acknowledged: bool = True
    is_report: bool = True  #: what it says becomes part of a case


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that reached its messenger, in the life of which process."""

    words: Words
    life: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call that brought a message where the answer goes back in the call."""

    update_id: str
    answer: str | None  #: None: it was under way when the process was killed
    life: int = 0


@dataclass(frozen=True, slots=True)
class CaseKept:
    id: int
    reference: str
    opened_at: datetime
    is_alerted: bool = True
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class DeadlineKept:
    id: int
    case_id: int
    kind: str
    due_at: datetime
    pings: int = 0
    next_at: datetime | None = None
    state: str = "running"


@dataclass(frozen=True, slots=True)
class InboxKept:
    id: int
    update_id: str
    state: str = "done"
    case_id: int | None = None
    reply: str = ""  #: what is answered in the call, the first time and again


@dataclass(frozen=True, slots=True)
class OutboxKept:
    id: int
    dedupe_key: str
    words: Words
    state: str = "sent"
    reason: str = ""
    due_at: datetime | None = None  #: since when it could have been sent
    in_call: str = ""  #: as it stands in an answer in the call


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. `settled_at`: everything that was due before had its time."""

    settled_at: datetime
    written: tuple[Written, ...] = ()
    sent: tuple[Sent, ...] = ()
    unmarked: tuple[frozenset[int], ...] = ()  #: ids of the outbox rows not known as sent, at each kill
    cases: tuple[CaseKept, ...] = ()
    deadlines: tuple[DeadlineKept, ...] = ()
    inbox: tuple[InboxKept, ...] = ()
    outbox: tuple[OutboxKept, ...] = ()
    effects: tuple[str, ...] = field(default=())  #: messages that answers and texts say they came from
    calls: tuple[Call, ...] = ()
    acts: tuple[tuple[int | None, str], ...] = ()  #: the record: what was done to which case, in its order


@contextlib.contextmanager
def _open(url: str) -> Iterator[Connection]:
    """One look at everything; nothing can be changed by it."""
    engine = reading_engine(url, limits=USUAL.for_long)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def unmarked(url: str) -> frozenset[int]:
    """The outbox rows that the database does not know as sent."""
    outbox = T["outbox"].c
    with _open(url) as connection:
        return frozenset(connection.scalars(select(outbox.id).where(outbox.state.in_(WAITING))))


def age_leases(url: str) -> None:
    """Let all leases be so old that their time is over, as it is half a minute after their process died."""
    engine = writing_engine(url)
    with engine.begin() as connection:
        for name in LEASED:
            leased = T[name].c.leased_until
            connection.execute(T[name].update().where(leased.is_not(None)).values(leased_until=_LONG_AGO))
    engine.dispose()


def unsettled(url: str, before: datetime) -> dict[str, int]:
    """Count what was due before a moment and is not done."""
    deadlines, outbox, inbox = T["deadlines"].c, T["outbox"].c, T["inbox"].c
    undone = {
        "deadlines": (deadlines.state == "running") & (deadlines.next_at < before),
        "messages to send": (outbox.state == "queued") & (func.coalesce(outbox.not_before, outbox.created_at) < before),
        "failed messages": (inbox.state != "done") & (inbox.received_at < before),
    }
    with _open(url) as connection:
        return {
            name: connection.scalar(select(func.count()).where(condition)) or 0 for name, condition in undone.items()
        }


def who_must_write(url: str) -> tuple[str, ...]:
    """The chats that something waits for until their person writes again: the messenger allows none before."""
    outbox = T["outbox"].c
    waits = select(outbox.address).where(outbox.state == "window-closed").distinct().order_by(outbox.address)
    with _open(url) as connection:
        return tuple(connection.scalars(waits))


def read(
    url: str,
    settled_at: datetime,
    written: tuple[Written, ...],
    sent: tuple[Sent, ...],
    kills: tuple[frozenset[int], ...] = (),
) -> Evidence:
    """Read the database of a bridge that has stopped."""
    with _open(url) as connection:

        def rows(table: str) -> Iterator[Any]:
            return iter(connection.execute(select(T[table]).order_by(*T[table].primary_key.columns)).mappings())

        return Evidence(
            settled_at,
            written,
            sent,
            kills,
            tuple(map(_case, rows("cases"))),
            tuple(map(_deadline, rows("deadlines"))),
            tuple(map(_inbox, rows("inbox"))),
            tuple(map(_outbox, rows("outbox"))),
            tuple(row["message"] for table in ("answers", "texts") for row in rows(table)),
            acts=tuple((row["case_id"], row["act"]) for row in _journal(connection)),
        )


def _journal(connection: Connection) -> Iterator[Any]:
    journal = T["journal"]
    return iter(connection.execute(select(journal).order_by(journal.c.chain, journal.c.sequence)).mappings())


def _case(row: Any) -> CaseKept:
    return CaseKept(
        row["id"], row["reference"], row["opened_at"], row["alerted_at"] is not None, row["status"] != Status.CLOSED
    )


def _deadline(row: Any) -> DeadlineKept:
    return DeadlineKept(
        row["id"], row["case_id"], row["kind"], row["due_at"], row["pings"], row["next_at"], row["state"]
    )


def _inbox(row: Any) -> InboxKept:
    reply = reply_of(VAULT, row["id"], row["sealed_reply"])
    return InboxKept(row["id"], row["external_id"], row["state"], row["case_id"], reply)


def _outbox(row: Any) -> OutboxKept:
    said = unseal(VAULT, "outbox", row["id"], row["sealed"])
    text, keyboard = said["text"], tuple(tuple(Button(*button) for button in line) for line in said["buttons"])
    messenger, _, chat = row["address"].partition(":")
    in_call = as_text(text, keyboard)
    if messenger == "wechat":
        text, keyboard = _listed(*as_links(text, keyboard)), ()
    buttons = tuple(button.data for line in keyboard for button in line)
    words = Words(chat, text, buttons, bool(row["replaces"] or row["edits"]))
    return OutboxKept(
        row["id"],
        row["dedupe_key"],
        words,
        row["state"],
        row["reason"],
        row["not_before"] or row["created_at"],
        in_call,
    )


def _listed(text: str, keyboard: Keyboard) -> str:
    """Read links as lines: more than WeChat makes links of come so."""
    return "\n".join([text, *(button.label for line in keyboard for button in line)])
