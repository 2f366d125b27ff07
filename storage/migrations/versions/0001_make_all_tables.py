"""The first schema: all tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_cases()
    _make_chain_heads()
    _make_conversations()
    _make_cursors()
    _make_inbox()
    _make_invites()
    _make_journal()
    _make_leases()
    _make_meta()
    _make_moved_addresses()
    _make_outbox()
    _make_people()
    _make_seen()
    _make_sessions()
    _make_sign_ins()
    _make_strangers()
    _make_answers()
    _make_bindings()
    _make_deadlines()
    _make_handoffs()
    _make_texts()


def _make_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("corridor", sa.String(), nullable=False),
        sa.Column("reporting", sa.String(), nullable=False),
        sa.Column("requested", sa.String(), nullable=False),
        sa.Column("officer", Id, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("clock_from", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("alerted_at", Moment(), nullable=True),
        sa.Column("alerted_requested_at", Moment(), nullable=True),
        sa.Column("alerted_urgency", sa.String(), nullable=True),
        sa.Column("alerted_full", sa.Boolean(), nullable=False),
        sa.Column("flagged_country", sa.String(), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by", Id, nullable=True),
        sa.Column("requested_act_at", Moment(), nullable=True),
        sa.Column("assignees", sa.Text(), nullable=False),
        sa.Column("stood_down_at", Moment(), nullable=True),
        sa.Column("diplomatic_not_needed_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("closed_by", Id, nullable=True),
        sa.Column("closure", sa.String(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_officer", "cases", ["officer"], unique=False)
    op.create_index(
        "ix_cases_officer_open",
        "cases",
        ["officer", "id"],
        unique=False,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index("ix_cases_opened_at", "cases", ["opened_at", "id"], unique=False)
    op.create_index("uq_cases_reference", "cases", ["reference"], unique=True)


def _make_chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chain_heads")),
    )


def _make_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("person_id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("asking", sa.String(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=True),
        sa.Column("wakes_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_conversations")),
    )
    op.create_index(
        "ix_conversations_wakes",
        "conversations",
        ["wakes_at"],
        unique=False,
        sqlite_where=sa.text("wakes_at IS NOT NULL"),
        postgresql_where=sa.text("wakes_at IS NOT NULL"),
    )


def _make_cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursors")),
    )


def _make_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("messenger", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("button", sa.String(), nullable=False),
        sa.Column("tap_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("attachment", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.String(), nullable=True),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=True),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment(), nullable=True),
        sa.Column("keep_content", sa.Boolean(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_place_message_id", "inbox", ["place", "message_id"], unique=False)
    op.create_index("ix_inbox_sender", "inbox", ["sender", "id"], unique=False)
    op.create_index(
        "ix_inbox_undone",
        "inbox",
        ["state", "next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )


def _make_invites() -> None:
    op.create_table(
        "invites",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("corridor", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("used_by", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invites")),
    )
    op.create_index("uq_invites_code_hash", "invites", ["code_hash"], unique=True)


def _make_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("sequence", Id, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(
        "ix_journal_case_id",
        "journal",
        ["case_id"],
        unique=False,
        sqlite_where=sa.text("case_id IS NOT NULL"),
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index("uq_journal_chain_sequence", "journal", ["chain", "sequence"], unique=True)


def _make_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _make_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", Id, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )


def _make_moved_addresses() -> None:
    op.create_table(
        "moved_addresses",
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_moved_addresses")),
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("messenger", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("others", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("case_id", Id, nullable=True),
        sa.Column("deadline_id", Id, nullable=True),
        sa.Column("replaces", sa.String(), nullable=False),
        sa.Column("edits", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("tap_id", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment(), nullable=True),
        sa.Column("parts_done", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_address", "outbox", ["address", "id"], unique=False)
    op.create_index("ix_outbox_case_id_state", "outbox", ["case_id", "state"], unique=False)
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_external_id",
        "outbox",
        ["external_id", "address"],
        unique=False,
        sqlite_where=sa.text("external_id <> ''"),
        postgresql_where=sa.text("external_id <> ''"),
    )
    op.create_index(
        "ix_outbox_parked",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_outbox_replaces",
        "outbox",
        ["replaces"],
        unique=False,
        sqlite_where=sa.text("replaces <> ''"),
        postgresql_where=sa.text("replaces <> ''"),
    )
    op.create_index("uq_outbox_dedupe_key", "outbox", ["dedupe_key"], unique=True)


def _make_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("corridor", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("enrolled_at", Moment(), nullable=True),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )


def _make_seen() -> None:
    op.create_table(
        "seen",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("inbox_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seen")),
        sqlite_with_rowid=False,
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"], unique=False)


def _make_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_sign_ins_person_id", "sign_ins", ["person_id"], unique=False)


def _make_strangers() -> None:
    op.create_table(
        "strangers",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("blocked_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_strangers")),
    )


def _make_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Id, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answers_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_case_id", "answers", ["case_id"], unique=False)
    op.create_index(
        "ix_answers_message",
        "answers",
        ["message"],
        unique=False,
        sqlite_where=sa.text("message <> ''"),
        postgresql_where=sa.text("message <> ''"),
    )


def _make_bindings() -> None:
    op.create_table(
        "bindings",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bindings_person_id")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_bindings")),
    )
    op.create_index("ix_bindings_person_id", "bindings", ["person_id"], unique=False)


def _make_deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("pings", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("snoozed_until", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_deadlines_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    op.create_index("ix_deadlines_case_id", "deadlines", ["case_id"], unique=False)
    op.create_index(
        "ix_deadlines_due",
        "deadlines",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _make_handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("by", Id, nullable=False),
        sa.Column("drafted_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("accepted_by", Id, nullable=True),
        sa.Column("accepting_officer", sa.String(), nullable=False),
        sa.Column("formal_reference", sa.String(), nullable=False),
        sa.Column("returned_at", Moment(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("letter_reference", sa.String(), nullable=False),
        sa.Column("letter_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_handoffs_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index("ix_handoffs_case_id", "handoffs", ["case_id"], unique=False)


def _make_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Id, nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("own_side_only", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("amends", Id, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_texts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
    )
    op.create_index("ix_texts_case_id", "texts", ["case_id"], unique=False)
    op.create_index(
        "ix_texts_message",
        "texts",
        ["message"],
        unique=False,
        sqlite_where=sa.text("message <> ''"),
        postgresql_where=sa.text("message <> ''"),
    )
