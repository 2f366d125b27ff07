"""A bridge that is not running, for tests of commands beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.people import Role
from bot.domain.turn import Turn
from tests.kit.running import Setup, Terminal, person
from tests.kit.site import sample_case


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    """A bridge that is not running, with some people and one case."""
    setup = Setup(tmp_path, desks={"kh-duty": [], "kh-police": [], "cn-duty": ["telegram:-1001"]})
    setup.write()
    asyncio.run(_fill(setup))
    return setup


async def _fill(setup: Setup) -> None:
    await setup.enrol(person(11, "KH", Role.OFFICER), person(21, "KH", Role.DUTY, "kh-duty"))
    case = sample_case()
    turn = Turn(cases=(case,), new_cases=frozenset({case.id}), answers=tuple(case.answers.values()))
    async with setup.storage() as storage:
        await storage.apply([turn])


@pytest.fixture
def terminal(setup: Setup) -> Terminal:
    return Terminal(setup.file)
