"""Encrypts to age recipients and opens with age identities, both as streams; nothing plain touches the disk here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import pyrage

from bot.domain.errors import BridgeError

#: Longest text that may be a recipient; longer ones are not looked at.
_LONGEST = 200
_LARGEST_IDENTITY = 64 * 1024  #: bytes
_CHUNK = 64 * 1024  #: bytes


def is_recipient(text: str) -> bool:
    """Whether this is an age recipient (X25519) that something can be encrypted to."""
    return len(text) <= _LONGEST and text.isascii() and text.startswith("age1") and _recipient(text) is not None


def _recipient(text: str) -> pyrage.x25519.Recipient | None:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return None


def sealed(content: bytes, recipient: str) -> bytes:
    """Encrypt what fits into memory to a recipient that `is_recipient`."""
    known = _recipient(recipient)
    if known is None:
        raise BridgeError("This is no age recipient.")
    return bytes(pyrage.encrypt(content, [known]))


class Identity:
    """The secret half of an age key pair. Nothing of it is ever shown."""

    def __init__(self, keys: Sequence[pyrage.x25519.Identity]) -> None:
        """Keep the keys."""
        self._keys = list(keys)

    @classmethod
    def passing(cls) -> Identity:
        """Draw one that lives in memory only, to read back what was just written."""
        return cls([pyrage.x25519.Identity.generate()])

    @classmethod
    def read(cls, file: Path) -> Identity:
        """Read the file that ``age-keygen`` writes. Raises `BridgeError`, which tells nothing of its content."""
        with file.open("rb") as opened:
            lines = opened.read(_LARGEST_IDENTITY).decode("utf-8", "replace").splitlines()
        try:
            keys = [
                pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")
            ]
        except pyrage.IdentityError:
            keys = []
        if not keys:
            raise BridgeError(f"{file} is no age identity: a line of it begins with AGE-SECRET-KEY-1.")
        return cls(keys)

    @property
    def recipient(self) -> str:
        """The public half."""
        return str(self._keys[0].to_public())

    def open(self, sealed: BinaryIO, plain: BinaryIO) -> None:
        """Decrypt from one stream to another."""
        pyrage.decrypt_io(sealed, plain, self._keys)


class Encrypting:
    """A stream into an encrypted file: what is written to `plain` goes through a pipe, so memory stays flat."""

    def __init__(self, file: BinaryIO, recipients: Sequence[str], broken: str) -> None:
        """Begin. `broken` is told when the encryption fails; `BridgeError` is raised for a recipient that is none."""
        to = [_recipient(text) for text in recipients]
        if None in to:
            file.close()
            raise BridgeError("That is no age recipient: one begins with age1 and is the public half of a key pair.")
        self._disk = _Disk(file)
        self._broken = broken
        outlet, inlet = os.pipe()
        self._error: Exception | None = None
        self._sealing = Thread(target=self._seal, args=(os.fdopen(outlet, "rb"), to), name="age")
        self._sealing.start()
        self.plain: BinaryIO = os.fdopen(inlet, "wb")

    def _seal(self, plain: BinaryIO, recipients: list[pyrage.x25519.Recipient]) -> None:
        # However it ends the reading end is closed, so that the writer is never left waiting.
        with plain:
            try:
                pyrage.encrypt_io(plain, self._disk, recipients)
            except Exception as error:  # noqa: BLE001 - it is raised where the file is written
                self._error = error

    def finish(self) -> None:
        """Complete and close the file, once `plain` is closed; it is whole when this returns."""
        self._sealing.join()
        # What the disk refused is looked at as well: the encryption does not pass every error on.
        if self._error is not None or self._disk.error is not None:
            raise self._why()
        self._disk.finish()

    def abandon(self) -> None:
        """Let go of the file, once `plain` is closed; after `finish` this does nothing."""
        self._sealing.join()
        self._disk.abandon()

    def told(self, work: Callable[[], None], abandon: Callable[[], None]) -> None:
        """Write into the pipe; when it is broken, abandon all and say what broke it."""
        try:
            work()
        except BrokenPipeError:
            abandon()
            raise self._why() from None

    def _why(self) -> Exception:
        return self._disk.error or BridgeError(self._broken)


@contextlib.contextmanager
def decrypting(sealed: BinaryIO, identity: Identity) -> Iterator[BinaryIO]:
    """Read an encrypted file as a stream of what is in it. Raises `BridgeError` when it does not open, or not whole."""
    outlet, inlet = os.pipe()
    failures: list[Exception] = []

    def open_all() -> None:
        with suppress(BrokenPipeError), os.fdopen(inlet, "wb") as plain:
            try:
                identity.open(sealed, plain)
            except (pyrage.DecryptError, OSError) as error:
                failures.append(error)

    opening = Thread(target=open_all, name="age")
    opening.start()
    try:
        with os.fdopen(outlet, "rb") as plain:
            yield plain
            while plain.read(_CHUNK):  # so that what is wrong with the end of the file is seen too
                pass
    except BridgeError:
        opening.join()
        if any(isinstance(failure, pyrage.DecryptError) for failure in failures):
            raise BridgeError("The file does not open with this identity, or it is no age file.") from None
        raise
    finally:
        opening.join()
    if failures:
        raise BridgeError("The file is not whole, or it was changed.")


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
