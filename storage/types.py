"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

#: Our 63-bit ids; on SQLite it must be called INTEGER to be the row's own number.
Id = BigInteger().with_variant(Integer(), "sqlite")


def aware(moment: datetime) -> datetime:
    """The moment itself; a naive one is refused."""
    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone cannot be stored")
    return moment


@lru_cache(1024)  # most moments of a batch are the same
def moment_to_text(moment: datetime) -> str:
    """Write a moment as SQLite keeps it: UTC and of one width, so that texts sort as moments do."""
    if moment.tzinfo is not UTC:
        moment = aware(moment).astimezone(UTC)
    return moment.isoformat(" ", "microseconds")


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment, in and out, on both engines. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str] | TypeEngine[datetime]:
        """Text on SQLite, ``timestamptz`` elsewhere."""
        return String(32) if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse what is naive and write it as the engine keeps it."""
        if value is None:
            return None
        return moment_to_text(value) if dialect.name == "sqlite" else aware(value)

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it back as aware UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)
