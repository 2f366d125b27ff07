"""Seals everything again with the current key, while a bridge may be running, and counts what is under which key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep as wait
from typing import Any

from sqlalchemy import Column, Engine, LargeBinary, Select, Update, and_, bindparam, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import Held, SealBroken, Stale, StorageError
from bot.protection.sealing import PREFIX_BYTES, Vault, key_id, prefix_of
from storage.sealed import SEALED_TABLES, place
from storage.sql.checks import check_keys, forget_others
from storage.sql.engines import reading_engine, writing_engine
from storage.sql.errors import storage_error
from storage.sql.limits import USUAL
from storage.sql.statements import T

_BATCH = 500  #: fields: some 30 milliseconds in which a running bridge waits
#: Seconds between two passes: longer than a running bridge goes on with the key before.
SETTLE = 3.0
_IDLE_PASSES = 5  #: passes that wrote nothing although there was something to write
_BREATH = 0.02  #: seconds between two batches, for a running bridge to write in


@dataclass(slots=True)
class Resealed:
    """What a rotation did."""

    count: int = 0  #: fields that were sealed again
    broken: list[str] = field(default_factory=list)  #: places that do not open with any key


def fields_by_key(url: str) -> Counter[str]:
    """Count the sealed fields by the id of their key; what is not sealed counts under the empty one."""
    counted: Counter[str] = Counter()
    with _opened(reading_engine(url, limits=USUAL.for_long)) as engine, engine.connect() as connection:
        for _, column, _ in _columns():
            query = select(_begins(column).label("begins"), func.count()).where(func.length(column) > 0)
            for prefix, count in connection.execute(query.group_by("begins")):
                counted[key_id(bytes(prefix))] += count
    return counted


def reseal(
    url: str, vault: Vault, advance: Callable[[int], object], *, sleep: Callable[[float], object] = wait
) -> Resealed:
    """Seal again whatever is not under the current key; `advance` hears how many fields are done.

    Each field is written only over the very bytes that were read, so that what a running bridge writes meanwhile
    stays. It ends when two passes, `SETTLE` seconds apart, found nothing. May be killed and called again at any time.
    """
    limits = USUAL.at_leisure
    with (
        _opened(writing_engine(url, "rotation", limits)) as writer,
        _opened(reading_engine(url, "rotation", limits)) as reader,
    ):
        rotation = _Rotation(reader, writer, vault, advance, sleep)
        with writer.begin() as connection:
            check_keys(connection, vault)
        rotation.work_through()
        sleep(SETTLE)
        rotation.work_through()
        with writer.begin() as connection:
            forget_others(connection, vault)
    return rotation.done


@dataclass(frozen=True, slots=True)
class _Rotation:
    """A rotation under way."""

    reader: Engine
    writer: Engine
    vault: Vault
    advance: Callable[[int], object]
    sleep: Callable[[float], object]
    done: Resealed = field(default_factory=Resealed)

    def work_through(self) -> None:
        """Go over everything until nothing is found. Raises `StorageError` when somebody else keeps it locked."""
        idle = 0
        while idle < _IDLE_PASSES:
            before = self.done.count
            if not self._look_through():
                return
            idle = idle + 1 if self.done.count == before else 0
        raise StorageError("Another program keeps the database locked: stop it, then rotate again.")

    def _look_through(self) -> int:
        """One pass over everything; returns how many fields were found under another key and do open."""
        self.done.broken.clear()
        return sum([self._reseal(*each) for each in _columns()])

    def _reseal(self, table: str, column: Column[Any], key: Column[Any]) -> int:
        found = 0
        is_old = and_(_begins(column) != prefix_of(self.vault.current), func.length(column) > 0)
        old = select(key, column).where(is_old).order_by(key).limit(_BATCH)
        rows = self._read(old)
        while rows:
            swaps = [swap for row in rows if (swap := self._again(table, column.name, *row)) is not None]
            self._write(_swap(column, key), swaps)
            found += len(swaps)
            rows = self._read(old.where(key > rows[-1][0]))
        return found

    def _read(self, query: Select[Any]) -> Sequence[Any]:
        with self.reader.connect() as connection:
            return connection.execute(query).all()

    def _again(self, table: str, column: str, key: object, sealed: bytes) -> dict[str, object] | None:
        """One field under the current key; what does not open is noted and left as it is."""
        where = place(table, key, column)
        try:
            plain = self.vault.open(bytes(sealed), where)
        except SealBroken:
            self.done.broken.append(where)
            return None
        return {"row": key, "read": bytes(sealed), "sealed_again": self.vault.seal(plain, where)}

    def _write(self, statement: Update, swaps: list[dict[str, object]]) -> None:
        """Write a batch. Rows that a running bridge changed, or wants at the same moment, are left to the next pass."""
        if not swaps:
            return
        try:
            with self.writer.begin() as connection:
                count = connection.execute(statement, swaps).rowcount
        except SQLAlchemyError as error:
            known = storage_error(error)
            if not (isinstance(known, Stale | Held) or "is locked" in str(getattr(error, "orig", ""))):
                raise known from None
            count = 0
        self.done.count += count
        self.advance(count)
        self.sleep(_BREATH)


def _swap(column: Column[Any], key: Column[Any]) -> Update:
    """The update that writes only over what was read."""
    read, row = bindparam("read", type_=LargeBinary), bindparam("row", type_=key.type)
    sealed = {column.name: bindparam("sealed_again", type_=LargeBinary)}
    return update(column.table).where(key == row, column == read).values(sealed)


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
