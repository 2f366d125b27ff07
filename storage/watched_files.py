"""Whether the files that an open SQLite database writes to are still those at their path. Looks only, opens nothing.

To open and close one of them here would drop the locks that SQLite holds on it in this process.
"""

from __future__ import annotations

from pathlib import Path

#: The log, and the memory that processes share: without either what was committed is lost or misread.
_BESIDE = ("-wal", "-shm")
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
    """Which file this is; none for one that is not there, or of a database that holds not even its first page."""
    try:
        found = path.stat()
    except OSError:
        return None
    is_empty = found.st_size == 0 and not path.name.endswith(_BESIDE)
    return None if is_empty else (found.st_dev, found.st_ino)
