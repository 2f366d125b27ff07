"""Tables of messages, each way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, text
from sqlmodel import Field

from storage.tables.cases import OURS, Row, partial
from storage.types import Id, Moment


class SeenRow(Row, table=True):
    """That a message was stored. Kept for ever; the key is hashed, so that it says nothing about anybody."""

    __tablename__ = "seen"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 -- SQLAlchemy reads it

    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    inbox_id: int = Field(sa_type=Id)  #: where the stored reply is, as long as that row is kept


class MessageRow(Row, table=True):
    """A message that came in."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_place_message_id", "place", "message_id"),
        Index("ix_inbox_sender", "sender", "id"),
        partial("ix_inbox_case_id", "case_id", where="case_id IS NOT NULL"),
        partial("ix_inbox_unassigned", "received_at", where="case_id IS NULL AND keep_content"),
        partial("ix_inbox_undone", "state", "next_attempt_at", where="state <> 'done'"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    messenger: str
    account: str
    external_id: str
    kind: str
    received_at: datetime = Field(sa_type=Moment)
    sender: str | None
    place: str | None
    has_text: bool
    button: str
    tap_id: str
    message_id: str
    reply_to: str
    moved_to: str | None
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: text, coordinates, attachment, sender's name; NULL: none of it
    raw: bytes = Field(sa_type=LargeBinary)  #: sealed
    state: str
    person_id: int | None = Field(sa_type=Id)
    case_id: int | None = Field(sa_type=Id)
    sealed_reply: bytes | None = Field(sa_type=LargeBinary)
    error: str
    attempts: int
    next_attempt_at: datetime | None = Field(sa_type=Moment)
    keep_content: bool
    leased_until: datetime | None = Field(sa_type=Moment)


class OutboxRow(Row, table=True):
    """A message to one recipient, what became of it, and who sends it just now."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("uq_outbox_dedupe_key", "dedupe_key", unique=True),
        Index("ix_outbox_address", "address", "id"),
        Index("ix_outbox_case_id_state", "case_id", "state"),
        partial("ix_outbox_urgent", "priority", "id", where="next_attempt_at IS NOT NULL"),
        partial("ix_outbox_waiting", "address", "id", where="next_attempt_at IS NOT NULL"),
        partial("ix_outbox_in_the_way", "address", "id", where="leased_until IS NOT NULL OR holds"),
        partial("ix_outbox_external_id", "external_id", "address", where="external_id <> ''"),
        partial("ix_outbox_replaces", "replaces", where="replaces <> ''"),
        partial("ix_outbox_window_closed", "address", where="state = 'window-closed'"),
        partial("ix_outbox_pings", "id", "recipient", where="kind = 'ping'"),
        partial("ix_outbox_parked", "id", where="state = 'parked'"),
        partial("ix_outbox_forgotten", "id", where="next_attempt_at IS NULL AND state IN ('queued', 'window-closed')"),
    )

    id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs=OURS)
    dedupe_key: str
    kind: str
    recipient: str
    messenger: str
    address: str
    others: str = Field(sa_type=Text)  #: JSON
    sealed: bytes | None = Field(sa_type=LargeBinary)  #: text and buttons
    priority: int
    case_id: int | None = Field(sa_type=Id)
    deadline_id: int | None = Field(sa_type=Id)
    replaces: str
    edits: str
    reply_to: str
    tap_id: str
    file: str
    created_at: datetime = Field(sa_type=Moment)
    not_before: datetime | None = Field(sa_type=Moment)
    state: str
    attempts: int
    next_attempt_at: datetime | None = Field(sa_type=Moment)
    parts_done: int
    external_id: str
    sent_at: datetime | None = Field(sa_type=Moment)
    seen_at: datetime | None = Field(sa_type=Moment)
    reason: str
    joined: bool
    knock: str
    outcome: str = Field(sa_column_kwargs={"server_default": text("''")})  #: of a phone call
    holds: bool  #: what comes after it at its address waits for its next try
    leased_until: datetime | None = Field(sa_type=Moment)
    leased_by: str | None  #: whose lease it is, or was last


class MovedRow(Row, table=True):
    """That a chat has a new address."""

    __tablename__ = "moved_addresses"

    old: str = Field(primary_key=True)
    new: str
