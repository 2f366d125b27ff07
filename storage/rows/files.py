"""Files of cases, to rows and back."""

from __future__ import annotations

from dataclasses import fields

from bot.domain.attachments import FileState, StoredFile
from bot.protection.sealing import Vault
from storage.rows.cases import KeptRow, RowDict
from storage.sealed import seal, unseal

#: What the sender and the messenger call it; the rest says nothing about anybody.
_SEALED = ("file_id", "name")
_SAME = tuple(f.name for f in fields(StoredFile) if f.name not in {"state", *_SEALED})


def file_row(vault: Vault, file: StoredFile) -> RowDict:
    """A file; whoever writes it gives it back."""
    sealed = seal(vault, "attachments", file.id, {name: getattr(file, name) for name in _SEALED})
    plain = {name: getattr(file, name) for name in _SAME}
    return {**plain, "sealed": sealed, "state": file.state.value, "leased_until": None}


def file_of(vault: Vault, row: KeptRow) -> StoredFile:
    """A file; without its names when they were purged."""
    names = {"file_id": "", "name": "", **unseal(vault, "attachments", row["id"], row["sealed"])}
    return StoredFile(**{name: row[name] for name in _SAME}, **names, state=FileState(row["state"]))
