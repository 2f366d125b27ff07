"""Statements compiled once for one engine; rows go to the driver as plain tuples, with nothing in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler

from storage.rows.cases import RowDict
from storage.types import Moment, aware, moment_to_text

Values = Callable[[RowDict], tuple[object, ...]]


class Prepared:
    """An insert, update or delete that is run for many rows at once."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        names = compiled.positiontup or []
        self._sql = compiled.string
        self._fixed = {name: compiled.params[name] for name in names if not compiled.binds[name].required}
        self._values = _getter(names)
        self._moments = [name for name in dict.fromkeys(names) if isinstance(compiled.binds[name].type, Moment)]
        self._write: Callable[[datetime], object] = moment_to_text if dialect.name == "sqlite" else aware

    def run(self, connection: Connection, rows: Iterable[RowDict]) -> int:
        """Run it for all rows and return how many rows it changed. The dicts are used up."""
        parameters = [self._tuple(row) for row in rows]
        if not parameters:
            return 0
        return connection.exec_driver_sql(self._sql, parameters).rowcount

    def _tuple(self, row: RowDict) -> tuple[object, ...]:
        if self._fixed:
            row.update(self._fixed)
        for name in self._moments:
            if row[name] is not None:
                row[name] = self._write(row[name])
        return self._values(row)


def _getter(names: list[str]) -> Values:
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)
