"""Seal what people wrote: plain columns become one sealed column a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
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
        for rows in _batches(moved.table, moved.key, *moved.plain):
            keys = [getattr(row, moved.key) for row in rows]
            sealed = [_seal(vault, moved.table, key, moved.sealed(row)) for key, row in zip(keys, rows, strict=True)]
            changes = [{"key": key, "sealed": each} for key, each in zip(keys, sealed, strict=True)]
            _write(moved.table, moved.key, changes)
        _drop(moved.table, *moved.plain)


def _seal_inbox(vault: Any) -> None:
    op.add_column("inbox", sa.Column("has_text", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("inbox", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("inbox", sa.Column("sealed_reply", sa.LargeBinary(), nullable=True))
    said = ("text", "latitude", "longitude", "attachment", "sender_name")
    for rows in _batches("inbox", "id", *said, "raw", "reply"):
        _write("inbox", "id", [_sealed_message(vault, row, said) for row in rows])
    _drop("inbox", *said, "reply")


def _sealed_message(vault: Any, row: Any, said: tuple[str, ...]) -> Values:
    told = {name: value for name in said if (value := getattr(row, name)) not in ("", None)}
    if "attachment" in told:
        told["attachment"] = json.loads(told["attachment"])
    return {
        "key": row.id,
        "has_text": row.text != "",
        "sealed": _seal(vault, "inbox", row.id, told) if told else None,
        "raw": vault.seal(bytes(row.raw), f"inbox:{row.id}:raw") if row.raw else b"",
        "sealed_reply": vault.seal(row.reply.encode(), f"inbox:{row.id}:sealed_reply") if row.reply else b"",
    }


def _batches(table: str, key: str, *columns: str) -> Iterator[Sequence[Any]]:
    """All rows by their keys, a batch at a time, so that memory stays flat."""
    read = sa.table(table, sa.column(key, _KEY), *(sa.column(name) for name in columns))
    query = sa.select(read).order_by(read.c[key]).limit(_BATCH)
    rows = op.get_bind().execute(query).all()
    while rows:
        yield rows
        last = getattr(rows[-1], key)
        rows = op.get_bind().execute(query.where(read.c[key] > last)).all()


def _write(table: str, key: str, changes: list[Values]) -> None:
    kinds = {"has_text": sa.Boolean()}  # all others are bytes
    names = [name for name in changes[0] if name != "key"]
    written = sa.table(table, sa.column(key, _KEY), *(sa.column(name) for name in names))
    values = {name: sa.bindparam(f"new_{name}", type_=kinds.get(name, sa.LargeBinary())) for name in names}
    update = sa.update(written).where(written.c[key] == sa.bindparam("row", type_=_KEY)).values(values)
    rows = [{"row": each["key"], **{f"new_{name}": each[name] for name in names}} for each in changes]
    op.get_bind().execute(update, rows)


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
