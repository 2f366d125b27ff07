"""Puts files where they belong, safe on disk and readable by their owner only."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

_OWNER_ONLY = 0o600


def new_file(path: Path) -> BinaryIO:
    """Make a file that is for its owner only, whatever the umask says; never over one that is there."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _OWNER_ONLY), "wb")


def sync(path: Path) -> str:
    """Flush a file to the disk, for its owner only, and return its SHA-256."""
    path.chmod(_OWNER_ONLY)
    with path.open("r+b") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
