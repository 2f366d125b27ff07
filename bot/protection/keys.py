"""The keys that everything sensitive is sealed with: a small text in a file or in the environment. Encrypts nothing."""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.domain.errors import KeysUnusable
from bot.domain.frozen import replace

KEY_BYTES = 32
#: The line of the key that search tokens are made with; rotation leaves it as it is.
INDEX = "index"
#: The line of the key that calls to browsers' push services are signed with (VAPID); rotation leaves it as it is.
PUSH = "push"
#: How many points P-256 has: a private key of it is a number from 1 to below this.
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ID = re.compile(r"[0-9a-f]{8}")
_LARGEST = 64 * 1024  #: bytes
_HEAD = (
    "# The keys of an urgent-case bridge; the last one seals what is new. Without this file nothing that its database\n"
    "# holds of people can be read again. Keep a copy of it, and keep that apart from the copies of the database.\n"
)


@dataclass(frozen=True, slots=True)
class Key:
    """One key. Its id is no secret; its material is."""

    id: str  #: eight hex digits, ``index`` or ``push``
    created: datetime
    material: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of a bridge, oldest first."""

    keys: tuple[Key, ...]
    index: Key
    push: Key | None = None  #: none in files made before there was one; `casebridge keys push` adds it

    @property
    def current(self) -> Key:
        """The key that seals what is new."""
        return self.keys[-1]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, oldest first."""
        return tuple(key.id for key in self.keys)

    def to_text(self) -> str:
        """Write the lines of a key file."""
        pushing = () if self.push is None else (self.push,)
        return _HEAD + "".join(f"{_line(key)}\n" for key in (self.index, *pushing, *self.keys))


class KeySource(Protocol):
    """Where keys come from."""

    @property
    def name(self) -> str:
        """What people call it."""

    def read(self) -> KeyRing:
        """Read the keys. Raises `KeysUnusable`."""

    def stamp(self) -> object:
        """Return something that differs when the keys have changed. Cheap; never raises."""


def parse(text: str) -> KeyRing:
    """Read the lines of a key file; `;` divides lines too. Raises `KeysUnusable`, which tells no key."""
    keys: list[Key] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            keys += [_key(words, number) for part in line.split(";") if (words := part.split())]
    index = [key for key in keys if key.id == INDEX]
    push = [key for key in keys if key.id == PUSH]
    ring = tuple(key for key in keys if key.id not in (INDEX, PUSH))
    if len(index) != 1 or len(push) > 1 or not ring or len({key.id for key in ring}) != len(ring):
        raise _unusable("holds not one index line and at least one key, each with an id of its own.")
    return KeyRing(ring, index[0], push[0] if push else None)


def _key(words: list[str], number: int) -> Key:
    try:
        name, created, encoded = words
        material = base64.b64decode(encoded, validate=True)
        moment = datetime.fromisoformat(created)
    except (ValueError, binascii.Error):
        raise _unusable(f"line {number} is not an id, a moment and a key.") from None
    if (name not in (INDEX, PUSH) and not _ID.fullmatch(name)) or len(material) != KEY_BYTES:
        raise _unusable(f"line {number} has no id of eight hex digits, or no key of {KEY_BYTES} bytes.")
    return Key(name, moment, material)


def _unusable(problem: str) -> KeysUnusable:
    return KeysUnusable(problem, "Restore it from your copy, or make a new one with `casebridge keys new`.")


def _line(key: Key) -> str:
    return f"{key.id} {key.created.isoformat(timespec='seconds')} {base64.b64encode(key.material).decode()}"


def new_key(now: datetime, *, apart_from: tuple[str, ...] = ()) -> Key:
    """Draw a key, with an id that no other of the ring has."""
    name = secrets.token_hex(4)
    while name in apart_from:
        name = secrets.token_hex(4)
    return Key(name, now, secrets.token_bytes(KEY_BYTES))


def new_push_key(now: datetime) -> Key:
    """Draw a private key of P-256."""
    return Key(PUSH, now, (secrets.randbelow(_P256_ORDER - 1) + 1).to_bytes(KEY_BYTES, "big"))


def new_ring(now: datetime) -> KeyRing:
    """Draw the keys of a new bridge."""
    return KeyRing((new_key(now),), Key(INDEX, now, secrets.token_bytes(KEY_BYTES)), new_push_key(now))


@dataclass(frozen=True, slots=True)
class KeyText:
    """Keys that the configuration holds itself, most often from the environment."""

    text: str = field(repr=False)
    name: str = "security.key"

    def read(self) -> KeyRing:
        """Read the keys. Raises `KeysUnusable`."""
        with _named(self.name):
            return parse(self.text)

    def stamp(self) -> object:
        """It never changes."""
        return None


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Keys in a file that only its owner may read."""

    path: Path

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.path)

    def read(self) -> KeyRing:
        """Read the keys. Raises `KeysUnusable`, also when others may read the file."""
        with _named(self.name):
            return parse(self._text())

    def _text(self) -> str:
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                text = file.read(_LARGEST).decode()
        except FileNotFoundError:
            raise _unusable("There is no such file.") from None
        except OSError as error:
            raise KeysUnusable(f"cannot be read: {error.strerror}.", "Mend its permissions.") from None
        except UnicodeDecodeError:
            raise _unusable("is no text.") from None
        if mode & 0o077:
            raise KeysUnusable("Others on this machine may read it.", f"Run: chmod 600 {self.path}")
        return text

    def stamp(self) -> object:
        """Return something that differs when the file was written anew."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def make(self, now: datetime) -> KeyRing:
        """Write a new file, never over one that is there. Raises `FileExistsError`."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        ring = new_ring(now)
        with _written(self.path, ring) as temporary:
            os.link(temporary, self.path)
        return ring

    def add(self, now: datetime) -> KeyRing:
        """Write the file anew, with one more key that is the current one from now on."""
        ring = self.read()
        longer = replace(ring, keys=(*ring.keys, new_key(now, apart_from=ring.ids)))
        with _written(self.path, longer) as temporary:
            temporary.replace(self.path)
        return longer

    def add_push(self, now: datetime) -> KeyRing:
        """Write the file anew with a key for browsers' push services. Raises `FileExistsError` when it has one."""
        ring = self.read()
        if ring.push is not None:
            raise FileExistsError(self.path)
        longer = replace(ring, push=new_push_key(now))
        with _written(self.path, longer) as temporary:
            temporary.replace(self.path)
        return longer

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep others from adding keys meanwhile; a process that dies lets go. Raises `BlockingIOError`."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(folder)


@contextlib.contextmanager
def _named(where: str) -> Iterator[None]:
    """Say in an error where the keys come from."""
    try:
        yield
    except KeysUnusable as error:
        raise KeysUnusable(error.problem, error.remedy, where=where) from None


@contextlib.contextmanager
def _written(path: Path, ring: KeyRing) -> Iterator[Path]:
    """Write a file beside this one, wholly on disk, for the block to put in its place."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(ring.to_text())
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
