"""Keeps English versions of what people wrote in other languages, and what waits for a machine's draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
#: A program of the version before shows and hands off the words as they were written.
is_addition = True


def upgrade() -> None:
    op.add_column("cases", sa.Column("english", sa.Text))
    op.create_table(
        "english",
        *_ids("id", "case_id", "of"),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("at", Moment, nullable=False),
        *_ids("by"),
        sa.Column("party", sa.String, nullable=False),
        sa.Column("role", sa.String),
        sa.Column("is_machine", sa.Boolean, nullable=False),
        sa.Column("draft", Id),
        sa.PrimaryKeyConstraint("id", name="pk_english"),
        _of_case("english"),
    )
    op.create_index("ix_english_case_id", "english", ["case_id"])
    op.create_table(
        "translations",
        *_ids("id", "case_id"),
        sa.Column("field", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", Moment),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("leased_until", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_translations"),
        _of_case("translations"),
    )
    op.create_index("ix_translations_case_id", "translations", ["case_id"])
    where = sa.text("state = 'waiting'")
    op.create_index(
        "ix_translations_waiting", "translations", ["next_attempt_at"], sqlite_where=where, postgresql_where=where
    )


def _ids(*names: str):
    return [sa.Column(name, Id, autoincrement=False, nullable=False) for name in names]


def _of_case(table: str):
    return sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=f"fk_{table}_case_id", ondelete="CASCADE")
