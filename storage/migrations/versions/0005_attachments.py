"""Files that people leave with cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("messenger", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Id, nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_case_id", "attachments", ["case_id"], unique=False)
    op.create_index(
        "ix_attachments_sha256",
        "attachments",
        ["sha256"],
        unique=False,
        sqlite_where=sa.text("sha256 <> ''"),
        postgresql_where=sa.text("sha256 <> ''"),
    )
    op.create_index(
        "ix_attachments_undone",
        "attachments",
        ["state", "next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state <> 'stored'"),
        postgresql_where=sa.text("state <> 'stored'"),
    )
