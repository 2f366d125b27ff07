"""Alembic's entry: runs the migrations on the connection that `storage.schema` hands over."""

from __future__ import annotations

from alembic import context

from storage import statements

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=statements.SCHEMA, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
