"""Answers, texts and hand-offs say whom they are about. What there was is about everybody, as it was meant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answers", sa.Column("subject", sa.Integer(), server_default="0", nullable=False))
    op.add_column("texts", sa.Column("subjects", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("handoffs", sa.Column("covers", sa.String(), server_default=sa.text("''"), nullable=False))
