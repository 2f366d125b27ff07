"""What a run with kills left behind: what the messengers saw, and what the database holds."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from bot.delivery.numbered_choices import as_links, as_text
from bot.domain.messages import Button, Keyboard
from storage.rows.messages import reply_of
from storage.sealed import unseal
from tests.kit.engines import LEASED
from tests.kit.keys import VAULT

_LONG_AGO = "2026-01-01 00:00:00.000000+00:00"


class Words(NamedTuple):
    """A message as it stands in a chat: what tells one from another."""

    chat: str
    text: str
    buttons: tuple[str, ...] = ()
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A message of an officer; `is_acknowledged`: the webhook answered 200."""

    update_id: str
    message: str  #: ``telegram:7#12``
    is_acknowledged: bool = True


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
    created_at: datetime | None = None
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


@contextlib.contextmanager
def _open(database: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def unmarked(database: Path) -> frozenset[int]:
    """The outbox rows that the database does not know as sent."""
    with _open(database) as connection:
        rows = connection.execute("SELECT id FROM outbox WHERE state IN ('queued', 'window-closed')")
        return frozenset(row["id"] for row in rows)


def age_leases(database: Path) -> None:
    """Let all leases be so old that their time is over, as it is half a minute after their process died."""
    with _open(database) as connection, connection:
        for table in LEASED:
            connection.execute(f"UPDATE {table} SET leased_until = ? WHERE leased_until IS NOT NULL", (_LONG_AGO,))


def unsettled(database: Path, before: datetime) -> dict[str, int]:
    """Count what was due before a moment and is not done."""
    moment = before.isoformat(" ", "microseconds")
    queries = {
        "deadlines": "SELECT count(*) FROM deadlines WHERE state = 'running' AND next_at < ?",
        "messages to send": "SELECT count(*) FROM outbox WHERE state = 'queued' AND created_at < ?",
        "failed messages": "SELECT count(*) FROM inbox WHERE state <> 'done' AND received_at < ?",
    }
    with _open(database) as connection:
        return {name: connection.execute(query, (moment,)).fetchone()[0] for name, query in queries.items()}


def read(
    database: Path,
    settled_at: datetime,
    written: tuple[Written, ...],
    sent: tuple[Sent, ...],
    kills: tuple[frozenset[int], ...],
) -> Evidence:
    """Read the database of a bridge that has stopped."""
    effects = "SELECT message FROM answers UNION ALL SELECT message FROM texts"
    with _open(database) as connection:
        return Evidence(
            settled_at,
            written,
            sent,
            kills,
            tuple(map(_case, connection.execute("SELECT * FROM cases"))),
            tuple(map(_deadline, connection.execute("SELECT * FROM deadlines"))),
            tuple(map(_inbox, connection.execute("SELECT * FROM inbox"))),
            tuple(map(_outbox, connection.execute("SELECT * FROM outbox"))),
            tuple(row["message"] for row in connection.execute(effects)),
        )


def _case(row: Any) -> CaseKept:
    opened_at = datetime.fromisoformat(row["opened_at"])
    return CaseKept(row["id"], row["reference"], opened_at, row["alerted_at"] is not None)


def _deadline(row: Any) -> DeadlineKept:
    next_at = datetime.fromisoformat(row["next_at"]) if row["next_at"] else None
    due_at = datetime.fromisoformat(row["due_at"])
    return DeadlineKept(row["id"], row["case_id"], row["kind"], due_at, row["pings"], next_at, row["state"])


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
    created_at = datetime.fromisoformat(row["created_at"])
    return OutboxKept(row["id"], row["dedupe_key"], words, row["state"], row["reason"], created_at, in_call)


def _listed(text: str, keyboard: Keyboard) -> str:
    """Read links as lines: more than WeChat makes links of come so."""
    return "\n".join([text, *(button.label for line in keyboard for button in line)])
