"""Reads the data files that the core carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def by_language(name: str) -> dict[str, Any]:
    """Read what a folder of this one holds of each language, such as ``talk/en.json``."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((_FOLDER / name).glob("*.json"))}


def data(name: str) -> Any:
    """Read a JSON file of this folder by its name without the ending."""
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


def languages(name: str) -> tuple[str, ...]:
    """List the languages of a folder that holds a file for each, English first."""
    found = {path.stem for path in (_FOLDER / name).glob("*.json")}
    return tuple(sorted(found, key=lambda language: (language != "en", language)))
