"""Closed sets are closed: whoever adds a member of an enumeration is told of every place that does not know it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from types import MappingProxyType, ModuleType

import pytest

import adapters
import bot
import storage
from bot.domain.case import DeadlineKind
from bot.domain.closed_sets import Incomplete, for_each
from tests.kit.root import ROOT
from tests.security.undone import copied

pytestmark = pytest.mark.long

PACKAGES = (bot, adapters, storage)
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package.__name__).rglob("*.py"))]


def modules() -> Iterator[ModuleType]:
    """Every module of the program."""
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__") and ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def is_by_members(table: object) -> bool:
    """Whether something is a table by the members of one enumeration."""
    if not isinstance(table, dict | MappingProxyType) or len(table) < 2:
        return False
    kinds = {type(key) for key in table}
    return len(kinds) == 1 and issubclass(kinds.pop(), Enum)


def test_every_table_by_an_enumeration_refuses_to_start_without_a_row_for_each_member() -> None:
    loose = {
        f"{module.__name__}.{name}"
        for module in modules()
        for name, table in vars(module).items()
        if is_by_members(table) and not isinstance(table, MappingProxyType)
    }
    assert loose == set()


def members() -> frozenset[str]:
    """The names of our enumerations, as the sources call them."""
    return frozenset(
        name
        for module in modules()
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and issubclass(kind, Enum)
        and kind.__module__.partition(".")[0] in ("bot", "adapters")
    )


def _member(node: ast.expr, kinds: frozenset[str]) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in kinds


def _is_by_member(pattern: ast.pattern, kinds: frozenset[str]) -> bool:
    values = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]
    return any(isinstance(each, ast.MatchValue) and _member(each.value, kinds) for each in values)


def _is_anything(case: ast.match_case) -> bool:
    is_wild = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
    refuses = isinstance(case.body[-1], ast.Raise) or "assert_never" in ast.unparse(case)
    return is_wild and not refuses


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_decided_for_members_that_nobody_has_thought_of(path: object) -> None:
    kinds = members()
    tree = ast.parse(path.read_text("utf-8"))  # type: ignore[attr-defined]
    loose = [
        f"line {node.lineno}: a default for members of an enumeration; use assert_never"
        for node in ast.walk(tree)
        if isinstance(node, ast.Match)
        if any(_is_by_member(case.pattern, kinds) for case in node.cases) and any(map(_is_anything, node.cases))
    ]
    inner = [node for outer in ast.walk(tree) if isinstance(outer, ast.FunctionDef) for node in ast.walk(outer)]
    loose += [
        f"line {node.lineno}: a table by an enumeration that is made anew at each call; use for_each"
        for node in inner
        if isinstance(node, ast.Dict) and sum(key is not None and _member(key, kinds) for key in node.keys) > 2
    ]
    assert loose == []


def test_a_table_that_does_not_know_a_member_names_it() -> None:
    with pytest.raises(Incomplete, match=r"by DeadlineKind \(ALERT, ACKNOWLEDGE\) has to say what holds for POLICE"):
        for_each(
            DeadlineKind,
            {DeadlineKind.ALERT: 1, DeadlineKind.ACKNOWLEDGE: 2},
            but={
                DeadlineKind.INTAKE,
                DeadlineKind.OPERATION,
                DeadlineKind.REFERRAL,
                DeadlineKind.DIPLOMATIC,
                DeadlineKind.WRITTEN,
                DeadlineKind.REVIEW,
            },
        )


def test_a_member_may_not_be_in_a_table_and_left_out_of_it() -> None:
    with pytest.raises(Incomplete, match="ALERT"):
        for_each(DeadlineKind, dict.fromkeys(DeadlineKind, 1), but={DeadlineKind.ALERT})


ADDED = (
    ("bot/domain/case.py", '    REVIEW = "review"\n', '    ESCORT = "escort"\n', "DeadlineKind"),
    ("bot/domain/case.py", '    DIPLOMATIC = "diplomatic"\n\n\nclass DeadlineKind', '    COURT = "court"\n', "Channel"),
    ("bot/domain/case_acts.py", '    UNHOLD = "unhold"\n', '    ESCORT = "escort"\n', "Act"),
    ("bot/domain/messages.py", '    TEST = "test"', '    NUDGE = "nudge"\n', "OutgoingKind"),
    ("bot/domain/agreement.py", '    U4 = "U4"', '    U5 = "U5"\n', "Urgency"),
)


def failure_of(file: str, before: str, added: str) -> str:
    """What the program says at its start in a copy of the tree where this line was added."""
    with copied() as copy:
        source = (copy / file).read_text("utf-8")
        assert source.count(before) == 1
        (copy / file).write_text(source.replace(before, added + before), "utf-8")
        command = [sys.executable, "-c", "import bot.app.assembly"]
        started = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert started.returncode == 1
    return started.stderr


@pytest.mark.parametrize(("file", "before", "added", "kind"), ADDED, ids=[row[3] for row in ADDED])
def test_with_one_member_more_the_program_does_not_start(file: str, before: str, added: str, kind: str) -> None:
    assert f"Incomplete: a table by {kind} " in failure_of(file, before, added)


def test_an_act_of_the_journal_says_what_holds_for_it_or_is_none() -> None:
    said = failure_of("bot/domain/journal_acts.py", '    OPENED = "opened"', '    ESCORTED = "escorted"\n')
    assert "missing 2 required positional arguments: 'details' and 'seen'" in said
