"""How fast the clock of an exercise runs, and since when it may be deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("pace", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("cases", sa.Column("discarded_at", Moment))
