"""Lets a hand-off be withdrawn, and names the desks in copy; says of a deadline who owes it, and who will be late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("copies", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("handoffs", sa.Column("owner", Id))
    op.add_column("handoffs", sa.Column("refusal", sa.String()))
    op.add_column("deadlines", sa.Column("party", sa.String(), server_default=sa.text("''"), nullable=False))
    for table, name in (
        ("handoffs", "withdrawn_at"),
        ("handoffs", "stopped_at"),
        ("handoffs", "delivered_at"),
        ("deadlines", "promised_at"),
        ("cases", "reminded_at"),
    ):
        op.add_column(table, sa.Column(name, Moment))
