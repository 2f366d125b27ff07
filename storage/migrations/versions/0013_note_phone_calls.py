"""What became of a phone call, beside the message of the outbox that it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
is_addition = True


def upgrade() -> None:
    op.add_column("outbox", sa.Column("outcome", sa.String(), server_default=sa.text("''"), nullable=False))
