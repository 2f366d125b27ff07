"""The first schema: all tables. A snapshot, that stays as it is whatever the tables become."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Column = sa.Column[Any]


class _Index(NamedTuple):
    """An index, perhaps of only those rows that somebody looks for."""

    name: str
    table: str
    columns: tuple[str, ...]
    is_unique: bool = False
    where: str | None = None


def upgrade() -> None:
    for name, parts in _tables().items():
        op.create_table(name, *parts)
    for index in _INDEXES:
        where = None if index.where is None else sa.text(index.where)
        op.create_index(
            index.name,
            index.table,
            list(index.columns),
            unique=index.is_unique,
            sqlite_where=where,
            postgresql_where=where,
        )


def _all(kind: Any, *names: str) -> list[Column]:
    """Columns of one kind that always hold something."""
    return [sa.Column(name, kind, autoincrement=False, nullable=False) for name in names]


def _maybe(kind: Any, *names: str) -> list[Column]:
    return [sa.Column(name, kind, nullable=True) for name in names]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _link(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}", ondelete=ondelete)


def _tables() -> dict[str, tuple[Any, ...]]:
    return {
        "attempts": (
            *_all(sa.String, "key"),
            *_all(sa.Integer, "count"),
            *_all(Moment, "expires_at"),
            _key("attempts", "key"),
        ),
        "cases": (
            *_all(Id, "id"),
            *_all(sa.String, "reference", "corridor", "reporting", "requested"),
            *_all(Id, "officer"),
            *_all(sa.String, "place"),
            *_all(Moment, "opened_at", "clock_from"),
            *_all(sa.Integer, "version", "stage"),
            *_all(sa.String, "status", "urgency"),
            *_all(sa.Text, "rules"),
            *_all(sa.Boolean, "exercise"),
            *_maybe(Moment, "sent_at", "alerted_at", "alerted_requested_at"),
            *_maybe(sa.String, "alerted_urgency"),
            *_all(sa.String, "flagged_country"),
            *_maybe(Moment, "acknowledged_at"),
            *_maybe(Id, "acknowledged_by"),
            *_maybe(Moment, "requested_act_at"),
            *_all(sa.Text, "assignees"),
            *_maybe(Moment, "stood_down_at", "diplomatic_not_needed_at"),
            *_all(sa.Boolean, "border_is_open"),
            *_maybe(Moment, "closed_at"),
            *_maybe(Id, "closed_by"),
            *_maybe(sa.String, "closure"),
            *_maybe(Moment, "held_at"),
            *_maybe(Id, "held_by"),
            *_maybe(Moment, "purged_at"),
            *_all(sa.Text, "answers"),
            _key("cases", "id"),
        ),
        "chain_heads": (
            *_all(sa.String, "chain"),
            *_all(Id, "sequence"),
            *_all(sa.String, "hash"),
            _key("chain_heads", "chain"),
        ),
        "conversations": (
            *_all(Id, "person_id"),
            *_maybe(Id, "case_id"),
            *_all(sa.String, "asking"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_maybe(sa.String, "place"),
            *_maybe(Moment, "updated_at", "wakes_at"),
            *_all(sa.Integer, "version"),
            *_maybe(Moment, "leased_until"),
            _key("conversations", "person_id"),
        ),
        "cursors": (
            *_all(sa.String, "name"),
            *_all(Id, "value"),
            _key("cursors", "name"),
        ),
        "export_orders": (
            *_all(Id, "id", "person_id"),
            *_all(sa.String, "party", "format"),
            *_all(Moment, "since", "until"),
            *_all(sa.String, "recipient"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_maybe(sa.String, "place"),
            *_all(Moment, "asked_at", "expires_at"),
            *_all(sa.String, "state"),
            *_maybe(Id, "decided_by"),
            *_maybe(Moment, "decided_at"),
            _key("export_orders", "id"),
        ),
        "inbox": (
            *_all(Id, "id"),
            *_all(sa.String, "messenger", "account", "external_id", "kind"),
            *_all(Moment, "received_at"),
            *_maybe(sa.String, "sender", "place"),
            *_all(sa.Boolean, "has_text"),
            *_all(sa.String, "button", "tap_id", "message_id", "reply_to"),
            *_maybe(sa.String, "moved_to"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(sa.LargeBinary, "raw"),
            *_all(sa.String, "state"),
            *_maybe(Id, "person_id", "case_id"),
            *_maybe(sa.LargeBinary, "sealed_reply"),
            *_all(sa.String, "error"),
            *_all(sa.Integer, "attempts"),
            *_maybe(Moment, "next_attempt_at"),
            *_all(sa.Boolean, "keep_content"),
            *_maybe(Moment, "leased_until"),
            _key("inbox", "id"),
        ),
        "invites": (
            *_all(Id, "id"),
            *_all(sa.String, "code_hash", "party", "role"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(sa.String, "desk", "corridor"),
            *_all(Moment, "created_at", "expires_at"),
            *_maybe(Moment, "used_at"),
            *_maybe(Id, "used_by", "person_id"),
            _key("invites", "id"),
        ),
        "journal": (
            *_all(Id, "id"),
            *_all(sa.String, "chain"),
            *_all(Id, "sequence"),
            *_all(Moment, "at"),
            *_all(sa.String, "actor", "act"),
            *_maybe(Id, "case_id"),
            *_all(sa.String, "address"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(sa.String, "previous", "digest", "hash"),
            _key("journal", "id"),
        ),
        "key_checks": (
            *_all(sa.String, "key_id"),
            *_all(sa.LargeBinary, "sealed"),
            _key("key_checks", "key_id"),
        ),
        "leases": (
            *_all(sa.String, "name", "owner"),
            *_all(Moment, "expires_at"),
            _key("leases", "name"),
        ),
        "heartbeats": (
            *_all(sa.String, "node"),
            *_all(Moment, "at"),
            *_all(sa.LargeBinary, "padding"),
            _key("heartbeats", "node"),
        ),
        "meta": (
            *_all(sa.String, "key"),
            *_all(Id, "value"),
            _key("meta", "key"),
        ),
        "moved_addresses": (
            *_all(sa.String, "old", "new"),
            _key("moved_addresses", "old"),
        ),
        "outbox": (
            *_all(Id, "id"),
            *_all(sa.String, "dedupe_key", "kind", "recipient", "messenger", "address"),
            *_all(sa.Text, "others"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(sa.Integer, "priority"),
            *_maybe(Id, "case_id", "deadline_id"),
            *_all(sa.String, "replaces", "edits", "reply_to", "tap_id", "file"),
            *_all(Moment, "created_at"),
            *_maybe(Moment, "not_before"),
            *_all(sa.String, "state"),
            *_all(sa.Integer, "attempts"),
            *_maybe(Moment, "next_attempt_at"),
            *_all(sa.Integer, "parts_done"),
            *_all(sa.String, "external_id"),
            *_maybe(Moment, "sent_at", "seen_at"),
            *_all(sa.String, "reason"),
            *_all(sa.Boolean, "joined"),
            *_all(sa.String, "knock"),
            *_all(sa.Boolean, "holds"),
            *_maybe(Moment, "leased_until"),
            *_maybe(sa.String, "leased_by"),
            _key("outbox", "id"),
        ),
        "people": (
            *_all(Id, "id"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(sa.String, "party", "role", "desk", "corridor", "language"),
            *_all(sa.Boolean, "on_duty"),
            *_maybe(Moment, "enrolled_at", "confirmed_at", "revoked_at"),
            _key("people", "id"),
        ),
        "reply_windows": (
            *_all(sa.String, "address"),
            *_all(sa.Boolean, "by_tap"),
            *_all(Moment, "opened_at", "closes_at"),
            *_all(sa.Integer, "left"),
            *_all(sa.Boolean, "asked"),
            *_maybe(Moment, "leased_until"),
            _key("reply_windows", "address", "by_tap"),
        ),
        "seen": (
            *_all(sa.LargeBinary, "key"),
            *_all(Id, "inbox_id"),
            _key("seen", "key"),
        ),
        "sessions": (
            *_all(sa.String, "token_hash"),
            *_all(Id, "person_id"),
            *_all(Moment, "created_at", "expires_at"),
            *_maybe(Moment, "used_at"),
            _key("sessions", "token_hash"),
        ),
        "sign_ins": (
            *_all(sa.String, "token_hash"),
            *_all(Id, "person_id"),
            *_all(Moment, "created_at", "expires_at"),
            _key("sign_ins", "token_hash"),
        ),
        "strangers": (
            *_all(sa.String, "address", "day"),
            *_all(sa.Integer, "answered", "attempts", "wrong_codes"),
            *_maybe(Moment, "blocked_until"),
            _key("strangers", "address"),
        ),
        "tokens": (
            *_all(sa.String, "name"),
            *_all(sa.LargeBinary, "sealed"),
            *_all(Moment, "expires_at"),
            _key("tokens", "name"),
        ),
        "answers": (
            *_all(Id, "id", "case_id"),
            *_all(sa.String, "field"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(Moment, "at"),
            *_all(Id, "by"),
            *_all(sa.String, "source", "message"),
            _link("answers", "case_id", "cases.id"),
            _key("answers", "id"),
        ),
        "attachments": (
            *_all(Id, "id", "case_id"),
            *_all(sa.String, "messenger"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(Moment, "at"),
            *_all(Id, "by"),
            *_all(sa.String, "party"),
            *_all(Id, "size"),
            *_all(sa.String, "sha256", "media_type", "state"),
            *_all(sa.Integer, "attempts"),
            *_maybe(Moment, "next_attempt_at"),
            *_all(sa.String, "reason"),
            *_maybe(Moment, "leased_until"),
            _link("attachments", "case_id", "cases.id"),
            _key("attachments", "id"),
        ),
        "bindings": (
            *_all(sa.String, "address"),
            *_all(Id, "person_id"),
            *_all(sa.Integer, "position"),
            *_all(sa.Boolean, "is_reachable"),
            _link("bindings", "person_id", "people.id"),
            _key("bindings", "address"),
        ),
        "deadlines": (
            *_all(Id, "id", "case_id"),
            *_all(sa.String, "kind"),
            *_all(Moment, "due_at"),
            *_maybe(Moment, "next_at"),
            *_all(sa.String, "state"),
            *_all(sa.Integer, "pings"),
            *_maybe(sa.String, "channel"),
            *_maybe(Moment, "snoozed_until", "settled_at", "leased_until"),
            _link("deadlines", "case_id", "cases.id"),
            _key("deadlines", "id"),
        ),
        "given": (
            *_all(Id, "case_id"),
            *_all(sa.String, "reader"),
            _link("given", "case_id", "cases.id", ondelete="CASCADE"),
            _key("given", "case_id", "reader"),
        ),
        "handoffs": (
            *_all(Id, "id", "case_id"),
            *_all(sa.String, "channel", "state", "desk"),
            *_all(Id, "by"),
            *_all(Moment, "drafted_at"),
            *_maybe(Moment, "sent_at", "accepted_at"),
            *_all(sa.String, "formal_reference"),
            *_maybe(Moment, "returned_at"),
            *_all(sa.String, "letter_reference"),
            *_maybe(Moment, "letter_at"),
            *_maybe(sa.LargeBinary, "sealed"),
            _link("handoffs", "case_id", "cases.id"),
            _key("handoffs", "id"),
        ),
        "secure_entries": (
            *_all(Id, "id", "case_id"),
            *_all(sa.String, "field"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(Moment, "at"),
            *_all(Id, "by"),
            *_all(sa.String, "party"),
            *_all(sa.Integer, "subject"),
            *_all(sa.String, "message"),
            *_maybe(Id, "text_id"),
            *_maybe(Moment, "released_at"),
            *_maybe(Id, "released_by"),
            _link("secure_entries", "case_id", "cases.id"),
            _key("secure_entries", "id"),
        ),
        "texts": (
            *_all(Id, "id", "case_id"),
            *_all(sa.String, "kind"),
            *_maybe(sa.LargeBinary, "sealed"),
            *_all(Moment, "at"),
            *_all(Id, "by"),
            *_all(sa.String, "party"),
            *_all(sa.Boolean, "own_side_only"),
            *_all(sa.String, "message"),
            *_maybe(Id, "amends"),
            _link("texts", "case_id", "cases.id"),
            _key("texts", "id"),
        ),
        "secure_index": (
            *_all(sa.LargeBinary, "token"),
            *_all(Id, "entry_id", "case_id"),
            _link("secure_index", "case_id", "cases.id", ondelete="CASCADE"),
            _link("secure_index", "entry_id", "secure_entries.id", ondelete="CASCADE"),
            _key("secure_index", "token", "entry_id"),
        ),
    }


_INDEXES = (
    _Index("ix_attempts_expires_at", "attempts", ("expires_at",)),
    _Index("ix_cases_officer", "cases", ("officer",)),
    _Index(
        "ix_cases_officer_open",
        "cases",
        (
            "officer",
            "id",
        ),
        where="status <> 'closed'",
    ),
    _Index(
        "ix_cases_opened_at",
        "cases",
        (
            "opened_at",
            "id",
        ),
    ),
    _Index("uq_cases_reference", "cases", ("reference",), is_unique=True),
    _Index("ix_conversations_wakes", "conversations", ("wakes_at",), where="wakes_at IS NOT NULL"),
    _Index(
        "ix_export_orders_party",
        "export_orders",
        (
            "party",
            "id",
        ),
    ),
    _Index("ix_export_orders_waiting", "export_orders", ("expires_at",), where="state = 'waiting'"),
    _Index("ix_inbox_case_id", "inbox", ("case_id",), where="case_id IS NOT NULL"),
    _Index(
        "ix_inbox_place_message_id",
        "inbox",
        (
            "place",
            "message_id",
        ),
    ),
    _Index(
        "ix_inbox_sender",
        "inbox",
        (
            "sender",
            "id",
        ),
    ),
    _Index("ix_inbox_unassigned", "inbox", ("received_at",), where="case_id IS NULL AND keep_content"),
    _Index(
        "ix_inbox_undone",
        "inbox",
        (
            "state",
            "next_attempt_at",
        ),
        where="state <> 'done'",
    ),
    _Index("uq_invites_code_hash", "invites", ("code_hash",), is_unique=True),
    _Index("ix_journal_case_id", "journal", ("case_id",), where="case_id IS NOT NULL"),
    _Index(
        "uq_journal_chain_sequence",
        "journal",
        (
            "chain",
            "sequence",
        ),
        is_unique=True,
    ),
    _Index(
        "ix_outbox_address",
        "outbox",
        (
            "address",
            "id",
        ),
    ),
    _Index(
        "ix_outbox_case_id_state",
        "outbox",
        (
            "case_id",
            "state",
        ),
    ),
    _Index("ix_outbox_urgent", "outbox", ("priority", "id"), where="next_attempt_at IS NOT NULL"),
    _Index("ix_outbox_waiting", "outbox", ("address", "id"), where="next_attempt_at IS NOT NULL"),
    _Index("ix_outbox_in_the_way", "outbox", ("address", "id"), where="leased_until IS NOT NULL OR holds"),
    _Index(
        "ix_outbox_external_id",
        "outbox",
        (
            "external_id",
            "address",
        ),
        where="external_id <> ''",
    ),
    _Index("ix_outbox_parked", "outbox", ("id",), where="state = 'parked'"),
    _Index("ix_outbox_replaces", "outbox", ("replaces",), where="replaces <> ''"),
    _Index("ix_outbox_window_closed", "outbox", ("address",), where="state = 'window-closed'"),
    _Index("uq_outbox_dedupe_key", "outbox", ("dedupe_key",), is_unique=True),
    _Index("ix_reply_windows_closes_at", "reply_windows", ("closes_at",)),
    _Index("ix_reply_windows_unasked", "reply_windows", ("closes_at",), where="NOT by_tap AND NOT asked"),
    _Index("ix_sessions_person_id", "sessions", ("person_id",)),
    _Index("ix_sign_ins_person_id", "sign_ins", ("person_id",)),
    _Index("ix_answers_case_id", "answers", ("case_id",)),
    _Index("ix_answers_message", "answers", ("message",), where="message <> ''"),
    _Index("ix_attachments_case_id", "attachments", ("case_id",)),
    _Index("ix_attachments_sha256", "attachments", ("sha256",), where="sha256 <> ''"),
    _Index(
        "ix_attachments_undone",
        "attachments",
        (
            "state",
            "next_attempt_at",
        ),
        where="state <> 'stored'",
    ),
    _Index("ix_bindings_person_id", "bindings", ("person_id",)),
    _Index("ix_deadlines_case_id", "deadlines", ("case_id",)),
    _Index("ix_deadlines_due", "deadlines", ("next_at",), where="next_at IS NOT NULL"),
    _Index(
        "ix_given_reader",
        "given",
        (
            "reader",
            "case_id",
        ),
    ),
    _Index("ix_handoffs_case_id", "handoffs", ("case_id",)),
    _Index("ix_secure_entries_case_id", "secure_entries", ("case_id",)),
    _Index("ix_texts_case_id", "texts", ("case_id",)),
    _Index("ix_texts_message", "texts", ("message",), where="message <> ''"),
    _Index("ix_secure_index_case_id", "secure_index", ("case_id",)),
    _Index("ix_secure_index_entry_id", "secure_index", ("entry_id",)),
)
