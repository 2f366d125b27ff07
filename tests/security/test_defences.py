"""The table of defences does not rot: what it takes out still stands, once, and the tests it names are there."""

from __future__ import annotations

import re

import pytest

from tests.kit.root import ROOT
from tests.security.defences import ATTACKS, Defence
from tests.security.undone import ALL, README, as_readme


@pytest.mark.parametrize("defence", ALL, ids=lambda each: each.name)
def test_what_is_taken_out_stands_exactly_once_and_is_not_what_is_put_in(defence: Defence) -> None:
    assert (ROOT / defence.file).read_text("utf-8").count(defence.stands) == 1
    assert defence.stands != defence.undone


@pytest.mark.parametrize("defence", ALL, ids=lambda each: each.name)
def test_the_tests_that_must_turn_red_are_there(defence: Defence) -> None:
    assert defence.red
    for name in defence.red:
        file, _, test = name.partition("::")
        assert f"def {test}(" in (ROOT / "tests" / "security" / file).read_text("utf-8")


def test_no_attack_is_without_a_defence() -> None:
    assert {each.attack for each in ALL} == set(ATTACKS)


def test_the_readme_is_what_the_last_full_run_wrote() -> None:
    assert README.read_text("utf-8") == as_readme()


def test_every_test_that_the_handbook_names_is_there() -> None:
    section = (ROOT / "bot" / "handbook" / "security.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+\.py)`", section))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / "tests" / "security" / name).is_file()] == []
