"""Cases may be held and purged; messages are found by their case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("held_at", Moment(), nullable=True))
    op.add_column("cases", sa.Column("held_by", Id, nullable=True))
    op.add_column("cases", sa.Column("purged_at", Moment(), nullable=True))
    _make_index("ix_inbox_case_id", "case_id", "case_id IS NOT NULL")
    _make_index("ix_inbox_unassigned", "received_at", "case_id IS NULL AND keep_content")


def _make_index(name: str, column: str, where: str) -> None:
    op.create_index(name, "inbox", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
