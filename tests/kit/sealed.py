"""Where sealed values are: in which rows of a database, and in which files of a folder whatever they hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from storage.sql.engines import reading_engine
from storage.sql.statements import SCHEMA

#: The last bytes of a sealed value tell it from any other.
_TAIL = 24


def tails(url: str) -> dict[bytes, str]:
    """The end of every sealed value of a database, and its table."""
    engine = reading_engine(url)
    with engine.connect() as connection:
        rows = [(name, row) for name, t in SCHEMA.tables.items() for row in connection.execute(t.select()).all()]
    engine.dispose()
    values = ((name, bytes(value)) for name, row in rows for value in row if isinstance(value, bytes | memoryview))
    return {value[-_TAIL:]: name for name, value in values if len(value) > _TAIL}


def files_with(folder: Path, some: Iterable[bytes]) -> set[str]:
    """The files that hold one of these ends."""
    contents = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    wanted = list(some)
    return {name for name, content in contents.items() if any(tail in content for tail in wanted)}
