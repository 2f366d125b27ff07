"""Seals everything again with the current key, while a bridge may be running, and counts what is under which key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep as wait
from typing import Any

from sqlalchemy import Column, Connection, Engine, LargeBinary, Select, and_, bindparam, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import SealBroken, Stale
from bot.sealing import PREFIX_BYTES, Vault, key_id, prefix_of
from storage.sealed import SEALED_TABLES, place
from storage.sql.checks import check_keys, forget_others
from storage.sql.engines import reading_engine, writing_engine
from storage.sql.errors import storage_error
from storage.sql.statements import T

_BATCH = 500  #: fields: some milliseconds in which a running bridge waits
#: Seconds between two passes: longer than a running bridge goes on with the key before.
SETTLE = 3.0


@dataclass(slots=True)
class Resealed:
    """What a rotation did."""

    count: int = 0  #: fields that were sealed again
    broken: list[str] = field(default_factory=list)  #: places that do not open with any key


def fields_by_key(url: str) -> Counter[str]:
    """Count the sealed fields by the id of their key; what is not sealed counts under the empty one."""
    counted: Counter[str] = Counter()
    with _opened(reading_engine(url)) as engine, engine.connect() as connection:
        for _, column, _ in _columns():
            begins = _begins(column)
            query = select(begins, func.count()).where(func.length(column) > 0).group_by(begins)
            for prefix, count in connection.execute(query):
                counted[key_id(bytes(prefix))] += count
    return counted


def reseal(
    url: str, vault: Vault, advance: Callable[[int], object], *, sleep: Callable[[float], object] = wait
) -> Resealed:
    """Seal again whatever is not under the current key; `advance` hears how many fields are done.

    Each field is written only over the very bytes that were read, so that what a running bridge writes meanwhile
    stays. It ends when two passes, `SETTLE` seconds apart, found nothing. May be killed and called again at any time.
    """
    done = Resealed()
    with _opened(writing_engine(url, "rotation")) as writer, _opened(reading_engine(url, "rotation")) as reader:
        with writer.begin() as connection:
            check_keys(connection, vault)
        clean = 0
        while clean < 2:
            done.broken.clear()
            columns = [_Column(name, column, key, vault) for name, column, key in _columns()]
            found = sum([_reseal_column(column, reader, writer, done, advance) for column in columns])
            clean = 0 if found else clean + 1
            if clean < 2:
                sleep(SETTLE)
        with writer.begin() as connection:
            forget_others(connection, vault)
    return done


@dataclass(frozen=True, slots=True)
class _Column:
    """One sealed column of one table, on its way to the current key."""

    table: str
    column: Column[Any]
    key: Column[Any]
    vault: Vault

    def old(self) -> Select[Any]:
        """The next rows in the order of their keys that are not under the current key."""
        is_old = and_(_begins(self.column) != prefix_of(self.vault.current), func.length(self.column) > 0)
        return select(self.key, self.column).where(is_old).order_by(self.key).limit(_BATCH)

    def place(self, key: object) -> str:
        """Where the field of a row is."""
        return place(self.table, key, self.column.name)

    def swap(self) -> Any:
        """The update that writes only over what was read."""
        read, found = bindparam("read", type_=LargeBinary), bindparam("row", type_=self.key.type)
        sealed = {self.column.name: bindparam("sealed_again", type_=LargeBinary)}
        return update(T[self.table]).where(self.key == found, self.column == read).values(sealed)


def _reseal_column(
    column: _Column, reader: Engine, writer: Engine, done: Resealed, advance: Callable[[int], object]
) -> int:
    """One pass over a column; returns how many fields were found under another key and do open."""
    found = 0
    old = column.old()
    while rows := _read(reader, old):
        swaps = [swap for key, sealed in rows if (swap := _again(column, key, bytes(sealed), done)) is not None]
        found += len(swaps)
        count = _write(writer, column, swaps) if swaps else 0
        done.count += count
        advance(count)
        old = column.old().where(column.key > rows[-1][0])
    return found


def _again(column: _Column, key: object, sealed: bytes, done: Resealed) -> dict[str, object] | None:
    """One field under the current key; what does not open is noted and left as it is."""
    where = column.place(key)
    try:
        plain = column.vault.open(sealed, where)
    except SealBroken:
        done.broken.append(where)
        return None
    return {"row": key, "read": sealed, "sealed_again": column.vault.seal(plain, where)}


def _read(reader: Engine, query: Select[Any]) -> Sequence[Any]:
    with reader.connect() as connection:
        return connection.execute(query).all()


def _write(writer: Engine, column: _Column, swaps: list[dict[str, object]]) -> int:
    """Write a batch. Rows that a running bridge changed, or wants at the same moment, are left to the next pass."""
    try:
        with writer.begin() as connection:
            return _swapped(connection, column, swaps)
    except SQLAlchemyError as error:
        known = storage_error(error)
        if isinstance(known, Stale):
            return 0
        raise known from None


def _swapped(connection: Connection, column: _Column, swaps: list[dict[str, object]]) -> int:
    count: int = connection.execute(column.swap(), swaps).rowcount
    return max(count, 0)


def _columns() -> Iterator[tuple[str, Column[Any], Column[Any]]]:
    for sealed in SEALED_TABLES:
        table = T[sealed.name]
        for name in sealed.columns:
            yield sealed.name, table.c[name], table.c[sealed.key]


def _begins(column: Column[Any]) -> Any:
    return func.substr(column, 1, PREFIX_BYTES, type_=LargeBinary)


@contextmanager
def _opened(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    except SQLAlchemyError as error:
        raise storage_error(error) from None
    finally:
        engine.dispose()
