"""Keeps shifts, hand-overs between them, and since when somebody said that they are on or off duty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
is_addition = True


def upgrade() -> None:
    op.add_column("people", sa.Column("duty_said_at", Moment))
    op.create_table(
        "shifts",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        *_moments("starts_at", "ends_at"),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
    )
    op.create_index("ix_shifts_person_id", "shifts", ["person_id"])
    op.create_index("ix_shifts_ends_at", "shifts", ["ends_at"])
    op.create_table(
        "hand_overs",
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("person_id", Id, nullable=False),
        *_moments("ends_at", "begun_at"),
        sa.Column("cases", sa.Text(), nullable=False),
        sa.Column("given_at", Moment),
        sa.Column("taken_by", Id),
        sa.Column("taken_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_hand_overs"),
    )
    op.create_index("uq_hand_overs_person_id_ends_at", "hand_overs", ["person_id", "ends_at"], unique=True)


def _moments(*names: str):
    return [sa.Column(name, Moment, nullable=False) for name in names]
