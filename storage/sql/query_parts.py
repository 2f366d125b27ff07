"""What the reads of the databases have in common: rows, and words of the partial indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    literal_column,
    select,
    text,
)

from storage.sql.statements import T

#: Written out as the partial indexes have them: with parameters in their place SQLite does not use these.
IS_OPEN = text("status <> 'closed'")
IS_OPEN_OR_LEADS_ON = text("(status <> 'closed' OR joined_to IS NOT NULL)")
R = TypeVar("R")
NOTHING: ColumnElement[str] = literal_column("''")


def rows(
    connection: Connection, query: Select[Any], parameters: Mapping[str, object] | None = None
) -> Sequence[RowMapping]:
    """All rows of a query."""
    return connection.execute(query, parameters).mappings().all()


def each(
    connection: Connection, table: str, column: str, wanted: Iterable[object], make: Callable[[RowMapping], R]
) -> list[R]:
    """What the rows of a table are made into whose column is one of these; asks nothing when none are wanted."""
    keys = list(wanted)
    return [make(row) for row in rows(connection, rows_with(table, column), {"wanted": keys})] if keys else []


@cache
def rows_with(table: str, column: str) -> Select[Any]:
    """The query for all rows of a table whose column is one of ``wanted``, made once: making it costs more than it."""
    return select(T[table]).where(T[table].c[column].in_(bindparam("wanted", expanding=True)))
