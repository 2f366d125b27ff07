"""Finished exports in their folder: which of them somebody may fetch, and what the manifest of each says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.people import Person

#: For how long whoever asked can fetch a de-identified export.
KEPT = timedelta(hours=24)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.[A-Za-z0-9_-]{1,40}){0,2}\.(csv|jsonl|xlsx)(\.age)?")
_MANIFEST = ".manifest.json"
_MANIFEST_LIMIT = 1 << 16  #: bytes
_SAID = ("count", "sha256", "exporter", "made_at", "reason", "recipient", "approved_by")


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export and what its manifest says."""

    name: str
    count: str
    sha256: str
    exporter: str
    made_at: str
    reason: str
    recipient: str = ""  #: of an identified one
    approved_by: str = ""


def find(folder: Path, name: str, person: Person, now: datetime) -> Path | None:
    """Find a whole export, one that has a manifest beside it, that is for this person now."""
    if not _NAME.fullmatch(name):
        return None
    path = folder / name
    is_whole = path.is_file() and not path.is_symlink() and path.with_name(name + _MANIFEST).is_file()
    if not is_whole:
        return None
    return path if _is_for(person, _manifest(folder, name), now, is_sealed=name.endswith(".age")) else None


def _is_for(person: Person, said: Mapping[str, object], now: datetime, *, is_sealed: bool) -> bool:
    """Whether an export is this admin's own order; a de-identified one is there for a day."""
    if said.get("exporter") != f"person:{person.id}":
        return False
    return bool(is_sealed or said.get("identified")) or _is_fresh(str(said.get("made_at", "")), now)


def _is_fresh(made_at: str, now: datetime) -> bool:
    try:
        return now < datetime.fromisoformat(made_at) + KEPT
    except (ValueError, TypeError):  # no moment, or one without a zone
        return False


def newest(folder: Path, person: Person, now: datetime, limit: int) -> list[Export]:
    """List the exports that are for this person now, the newest first."""
    manifests = sorted(folder.glob(f"*{_MANIFEST}"), key=lambda p: p.stat().st_mtime, reverse=True)
    names = [path.name.removesuffix(_MANIFEST) for path in manifests]
    return [_read(folder, name) for name in names if find(folder, name, person, now)][:limit]


def _manifest(folder: Path, name: str) -> Mapping[str, object]:
    try:
        with (folder / (name + _MANIFEST)).open("rb") as file:
            said = json.loads(file.read(_MANIFEST_LIMIT))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _read(folder: Path, name: str) -> Export:
    said = _manifest(folder, name)
    return Export(name=name, **{key: str(said.get(key, "")) for key in _SAID})
