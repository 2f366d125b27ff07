"""What the auditor looks for every minute is found by indexes of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
#: To a program of the version before nothing changes.
is_addition = True

_FORGOTTEN = "next_attempt_at IS NULL AND state IN ('queued', 'window-closed')"


def upgrade() -> None:
    _partial("ix_cases_open", "cases", ["id"], "status <> 'closed'")
    _partial("ix_deadlines_running", "deadlines", ["case_id", "kind"], "state = 'running' AND next_at IS NOT NULL")
    _partial("ix_outbox_forgotten", "outbox", ["id"], _FORGOTTEN)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
