"""Keeps what each recipient was last pinged about a case, and which acknowledgment has lapsed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("lapsed_at", Moment))
    op.add_column("cases", sa.Column("lapsed_by", Id))
    op.add_column("cases", sa.Column("pinged", sa.Text()))
    are_pings = sa.text("kind = 'ping'")
    columns = ["id", "recipient"]
    op.create_index("ix_outbox_pings", "outbox", columns, sqlite_where=are_pings, postgresql_where=are_pings)
