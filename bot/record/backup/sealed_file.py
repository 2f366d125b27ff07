"""A backup as a file: encrypted while it is written, read back whole, and put in its place only then."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bot.domain.errors import BridgeError
from bot.record.age import Encrypting, Identity, decrypting
from bot.record.atomic_files import new_file, sync, sync_folder
from bot.record.backup import archive
from bot.record.backup.archive import Manifest

_BROKEN = "The backup could not be encrypted. Nothing was made."


#: Begins to show how far a stretch of work is, by its name and its length in bytes; what it gives is told of each step.
Progress = Callable[[str, int], AbstractContextManager[Callable[[int], object]]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes into a backup."""

    manifest: Manifest
    database: Path | None
    files: Sequence[Path]

    @property
    def size(self) -> int:
        """Bytes, about: some may go while they are read."""
        size = 0
        for path in filter(None, (self.database, *self.files)):
            with suppress(FileNotFoundError):
                size += path.stat().st_size
        return size


def write(part: Path, parts: Parts, recipient: str, progress: Progress) -> str:
    """Write the encrypted file, safe on disk and for its owner only, read all of it back, and return its SHA-256.

    Nothing is left of one that fails. To read it back a second recipient is drawn; its secret half is never written.
    """
    try:
        return _checked(part, parts, recipient, progress)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _checked(part: Path, parts: Parts, recipient: str, progress: Progress) -> str:
    passing, size = Identity.passing(), parts.size
    with progress("Encrypted", size) as advance:
        written = _write(part, parts, [recipient, passing.recipient], advance)
    if sync(part) != written:
        raise BridgeError(f"The disk under {part.parent} does not give back what was written to it. Nothing was made.")
    with progress("Read back", size) as advance, part.open("rb") as file:
        _read_from_disk(file)
        unpack(file, passing, None, advance)
    return written


def _write(part: Path, parts: Parts, recipients: Sequence[str], advance: archive.Advance) -> str:
    file = _Summed(new_file(part))
    sealing = Encrypting(file, recipients, _BROKEN)  # type: ignore[arg-type]  # it asks for nothing but these methods

    def abandon() -> None:
        with suppress(OSError):
            sealing.plain.close()
        sealing.abandon()

    def write_all() -> None:
        archive.write(sealing.plain, parts.manifest, parts.database, parts.files, advance)
        sealing.plain.close()

    try:
        sealing.told(write_all, abandon)
        sealing.finish()
    finally:
        abandon()
    return file.sha256


class _Summed:
    """A file that knows the sum of what was written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()

    def write(self, content: bytes) -> int:
        self._sum.update(content)
        return self._file.write(content)

    def close(self) -> None:
        self._file.close()


def _read_from_disk(file: BinaryIO) -> None:
    """Ask the system to forget what it holds of a file in memory, so that the disk itself is read."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def unpack(file: BinaryIO, identity: Identity, folder: Path | None, advance: archive.Advance) -> Manifest:
    """Decrypt and check all of a backup; with a folder, put its parts there. Raises `BridgeError`."""
    with decrypting(file, identity) as plain:
        return archive.read(plain, folder, advance)


def place(part: Path, target: Path) -> None:
    """Put a finished file where it belongs, in one step."""
    part.replace(target)
    sync_folder(target.parent)
