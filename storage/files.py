"""Keeps contents of files: sealed, by hash, in folders of their own. Never unpacks or looks into one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot.domain.errors import SealBroken, StorageError
from bot.protection.sealing import PREFIX_BYTES, Vault, key_id
from storage.sealed import place

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """Honours `bot.ports.storage.Files` in a folder: ``ab/cd/abcd...``, mode 0600, each written whole or not at all."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    async def put(self, content: bytes) -> str:
        return await asyncio.to_thread(self._put, content)

    async def read(self, sha256: str) -> bytes:
        return await asyncio.to_thread(self._read, sha256)

    async def drop(self, sha256: str) -> None:
        await asyncio.to_thread(self._drop, sha256)

    async def kept(self) -> list[str]:
        return await asyncio.to_thread(self._kept)

    def paths(self) -> list[Path]:
        """Where the sealed contents are, to be copied as they are."""
        return [self._path(sha256) for sha256 in self._kept()]

    def by_key(self) -> Counter[str]:
        """Count the contents by the id of the key that they are sealed with."""
        return Counter(self._key_of(sha256) for sha256 in self._kept())

    def reseal(self, advance: Callable[[int], object]) -> list[str]:
        """Seal again what is not under the current key; returns what does not open. May be killed and called again."""
        broken = []
        for sha256 in self._kept():
            if self._key_of(sha256) == self._vault.current:
                continue
            try:
                self._put(self._read(sha256))
                advance(1)
            except SealBroken:
                broken.append(place("attachments", sha256, "content"))
            except StorageError:
                if self._path(sha256).exists():  # else it was dropped meanwhile
                    raise
        return broken

    def _key_of(self, sha256: str) -> str:
        try:
            with self._path(sha256).open("rb") as file:
                return key_id(file.read(PREFIX_BYTES))
        except FileNotFoundError:  # dropped meanwhile: as good as sealed
            return self._vault.current

    def _put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        sealed = self._vault.seal(content, place("attachments", sha256, "content"))
        path = self._path(sha256)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, sealed)
        except OSError as error:
            raise StorageError(f"A file could not be kept: {os.strerror(error.errno or 0)}.") from None
        return sha256

    def _read(self, sha256: str) -> bytes:
        try:
            sealed = self._path(sha256).read_bytes()
        except OSError as error:
            raise StorageError(f"A file could not be read: {os.strerror(error.errno or 0)}.") from None
        content = self._vault.open(sealed, place("attachments", sha256, "content"))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise StorageError("A file is not what was stored: its content has changed.")
        return content

    def _drop(self, sha256: str) -> None:
        try:
            self._path(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"A file could not be deleted: {os.strerror(error.errno or 0)}.") from None

    def _kept(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("??/??/*") if _SHA256.fullmatch(path.name))

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise StorageError("This is the name of no stored file.")
        return self._folder / sha256[:2] / sha256[2:4] / sha256


def _write(path: Path, sealed: bytes) -> None:
    """Write beside, make durable, then rename: a crash leaves the old content or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
