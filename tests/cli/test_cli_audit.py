"""`casebridge audit`: what cron on this machine, or somebody on another one, hears of a bridge."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.kit.running import Setup, Terminal, elsewhere_of

HEALTHY = ["Healthy: every open case is waited for, every due ping is written, the record holds."]


async def _lives(setup: Setup) -> None:
    """A bridge wrote a moment ago that it lives."""
    from bot.app.essentials import clock, storage_of
    from bot.config.load import load

    storage = storage_of(load(setup.file, {}), clock)
    await storage.start()
    await storage.beat()
    await storage.stop()


@pytest.fixture
def alive(setup: Setup) -> Setup:
    """A bridge that lives, with one case that is not due yet."""
    setup.change("DELETE FROM deadlines")
    setup.change("UPDATE cases SET status = 'closed'")
    asyncio.run(_lives(setup))
    return setup


def test_a_healthy_bridge_ends_with_0(alive: Setup, terminal: Terminal) -> None:
    assert terminal("audit") == HEALTHY
    (line,) = terminal("audit", "--json")
    told = json.loads(line)
    assert (told["healthy"], told["findings"]) == (True, [])


def test_a_case_without_its_deadline_ends_with_1_and_is_named(alive: Setup, terminal: Terminal) -> None:
    alive.change("UPDATE cases SET status = 'open'")
    (reference,) = alive.query("SELECT reference FROM cases")[0]
    (line,) = terminal("audit", code=1)
    assert line.startswith(f"deadline: {reference}: the next deadline is lost.")
    (line,) = terminal("audit", "--json", code=1)
    told = json.loads(line)
    assert (told["healthy"], [found["check"] for found in told["findings"]]) == (False, ["deadline"])
    assert told["findings"][0]["cases"] == [reference]


def test_a_bridge_of_which_no_process_lives_ends_with_1(setup: Setup, terminal: Terminal) -> None:
    assert any("no process of the bridge ever wrote that it lives" in line for line in terminal("audit", code=1))


def test_a_database_that_is_not_there_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    other = elsewhere_of(tmp_path)
    (line,) = Terminal(other.file)("audit", "--json", code=1)
    (found,) = json.loads(line)["findings"]
    assert found["check"] == "write"
    assert "casebridge migrate" in found["said"]


def test_it_needs_no_keys_and_changes_nothing(alive: Setup, terminal: Terminal) -> None:
    for key in alive.folder.glob("*key*"):
        key.unlink()
    before = alive.query("SELECT * FROM heartbeats")
    assert terminal("audit") == HEALTHY
    assert alive.query("SELECT * FROM heartbeats") == before


def test_a_machine_that_remembers_the_record_notices_that_it_is_shorter(
    alive: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    seen = str(tmp_path / "seen.json")
    alive.change("INSERT INTO chain_heads VALUES ('KC', 7, 'abc')")
    alive.change(
        "INSERT INTO journal (id, chain, sequence, at, actor, act, address, previous, digest, hash) "
        "VALUES (7, 'KC', 7, '2026-04-18 07:05:00.000000+00:00', 'x', 'ack', '', '', '', 'abc')"
    )
    assert terminal("audit", "--seen", seen) == HEALTHY
    alive.change("UPDATE chain_heads SET sequence = 6")
    alive.change("UPDATE journal SET sequence = 6")
    assert terminal("audit") == HEALTHY, "without a memory it cannot be known"
    assert "the record is shorter or another than it was: KC" in terminal("audit", "--seen", seen, code=1)[0]
