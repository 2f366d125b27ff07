"""Keeps test rings of the duty desks, and when each desk answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
is_addition = True


def upgrade() -> None:
    op.create_table(
        "rings",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("corridor", sa.String(), nullable=False),
        sa.Column("desks", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment, nullable=False),
        sa.Column("begun_by", Id),
        sa.Column("due_at", Moment),
        sa.Column("told_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_rings"),
    )
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_rings_begun_at", "rings", ["begun_at"])
    op.create_index("ix_rings_due_at", "rings", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)
    op.create_table(
        "ring_answers",
        sa.Column("ring_id", Id, autoincrement=False, nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("ring_id", "desk", name="pk_ring_answers"),
    )
