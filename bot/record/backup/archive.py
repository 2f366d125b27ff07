"""What a backup is inside its encryption: a tar of a manifest, the database, the contents of files, and their sums.

backup.json     what it is of, and which keys and which program it needs
database        a whole SQLite file, or a dump of PostgreSQL in the custom format
files/<sha256>  the content of a file, sealed as it is kept
sums.json       the SHA-256 of everything before; a file that ends before it is not whole
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from bot.domain.errors import BridgeError
from bot.record.atomic_files import new_file

MANIFEST, DATABASE, SUMS, FILES = "backup.json", "database", "sums.json", "files/"
_FORMAT = "casebridge backup 1"
_MEMBER = re.compile(r"backup\.json|database|sums\.json|files/[0-9a-f]{64}")
_SMALL = 64 * 1024 * 1024  #: bytes; no manifest and no list of sums is larger
_CHUNK = 1 << 20
_DAMAGED = "This is no whole backup of a bridge: {}. Take another copy of it, or an older one."

Advance = Callable[[int], object]  #: told of bytes as they are done


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of. Nothing in it is secret."""

    made_at: str  #: ISO 8601, UTC
    program: str  #: the version that made it
    schema: str  #: the version of the database's schema
    engine: str  #: ``sqlite``, ``postgresql``, or empty when no database is in it
    key_ids: tuple[str, ...]  #: the keys that it is sealed with
    key_file: str  #: what the keys' source was called
    findings: int = 0  #: what was wrong with the record in it

    def to_bytes(self) -> bytes:
        """Write it."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def of(cls, content: bytes) -> Manifest:
        """Read it. Raises `BridgeError`."""
        try:
            held = json.loads(content)
            if held.pop("format") != _FORMAT:
                raise BridgeError("The backup was made by a newer program: use a newer program.")
            return cls(**{**held, "key_ids": tuple(held["key_ids"])})
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BridgeError(_DAMAGED.format("its first part cannot be read")) from None


def write(target: BinaryIO, manifest: Manifest, database: Path | None, files: Iterable[Path], advance: Advance) -> int:
    """Write all parts; returns how many files there were. What was let go of meanwhile is left out."""
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _add_bytes(tar, MANIFEST, manifest.to_bytes(), sums)
        if database is not None:
            _add(tar, DATABASE, database, sums, advance)
        for path in files:
            try:
                _add(tar, f"{FILES}{path.name}", path, sums, advance)
            except FileNotFoundError:
                continue
        count = sum(name.startswith(FILES) for name in sums)
        _add_bytes(tar, SUMS, json.dumps(sums).encode(), {})
    return count


def _add(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, str], advance: Advance) -> None:
    with path.open("rb") as file:
        info = _info(name, path.stat().st_size)
        counted = _Counted(file, advance)
        tar.addfile(info, counted)
    sums[name] = counted.sha256


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes, sums: dict[str, str]) -> None:
    tar.addfile(_info(name, len(content)), BytesIO(content))
    sums[name] = hashlib.sha256(content).hexdigest()


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


class _Counted:
    """A file that is read once: its sum, and how far it is."""

    def __init__(self, file: BinaryIO, advance: Advance) -> None:
        self._file = file
        self._advance = advance
        self._sum = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()

    def read(self, size: int = _CHUNK) -> bytes:
        content = self._file.read(size)
        self._sum.update(content)
        self._advance(len(content))
        return content


def read(source: BinaryIO, folder: Path | None, advance: Advance) -> Manifest:
    """Read all parts and compare their sums; with a folder, put the database and the files there.

    Raises `BridgeError` when anything is missing, changed, or there besides.
    """
    held: dict[str, bytes] = {}
    found: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for info in tar:
                if not info.isreg() or not _MEMBER.fullmatch(info.name) or info.name in found or SUMS in found:
                    raise BridgeError(_DAMAGED.format("it holds what no backup holds"))
                content = _Counted(tar.extractfile(info), advance)  # type: ignore[arg-type]  # it is a regular file
                _take(content, info, held, folder)
                found[info.name] = content.sha256
    except (tarfile.TarError, EOFError) as error:
        raise BridgeError(_DAMAGED.format("it ends too early, or is something else")) from error
    return _checked(held, found)


def _take(content: _Counted, info: tarfile.TarInfo, held: dict[str, bytes], folder: Path | None) -> None:
    if info.name in (MANIFEST, SUMS):
        if info.size > _SMALL:
            raise BridgeError(_DAMAGED.format("its lists are too long"))
        held[info.name] = content.read(info.size)
        return
    if folder is None:
        while content.read(_CHUNK):
            pass
        return
    path = folder / info.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with new_file(path) as file:
        shutil.copyfileobj(content, file, _CHUNK)


def _checked(held: dict[str, bytes], found: dict[str, str]) -> Manifest:
    if MANIFEST not in held or SUMS not in held:
        raise BridgeError(_DAMAGED.format("it ends too early, or is something else"))
    found.pop(SUMS)
    if held[SUMS] != json.dumps(found).encode():
        raise BridgeError(_DAMAGED.format("a sum in it is another than when it was made"))
    return Manifest.of(held[MANIFEST])
