"""Alembic's entry: runs the migrations on the connection that `storage.schema` hands over.

The next one is drafted from what the tables say by ``python -m storage.migrations "Add the roster"``.
"""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import BigInteger, String

from storage.sql import statements
from storage.types import Moment


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our types by their names."""
    if kind != "type":
        return False
    if isinstance(item, Moment):
        return "Moment()"
    if isinstance(item, BigInteger):
        return "Id"
    return "sa.String()" if isinstance(item, String) and type(item).__module__.startswith("sqlmodel") else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=statements.SCHEMA,
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
