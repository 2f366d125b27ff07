"""The secure case: entries that point to a person; and to whom a case was given."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secure_entries",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Id, nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("text_id", Id, nullable=True),
        sa.Column("released_at", Moment(), nullable=True),
        sa.Column("released_by", Id, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_secure_entries_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secure_entries")),
    )
    op.create_index("ix_secure_entries_case_id", "secure_entries", ["case_id"], unique=False)
    _make_given()


def _make_given() -> None:
    given = op.create_table(
        "given",
        sa.Column("case_id", Id, autoincrement=False, nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_given_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "reader", name=op.f("pk_given")),
    )
    op.create_index("ix_given_reader", "given", ["reader", "case_id"], unique=False)
    rows = [{"case_id": case_id, "reader": reader} for case_id, reader in sorted(_given())]
    if rows:
        op.bulk_insert(given, rows)


def _given() -> set[tuple[int, str]]:
    """Who has which case by assignment or hand-off, as the program would have written it."""
    connection = op.get_bind()
    handed = connection.execute(sa.text("SELECT case_id, desk FROM handoffs WHERE state <> 'drafted'"))
    given = {(case_id, f"desk:{desk}") for case_id, desk in handed}
    assigned = connection.execute(sa.text("SELECT id, assignees FROM cases WHERE assignees <> '[]'"))
    return given | {(case_id, f"person:{one}") for case_id, all_ in assigned for one in json.loads(all_)}
