"""Encrypts an identified export to one age recipient while it is written; nothing plain of it touches the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import pyrage

from bot.domain.errors import BridgeError
from bot.record.export.columns import Row
from bot.record.export.manifest import Manifest
from bot.record.export.writers import STREAMED, Columns

#: Longest text that may be a recipient; longer ones are not looked at.
_LONGEST = 200


def is_recipient(text: str) -> bool:
    """Whether this is an age recipient (X25519) that something can be encrypted to."""
    return len(text) <= _LONGEST and text.isascii() and text.startswith("age1") and _recipient(text) is not None


def _recipient(text: str) -> pyrage.x25519.Recipient | None:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return None


class SealedFile:
    """A case file that reaches the disk as age ciphertext only. Rows go through a pipe, so memory stays flat."""

    def __init__(self, path: Path, columns: Columns, form: str, recipient: str) -> None:
        """Begin the file. Raises `BridgeError` for a recipient that is none."""
        to = _recipient(recipient)
        if to is None:
            raise BridgeError("That is no age recipient: one begins with age1 and is the public half of a key pair.")
        self._disk = _Disk(path.open("wb"))
        outlet, inlet = os.pipe()
        self._error: Exception | None = None
        self._sealing = Thread(target=self._seal, args=(os.fdopen(outlet, "rb"), to), name="age")
        self._sealing.start()
        self._file = STREAMED[form](os.fdopen(inlet, "wb"), columns)

    def _seal(self, plain: BinaryIO, recipient: pyrage.x25519.Recipient) -> None:
        # However it ends the reading end is closed, so that the writer is never left waiting.
        with plain:
            try:
                pyrage.encrypt_io(plain, self._disk, [recipient])
            except Exception as error:  # noqa: BLE001 - it is raised where the file is written
                self._error = error

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._told(lambda: self._file.write(rows))

    def finish(self, manifest: Manifest) -> None:
        """Close the file; it is whole when this returns."""
        self._told(lambda: self._file.finish(manifest))
        self._sealing.join()
        # What the disk refused is looked at as well: the encryption does not pass every error on.
        if self._error is not None or self._disk.error is not None:
            raise self._why()
        self._disk.finish()

    def abandon(self) -> None:
        """Let go of the file; after `finish` this does nothing."""
        self._file.abandon()
        self._sealing.join()
        self._disk.abandon()

    def _told(self, work: Callable[[], None]) -> None:
        """Write into the pipe; when it is broken, say what broke it."""
        try:
            work()
        except BrokenPipeError:
            self.abandon()
            raise self._why() from None

    def _why(self) -> Exception:
        return self._disk.error or BridgeError("The export could not be encrypted. Nothing was made.")


class _Disk:
    """The encrypted file; what the disk says is kept, because the encryption puts it into words of its own."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, content: bytes) -> int:
        try:
            return self._file.write(content)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()

    def finish(self) -> None:
        self._file.close()

    def abandon(self) -> None:
        with suppress(OSError):
            self._file.close()
