"""Finds cases that may be one, and joins those that are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
#: To a program of the version before, a joined case is closed as a duplicate.
is_addition = True


def upgrade() -> None:
    for column in (sa.Column("joined_to", Id), sa.Column("joined_at", Moment), sa.Column("joins", sa.Text)):
        op.add_column("cases", column)
    op.drop_index("ix_cases_officer_open", "cases")
    where = sa.text("status <> 'closed' OR joined_to IS NOT NULL")
    op.create_index("ix_cases_officer_open", "cases", ["officer", "id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "matches",
        *_ids("older", "younger"),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("found_at", Moment, nullable=False),
        sa.Column("verdict", sa.String, nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("decided_by", Id),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("older", "younger", name="pk_matches"),
        _of_case("matches", "older"),
        _of_case("matches", "younger"),
    )
    op.create_index("ix_matches_younger", "matches", ["younger"])
    op.create_table(
        "looks",
        *_ids("case_id", "stamp"),
        sa.Column("names", sa.Boolean, nullable=False),
        sa.Column("leased_until", Moment),
        sa.PrimaryKeyConstraint("case_id", name="pk_looks"),
        _of_case("looks", "case_id"),
    )
    op.create_table(
        "place_index",
        sa.Column("token", sa.LargeBinary, nullable=False),
        *_ids("case_id"),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("token", "case_id", name="pk_place_index"),
        _of_case("place_index", "case_id"),
    )
    op.create_index("ix_place_index_case_id", "place_index", ["case_id"])
    op.create_index("ix_place_index_token_at", "place_index", ["token", "at"])
    where = sa.text("field = 'names'")
    op.create_index("ix_secure_entries_names", "secure_entries", ["id"], sqlite_where=where, postgresql_where=where)


def _ids(*names: str):
    return [sa.Column(name, Id, autoincrement=False, nullable=False) for name in names]


def _of_case(table: str, column: str):
    return sa.ForeignKeyConstraint([column], ["cases.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")
