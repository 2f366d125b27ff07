"""Prints the rooms of the tree with their first sentences, as the rooms themselves say them: ``make tree``."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.kit.root import ROOT

_WIDTH = 26


def first_sentence(folder: Path) -> str:
    """What a room says of itself first; empty for a folder that is none."""
    init = folder / "__init__.py"
    said = ast.get_docstring(ast.parse(init.read_text("utf-8"))) if init.exists() else ""
    return " ".join((said or "").partition("\n\n")[0].split())


def layers() -> list[str]:
    """The rooms of the core from the top floor down, as the import contract has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    names = (name.strip() for floor in floors for name in floor.split("|"))
    return [name.removeprefix("bot.") for name in names if name.startswith("bot.") and "__" not in name]


def rooms_below(folder: Path) -> list[Path]:
    """The rooms within a room, by name."""
    return sorted(child for child in folder.iterdir() if (child / "__init__.py").exists())


def lines() -> Iterator[str]:
    """The map, a line a room."""
    yield from _with_rooms(ROOT / "bot", [ROOT / "bot" / name for name in layers()])
    for top in ("adapters", "storage", "tests"):
        yield ""
        yield from _with_rooms(ROOT / top, rooms_below(ROOT / top))


def _with_rooms(top: Path, rooms: list[Path]) -> Iterator[str]:
    yield f"{top.name + '/':{_WIDTH}} {first_sentence(top)}".rstrip()
    for room in rooms:
        yield f"{'  ' + room.name + '/':{_WIDTH}} {first_sentence(room)}".rstrip()
        for inner in rooms_below(room):
            yield f"{'    ' + inner.name + '/':{_WIDTH}} {first_sentence(inner)}".rstrip()


def main() -> None:
    """Print it."""
    sys.stdout.write("\n".join(lines()) + "\n")


if __name__ == "__main__":
    main()
