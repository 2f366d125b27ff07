"""One-time links about a hand-off; what somebody claims by one of a mail, and which file is the scan of its letter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("claimed_at", Moment))
    op.add_column("handoffs", sa.Column("letter_file", Id))
    op.create_table(
        "handoff_links",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("handoff_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_handoff_links"),
    )
    op.create_index("ix_handoff_links_person_id", "handoff_links", ["person_id"])
