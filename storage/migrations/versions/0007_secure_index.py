"""By what a secure case is found, and whether the border is open to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secure_index",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("entry_id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_secure_index_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["secure_entries.id"], name=op.f("fk_secure_index_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", "entry_id", name=op.f("pk_secure_index")),
    )
    op.create_index("ix_secure_index_case_id", "secure_index", ["case_id"], unique=False)
    op.create_index("ix_secure_index_entry_id", "secure_index", ["entry_id"], unique=False)
    # Of cases from before nobody knows: closed, until somebody writes to them.
    closed = sa.Column("border_is_open", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("cases", closed)
