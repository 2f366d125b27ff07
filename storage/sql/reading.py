"""What the reads of the databases have in common: rows, words of the partial indexes, and what a scope lets see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    text,
)

from bot.ports.reads import Scope
from storage.sql.statements import T

#: Written out as the partial indexes have them: with parameters in their place SQLite does not use these.
IS_OPEN = text("status <> 'closed'")
NOTHING: ColumnElement[str] = literal_column("''")


def rows(
    connection: Connection, query: Select[Any], parameters: Mapping[str, object] | None = None
) -> Sequence[RowMapping]:
    """All rows of a query."""
    return connection.execute(query, parameters).mappings().all()


@cache
def rows_with(table: str, column: str) -> Select[Any]:
    """The query for all rows of a table whose column is one of ``wanted``, made once: making it costs more than it."""
    return select(T[table]).where(T[table].c[column].in_(bindparam("wanted", expanding=True)))


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Whether a case is within a scope, as `bot.protection.permissions.may_see` says of cases in hand."""
    cases = T["cases"].c
    own = cases.officer == scope.person_id
    if not scope.party:
        return own
    is_side = or_(cases.reporting == scope.party, cases.requested == scope.party)
    if scope.sees_party:
        return or_(own, is_side)
    if not scope.reads_as:
        return own
    return or_(own, and_(is_side, was_given(scope)))


def was_given(scope: Scope) -> ColumnElement[bool]:
    """Whether a case was given to one of those whom somebody reads as."""
    cases, given = T["cases"].c, T["given"].c
    found = exists().where(given.case_id == cases.id, given.reader.in_(scope.reads_as))
    return found.correlate(T["cases"])  # by itself it would look only one query out
