"""Contents of files as the tests keep them: in memory."""

from __future__ import annotations

import hashlib

from bot.domain.errors import StorageError


class MemoryFiles:
    """Honours `bot.ports.storage.Files` in memory; can be out of order."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.is_broken = False

    async def put(self, content: bytes) -> str:
        self._check()
        sha256 = hashlib.sha256(content).hexdigest()
        self.contents[sha256] = content
        return sha256

    async def read(self, sha256: str) -> bytes:
        self._check()
        if sha256 not in self.contents:
            raise StorageError("A file could not be read.")
        return self.contents[sha256]

    async def drop(self, sha256: str) -> None:
        self._check()
        self.contents.pop(sha256, None)

    async def kept(self) -> list[str]:
        return sorted(self.contents)

    def _check(self) -> None:
        if self.is_broken:
            raise StorageError("the disk is full")
