"""Whether the files that an open SQLite database writes to are still those at their path. Looks only.

To open and close the database or its shared memory here would drop the locks that SQLite holds on them in this process.
"""

from __future__ import annotations

from pathlib import Path

#: The log, and the memory that processes share: without either what was committed is lost or misread.
_LOG, _SHARED = "-wal", "-shm"
_BESIDE = (_LOG, _SHARED)
_MAGIC = b"\x37\x7f\x06"  #: what a log begins with
_Identity = tuple[int, int]  #: device and inode


class WatchedFiles:
    """The files of a database as they were when it was opened."""

    def __init__(self, file: Path) -> None:
        """Note which files they are."""
        self._paths = (file, *(file.with_name(file.name + end) for end in _BESIDE))
        self._known = {path: _identity(path) for path in self._paths}

    def lost(self) -> str:
        """Name the first file that was removed, replaced or emptied; nothing when all are there."""
        for path in self._paths:
            now, before = _identity(path), self._known[path]
            if before is None:
                self._known[path] = now
            elif now != before:
                return path.name
        return ""


def _identity(path: Path) -> _Identity | None:
    """Which file this is; none for one that is not there or was emptied."""
    try:
        found = path.stat()
        is_emptied = not _is_log(path) if path.name.endswith(_LOG) else found.st_size == 0
    except OSError:
        return None
    return None if is_emptied and not path.name.endswith(_SHARED) else (found.st_dev, found.st_ino)


def _is_log(path: Path) -> bool:
    """Whether a log is none yet, as after each time that SQLite empties it itself, or begins as one.

    Where somebody else emptied it SQLite writes on behind a hole. Nobody locks this file, so it may be opened.
    """
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    return not head or head == _MAGIC
