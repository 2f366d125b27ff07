"""A case file with names, which reaches the disk encrypted to one age recipient only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.record.age import Encrypting
from bot.record.export.columns import Row
from bot.record.export.file_form import Columns, FileForm
from bot.record.export.manifest import Manifest
from bot.record.export.writers import STREAMED


class SealedFile:
    """A case file that reaches the disk as age ciphertext only. Rows go through a pipe, so memory stays flat."""

    def __init__(self, path: Path, columns: Columns, form: str, recipient: str, how: FileForm) -> None:
        """Begin the file. Raises `BridgeError` for a recipient that is none."""
        self._sealing = Encrypting(path.open("wb"), [recipient], "The export could not be encrypted. Nothing was made.")
        self._file = STREAMED[form](self._sealing.plain, columns, how)

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._sealing.told(lambda: self._file.write(rows), self.abandon)

    def finish(self, manifest: Manifest) -> None:
        """Close the file; it is whole when this returns."""
        self._sealing.told(lambda: self._file.finish(manifest), self.abandon)
        self._sealing.finish()

    def abandon(self) -> None:
        """Let go of the file; after `finish` this does nothing."""
        self._file.abandon()
        self._sealing.abandon()
