"""Groups told in one line, against a list that was written first: a wrong reading is worse than a question."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.intake.reading.groups import Group, read_groups

LINES = [line.split("\t") for line in Path(__file__).with_name("group_lines.tsv").read_text("utf-8").splitlines()]


def told(group: Group) -> str:
    parts = [str(group.count), group.country, "child" * group.is_child, "fears" * group.fears]
    return " ".join(filter(None, parts))


def found(text: str) -> str:
    groups = read_groups(text)
    return "?" if groups is None else " | ".join(map(told, groups))


def test_no_line_is_read_as_other_people_than_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    readings = [(text, meant, found(text)) for text, meant in LINES]
    wrong = [each for each in readings if each[2] not in (each[1], "?")]
    readable = [each for each in readings if each[1] != "?"]
    read = sum(meant == says for _, meant, says in readable)
    with capsys.disabled():
        sys.stdout.write(f"\n{read} of {len(readable)} groups are read, {len(wrong)} of {len(LINES)} wrongly\n")
    assert not wrong
    assert read >= 0.9 * len(readable), [each for each in readable if each[1] != each[2]]
