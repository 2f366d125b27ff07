"""The guide to adapters tells what they declare, and names what is there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from bot.domain.messages import Capabilities
from tests.house.capabilities import ROWS, kinds, table
from tests.kit.root import ROOT

PAGES = sorted((ROOT / "adapters").glob("*/README.md"))
GUIDE = (ROOT / "adapters" / "README.md").read_text("utf-8")
#: The example shows a robot in a comment, since there is none by itself.
ROBOTS = {"messengers.wecom.robots.name", "messengers.wecom.robots.key"}


def keys_of(table: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in table.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from keys_of(each, f"{before}{name}.")
        yield f"{before}{name}"


def test_the_table_is_what_the_adapters_declare() -> None:
    assert table() in GUIDE, "print it anew: python -m tests.house.capabilities"
    assert GUIDE.count("| longest text |") == 1


def test_the_table_of_kinds_is_what_the_adapters_read() -> None:
    assert kinds() in GUIDE, "print it anew: python -m tests.house.capabilities"


def test_every_capability_is_told_in_a_row() -> None:
    told = [name for row in ROWS for name in row.tells]
    assert sorted(told) == sorted(each.name for each in fields(Capabilities))


def test_there_are_seven_steps() -> None:
    steps = GUIDE.partition("in seven steps")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d)\. ", steps, re.MULTILINE) == list("1234567")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:bot|tests|adapters)/[\w/.]+)`", GUIDE))))
def test_every_file_that_the_guide_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_file_that_a_messengers_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`([\w./]+\.(?:py|toml))`", page.read_text("utf-8"))
    assert named
    ours = [name for name in named if name != "config.toml"]  # which is for its reader to write
    assert [name for name in ours if not ((page.parent / name).exists() or (ROOT / name).exists())] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_messengers_page_sets_no_key_that_there_is_not(page: Path) -> None:
    example = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))
    shown = re.findall(r"(?s)```toml\n(.*?)```", page.read_text("utf-8"))
    assert shown
    for key in {key for text in shown for key in keys_of(tomllib.loads(text))}:
        assert key.removesuffix("_file") in {*keys_of(example)} | ROBOTS, key
