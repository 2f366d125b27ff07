"""The guide to adapters tells what they declare, and names what is there."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from bot.domain.messages import Capabilities
from tests.house.capabilities import ROWS, table
from tests.kit.root import ROOT

GUIDE = (ROOT / "adapters" / "README.md").read_text("utf-8")


def test_the_table_is_what_the_adapters_declare() -> None:
    assert table() in GUIDE, "print it anew: python -m tests.house.capabilities"
    assert GUIDE.count("| longest text |") == 1


def test_every_capability_is_told_in_a_row() -> None:
    told = [name for row in ROWS for name in row.tells]
    assert sorted(told) == sorted(each.name for each in fields(Capabilities))


def test_there_are_seven_steps() -> None:
    steps = GUIDE.partition("in seven steps")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d)\. ", steps, re.MULTILINE) == list("1234567")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:bot|tests|adapters)/[\w/.]+)`", GUIDE))))
def test_every_file_that_the_guide_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()
