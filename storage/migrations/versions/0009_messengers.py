"""Reply windows, access tokens, knocks, and where people cannot be reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply_windows",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("by_tap", sa.Boolean(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("address", "by_tap", name=op.f("pk_reply_windows")),
    )
    op.create_index("ix_reply_windows_closes_at", "reply_windows", ["closes_at"], unique=False)
    _make_index("ix_reply_windows_unasked", "reply_windows", "closes_at", "NOT by_tap AND NOT asked")
    op.create_table(
        "tokens",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tokens")),
    )
    op.add_column("outbox", sa.Column("knock", sa.String(), nullable=False, server_default=sa.text("''")))
    _make_index("ix_outbox_window_closed", "outbox", "address", "state = 'window-closed'")
    op.add_column("bindings", sa.Column("is_reachable", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("invites", sa.Column("person_id", Id, nullable=True))


def _make_index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
