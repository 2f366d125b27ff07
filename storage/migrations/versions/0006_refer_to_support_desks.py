"""Names liaison officers, keeps plans of joint operations, and refers cases to support desks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("liaisons", sa.Text()))
    for name in ("referrals", "plans"):
        op.add_column("cases", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    _table(
        "referrals",
        *_texts("desk", "party", "state", "ground", "covers"),
        sa.Column("by", Id, nullable=False),
        sa.Column("sent_at", Moment, nullable=False),
        sa.Column("next_at", Moment),
        sa.Column("pings", sa.Integer(), nullable=False),
        sa.Column("answered_at", Moment),
        sa.Column("answered_by", Id),
        sa.Column("withdrawn_at", Moment),
    )
    _table(
        "plans",
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", Id, nullable=False),
        *_texts("party", "where_party"),
        sa.Column("starts_at", Moment),
        sa.Column("where_by", Id),
        sa.Column("confirmations", sa.Text(), nullable=False),
    )


def _texts(*names: str):
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _table(name: str, *columns: sa.Column):
    op.create_table(
        name,
        sa.Column("id", Id, autoincrement=False, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        *columns,
        sa.Column("sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=f"fk_{name}_case_id"),
    )
    op.create_index(f"ix_{name}_case_id", name, ["case_id"])
