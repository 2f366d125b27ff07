"""How far exports have come, in small files beside the finished ones: any node that sees the folder can show it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.frozen import replace
from bot.domain.time_words import as_utc

_ENDING = ".progress"
_LIMIT = 4096  #: bytes
#: After so long without news whoever made it has stopped; a chunk of cases takes a second at most.
STOPPED_AFTER = timedelta(minutes=5)
#: For how long whoever asked is told that nothing came of it.
TOLD_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Progress:
    """An export that is not there yet, or of which nothing came."""

    person_id: int  #: who asked
    asked_at: str  #: RFC 3339 in UTC, as the next one
    at: str  #: when it was last heard of
    done: int = 0  #: cases read
    of: int = 0  #: cases there were at the beginning; 0: not counted yet
    has_failed: bool = False

    def has_stopped(self, now: datetime) -> bool:
        """Whether nothing will come of it."""
        return self.has_failed or now > datetime.fromisoformat(self.at) + STOPPED_AFTER

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(100, 100 * self.done // self.of) if self.of else 0


class ProgressFile:
    """Says of one export how far it has come. That it cannot be said stops no export."""

    def __init__(self, folder: Path, export_id: int, person_id: int, now: datetime) -> None:
        """Say that it begins."""
        self._path = folder / f"{export_id}{_ENDING}"
        self._said = Progress(person_id, as_utc(now), as_utc(now))
        self._write()

    def told(self, done: int, of: int, now: datetime) -> None:
        """Say how many cases of how many are read."""
        self._said = replace(self._said, done=done, of=of, at=as_utc(now))
        self._write()

    def finished(self) -> None:
        """The file is there: nothing more to say."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def failed(self, now: datetime) -> None:
        """Nothing came of it; why stands in the chat."""
        self._said = replace(self._said, has_failed=True, at=as_utc(now))
        self._write()

    def _write(self) -> None:
        with suppress(OSError):
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(asdict(self._said)), encoding="utf-8")
            part.replace(self._path)


def of_person(folder: Path, person_id: int, now: datetime) -> list[Progress]:
    """List what somebody asked for and does not have yet, the newest first; what nobody needs any more is put away."""
    found: list[Progress] = []
    for path, said in _all(folder):
        if now > datetime.fromisoformat(said.at) + TOLD_FOR:
            with suppress(OSError):
                path.unlink()
        elif said.person_id == person_id:
            found.append(said)
    return sorted(found, key=lambda said: said.asked_at, reverse=True)


def _all(folder: Path) -> Iterator[tuple[Path, Progress]]:
    for path in folder.glob(f"*{_ENDING}"):
        with suppress(OSError, ValueError, TypeError):  # finished meanwhile, or none of ours
            with path.open("rb") as file:
                said = Progress(**json.loads(file.read(_LIMIT)))
            datetime.fromisoformat(said.at)
            yield path, said
