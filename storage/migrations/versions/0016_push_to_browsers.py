"""Keeps the browsers whose people want to be told when the page is closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("endpoint_hash", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_ok_at", Moment),
        sa.PrimaryKeyConstraint("endpoint_hash", name="pk_push_subscriptions"),
    )
    op.create_index("ix_push_subscriptions_person_id", "push_subscriptions", ["person_id"])
    op.create_index("ix_push_subscriptions_session_hash", "push_subscriptions", ["session_hash"])
