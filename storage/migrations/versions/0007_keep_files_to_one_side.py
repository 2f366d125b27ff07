"""Files that are for the own side only. What there was crosses as before, when the border is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
#: A program of the version before would hand these files to the other side: it must not go on beside this one.
is_addition = False


def upgrade() -> None:
    column = sa.Column("own_side_only", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("attachments", column)
