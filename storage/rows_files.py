"""Files of cases, to rows and back."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import RowMapping

from bot.attachments import FileState, StoredFile
from storage.rows import RowDict

_SAME = tuple(f.name for f in fields(StoredFile) if f.name != "state")


def file_row(file: StoredFile) -> RowDict:
    """A file; whoever writes it gives it back."""
    return {**{name: getattr(file, name) for name in _SAME}, "state": file.state.value, "leased_until": None}


def file_of(row: RowMapping) -> StoredFile:
    """A file."""
    return StoredFile(**{name: row[name] for name in _SAME}, state=FileState(row["state"]))
