"""What the memory storage keeps, in tables that can take a failed transaction back. For tests and trials only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from bot.domain.attachments import StoredFile
from bot.domain.case import Answer, Case, CaseText, Conversation, Deadline, SecureEntry
from bot.domain.errors import StorageError
from bot.domain.export_orders import IdentifiedOrder
from bot.domain.journal import Link, canonical
from bot.domain.messages import Address, Delivery
from bot.domain.people import Invite, Person, SignIn, Stranger
from bot.domain.reply_windows import Window
from bot.domain.turn import InboxRow
from bot.ports.messenger_state import Token
from bot.ports.storage import Scope

K = TypeVar("K")
V = TypeVar("V")
_Undo = list[tuple["Rows[object, object]", object, object]]
_MISSING = object()


class Rows(dict[K, V]):
    """A table. While a transaction is open every change notes what was there before."""

    undo: _Undo | None = None

    def __setitem__(self, key: K, value: V) -> None:
        self._note(key)
        super().__setitem__(key, value)

    def __delitem__(self, key: K) -> None:
        self._note(key)
        super().__delitem__(key)

    def drop(self, key: K) -> None:
        """Delete a row if it is there."""
        if key in self:
            del self[key]

    def _note(self, key: K) -> None:
        if self.undo is not None:
            self.undo.append((self, key, self.get(key, _MISSING)))  # type: ignore[arg-type]

    def restore(self, key: K, before: V) -> None:
        """Put back what was there, without a note."""
        if before is _MISSING:
            super().pop(key, None)
        else:
            super().__setitem__(key, before)


class TablesOfMessengers:
    """What messengers' own rules need."""

    def __init__(self) -> None:
        self.windows: Rows[tuple[Address, bool], Window] = Rows()  #: by address, and whether a tap opened it
        self.window_leases: Rows[Address, datetime] = Rows()  #: of the long ones
        self.tokens: Rows[str, Token] = Rows()


class Tables(TablesOfMessengers):
    """All tables of the memory storage."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.min.replace(tzinfo=UTC)  #: the latest moment it was told of
        self.seen: Rows[tuple[str, str, str], int] = Rows()  #: inbox id
        self.inbox: Rows[int, InboxRow] = Rows()
        self.cases: Rows[int, Case] = Rows()
        self.references: Rows[str, int] = Rows()
        self.answers: Rows[int, Answer] = Rows()
        self.texts: Rows[int, CaseText] = Rows()
        self.secure: Rows[int, SecureEntry] = Rows()
        self.files: Rows[int, StoredFile] = Rows()
        self.deadlines: Rows[int, Deadline] = Rows()
        self.conversations: Rows[int, Conversation] = Rows()
        self.outbox: Rows[int, Delivery] = Rows()
        self.dedupe: Rows[str, int] = Rows()
        self.journal: Rows[tuple[str, int], Link] = Rows()  #: by chain and sequence
        self.heads: Rows[str, Link] = Rows()
        self.people: Rows[int, Person] = Rows()
        self.bindings: Rows[Address, int] = Rows()
        self.invites: Rows[int, Invite] = Rows()
        self.strangers: Rows[Address, Stranger] = Rows()
        self.export_orders: Rows[int, IdentifiedOrder] = Rows()
        self.moved: Rows[Address, Address] = Rows()
        self.sign_ins: Rows[str, SignIn] = Rows()
        self.sessions: Rows[str, SignIn] = Rows()
        self.used: Rows[str, datetime] = Rows()  #: when a session was last used
        self.attempts: Rows[str, tuple[int, datetime]] = Rows()  #: count, and end of the window
        self.cursors: Rows[str, int] = Rows()
        self.leases: Rows[str, tuple[str, datetime]] = Rows()
        self.row_leases: Rows[tuple[str, int], datetime] = Rows()  #: by table and id
        self.counters: Rows[str, int] = Rows()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an error in the block takes every change in it back."""
        undo: _Undo = []
        tables = [table for table in vars(self).values() if isinstance(table, Rows)]
        for table in tables:
            table.undo = undo
        try:
            yield
        except BaseException:
            for changed, key, before in reversed(undo):
                changed.restore(key, before)
            raise
        finally:
            for table in tables:
                table.undo = None

    def lease_is_free(self, table: str, key: int, now: datetime) -> bool:
        """Whether nobody holds this row now."""
        until = self.row_leases.get((table, key))
        return until is None or until <= now

    def case(self, case_id: int) -> Case:
        """A stored case; raises StorageError where a row points to none."""
        if case_id not in self.cases:
            raise StorageError("A row belongs to a case that is not stored.")
        return self.cases[case_id]


def edited(tables: Tables, edit: Delivery) -> Delivery | None:
    """The row that this row changes, at the same address; None for what is no edit or edits what we never sent."""
    message = edit.message
    if message.edits:
        sent = (d for d in tables.outbox.values() if d.external_id == message.edits and d.message.id < message.id)
        return min((d for d in sent if d.message.address == message.address), key=lambda d: d.message.id, default=None)
    original = tables.outbox.get(tables.dedupe.get(message.replaces, 0))
    return original if original is not None and original.message.address == message.address else None


def sees(scope: Scope, case: Case) -> bool:
    """Whether a case is within a scope."""
    if case.officer == scope.person_id:
        return True
    is_side = scope.party != "" and scope.party in (case.reporting, case.requested)
    return is_side and (scope.sees_party or not case.given_to.isdisjoint(scope.reads_as))


def as_json(value: Mapping[str, object]) -> Mapping[str, object]:
    """The value as it would come back from a JSON column."""
    found: Mapping[str, object] = json.loads(canonical(value))
    return found
