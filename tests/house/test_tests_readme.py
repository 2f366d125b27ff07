"""The guide to the tests names every suite that there is, and no folder or command that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import first_sentence, rooms_below
from tests.kit.root import ROOT

TESTS = ROOT / "tests"
GUIDE = (TESTS / "README.md").read_text("utf-8")
TARGETS = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
NAMED = set(re.findall(r"\[`(\w+)/`\]", GUIDE))


def rooms(folder: Path) -> Iterator[Path]:
    """All rooms below a folder, on every floor."""
    for room in rooms_below(folder):
        yield room
        yield from rooms(room)


def test_every_suite_is_named_and_every_named_one_is_there() -> None:
    assert {room.name for room in rooms_below(TESTS)} == NAMED


def test_every_file_of_the_kit_that_is_named_is_there() -> None:
    kit, _, fakes = GUIDE.partition("## Where the kit is")[2].partition("\n## ")[0].partition("[`fakes/`]")
    for folder, told in (("kit", kit), ("fakes", fakes)):
        files = re.findall(r"`(\w+\.py)`", told)
        assert files
        assert [name for name in files if not (TESTS / folder / name).exists()] == []


def test_every_command_that_is_named_can_be_given() -> None:
    makes = set(re.findall(r"`make (\w+)", GUIDE))
    assert {"quick", "test", "check"} <= makes <= set(TARGETS)
    for module in re.findall(r"`python -m ([\w.]+)", GUIDE):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize("top", ["bot", "adapters", "storage", "tests"])
def test_every_room_says_what_is_in_it(top: str) -> None:
    assert [str(room.relative_to(ROOT)) for room in rooms(ROOT / top) if not first_sentence(room)] == []
