"""What texts and docstrings name is there: files, modules and what stands in them."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.root import ROOT

TOPS = ("bot", "adapters", "storage", "tests")
TEXTS = sorted(
    path
    for top in TOPS
    for path in (ROOT / top).rglob("*")
    if path.suffix in (".py", ".md") and "__pycache__" not in path.parts
) + [ROOT / name for name in ("README.md", "CHANGELOG.md", "config.example.toml")]
_DOTTED = re.compile(rf"`((?:{'|'.join(TOPS)})(?:\.\w+)+)`")
_PATH = re.compile(rf"(?:`|\]\()((?:{'|'.join(TOPS)})/[\w./-]+?)(?:`|\)|#)")
_BEGIN = re.compile(r"`(\w+)`")
_RELATIVE = re.compile(r"\]\((?!https?:|#|mailto:)([\w./-]+)(?:#[\w-]*)?\)")


def is_there(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        name = "/".join(parts[:length])
        if not ((ROOT / f"{name}.py").exists() or (ROOT / name).is_dir()):
            continue
        found: object = importlib.import_module(".".join(parts[:length]))
        for attribute in parts[length:]:
            annotations = getattr(found, "__annotations__", {})
            if not hasattr(found, attribute) and attribute not in annotations:
                return False
            found = getattr(found, attribute, None)
        return True
    return False


def first_page(path: Path) -> str:
    """The docstring of a room from where it says what to begin with."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("Begin with")[2]


def _is_in(room: Path, name: str) -> bool:
    return (room / f"{name}.py").exists() or (room / name).is_dir()


def wrong(path: Path) -> Iterator[str]:
    """What a text names that is not there."""
    text = path.read_text("utf-8")
    yield from (name for name in _DOTTED.findall(text) if not is_there(name))
    yield from (name for name in _PATH.findall(text) if not (ROOT / name).exists())
    if path.suffix == ".md":
        yield from (name for name in _RELATIVE.findall(text) if not (path.parent / name).exists())
    if path.name == "__init__.py":
        yield from (name for name in _BEGIN.findall(first_page(path)) if not _is_in(path.parent, name))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_and_name_that_a_text_speaks_of_is_there(path: Path) -> None:
    assert list(wrong(path)) == []
