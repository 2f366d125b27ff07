"""Seal what people wrote: plain columns become one sealed column a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Values = dict[str, Any]
_BATCH = 1000
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Moved(NamedTuple):
    """The plain columns of a table, and what is sealed of them."""

    table: str
    plain: tuple[str, ...]
    sealed: Callable[[Any], Values]
    key: str = "id"


def upgrade() -> None:
    vault = op.get_context().config.attributes["vault"]
    op.create_table(
        "key_checks",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_key_checks")),
    )
    _seal_inbox(vault)
    for moved in _MOVED:
        op.add_column(moved.table, sa.Column("sealed", sa.LargeBinary(), nullable=True))
        for row in _rows(moved.table, moved.key, *moved.plain):
            key = getattr(row, moved.key)
            _set(moved.table, moved.key, key, sealed=_seal(vault, moved.table, key, moved.sealed(row)))
        _drop(moved.table, *moved.plain)


def _seal_inbox(vault: Any) -> None:
    op.add_column("inbox", sa.Column("has_text", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("inbox", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("inbox", sa.Column("sealed_reply", sa.LargeBinary(), nullable=True))
    said = ("text", "latitude", "longitude", "attachment", "sender_name")
    for row in _rows("inbox", "id", *said, "raw", "reply"):
        told = {name: value for name in said if (value := getattr(row, name)) not in ("", None)}
        if "attachment" in told:
            told["attachment"] = json.loads(told["attachment"])
        _set(
            "inbox",
            "id",
            row.id,
            has_text=row.text != "",
            sealed=_seal(vault, "inbox", row.id, told) if told else None,
            raw=vault.seal(bytes(row.raw), f"inbox:{row.id}:raw") if row.raw else b"",
            sealed_reply=vault.seal(row.reply.encode(), f"inbox:{row.id}:sealed_reply") if row.reply else None,
        )
    _drop("inbox", *said, "reply")


def _rows(table: str, key: str, *columns: str) -> Iterator[Any]:
    """All rows by their keys, a batch at a time, so that memory stays flat."""
    read = sa.table(table, sa.column(key, _KEY), *(sa.column(name) for name in columns))
    query = sa.select(read).order_by(read.c[key]).limit(_BATCH)
    rows = op.get_bind().execute(query).all()
    while rows:
        yield from rows
        last = getattr(rows[-1], key)
        rows = op.get_bind().execute(query.where(read.c[key] > last)).all()


def _set(table: str, key: str, value: int, **changes: Any) -> None:
    written = sa.table(table, sa.column(key, _KEY), *(sa.column(name) for name in changes))
    op.get_bind().execute(sa.update(written).where(written.c[key] == value).values(changes))


def _drop(table: str, *columns: str) -> None:
    for name in columns:
        op.drop_column(table, name)


def _seal(vault: Any, table: str, key: int, values: Values) -> bytes:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sealed: bytes = vault.seal(text.encode(), f"{table}:{key}:sealed")
    return sealed


def _as_they_are(*columns: str) -> Callable[[Any], Values]:
    return lambda row: {name: getattr(row, name) for name in columns}


_MOVED = (
    Moved("answers", ("value",), lambda row: {"value": json.loads(row.value)}),
    Moved("conversations", ("pending",), lambda row: json.loads(row.pending), key="person_id"),
    Moved("handoffs", ("accepting_officer", "return_reason"), _as_they_are("accepting_officer", "return_reason")),
    Moved("invites", ("name",), _as_they_are("name")),
    Moved("journal", ("details", "salt"), lambda row: {"details": json.loads(row.details), "salt": row.salt}),
    Moved("outbox", ("text", "buttons"), lambda row: {"text": row.text, "buttons": json.loads(row.buttons)}),
    Moved("people", ("name",), _as_they_are("name")),
    Moved("texts", ("text",), _as_they_are("text")),
)
