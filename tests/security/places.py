"""Where something came out: pages, messages, files, a database, each with all that was found there."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

NOWHERE: frozenset[str] = frozenset()


@dataclass
class Places:
    """What came out, by where."""

    texts: dict[str, str] = field(default_factory=dict)

    def put(self, place: str, text: str) -> None:
        self.texts[place] = self.texts.get(place, "") + text + "\n"

    def of(self, secret: str) -> frozenset[str]:
        return frozenset(place for place, text in self.texts.items() if secret in text)


def contents_of(folder: Path) -> Iterator[str]:
    """The files of a folder, with what is packed in them."""
    for path in folder.iterdir():
        content = path.read_bytes()
        yield content.decode("utf-8", "replace")
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                yield from (parts.read(name).decode() for name in parts.namelist())


def database_in(folder: Path) -> str:
    """All bytes of the database and of what lies beside it."""
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.glob("casebridge.db*")))
