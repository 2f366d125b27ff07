"""Contents of files as the tests keep them: in memory, and a vault that hides nothing from who knows how."""

from __future__ import annotations

import hashlib

from bot.errors import StorageError


class FakeVault:
    """Stands for the vault: what it sealed does not hold the plain text, and opens only in its place."""

    def seal(self, plain: bytes, place: str) -> bytes:
        return hashlib.sha256(place.encode() + plain).digest() + self._turned(plain)

    def open(self, sealed: bytes, place: str) -> bytes:
        plain = self._turned(sealed[32:])
        if hashlib.sha256(place.encode() + plain).digest() != sealed[:32]:
            raise StorageError("A sealed value was changed, or does not belong here.")
        return plain

    @staticmethod
    def _turned(content: bytes) -> bytes:
        return content.translate(bytes(byte ^ 0xA5 for byte in range(256)))


class MemoryFiles:
    """Honours `bot.ports.Files` in memory; can be out of order."""

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
