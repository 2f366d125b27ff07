"""Commands on a database that takes no writes, as a read replica is: those that only read work there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.domain.people import Role
from tests.kit.engines import postgres_server
from tests.kit.root import ROOT
from tests.kit.running import Setup, Terminal, person

PERIOD = ("--since", "2026-04-01", "--until", "2026-05-01")
READING = {
    "report": (*PERIOD, "-o", "report.html"),
    "people": (),
    "outbox": ("list",),
    "journal": ("verify",),
    "keys": ("status",),
    "purge": ("--dry-run",),
}


@pytest.fixture(scope="module")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    folder = tmp_path_factory.mktemp("replica")
    with postgres_server() as url:
        asyncio.run(Setup(folder, database=url).enrol(person(11, "KH", Role.OFFICER)))
        reads_only = make_url(url).update_query_dict({"options": "-c default_transaction_read_only=on"})
        yield Terminal(Setup(folder, database=reads_only.render_as_string(hide_password=False)).write())


@pytest.mark.postgres
@pytest.mark.parametrize("command", READING)
def test_what_only_reads_works_on_a_replica(
    replica: Terminal, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    said = replica(command, *READING[command])
    assert not [line for line in said if "may not be written to" in line]


@pytest.mark.postgres
def test_a_case_is_looked_for_on_a_replica_and_nothing_is_written_there(replica: Terminal) -> None:
    assert replica("plan", "KC26-M9S34-4", code=1) == ["There is no case KC26-M9S34-4."]
    assert replica("signin", "11", code=1) == [
        "The database may not be written to: check the permissions of its file and folder, or if its server only reads."
    ]


def test_the_handbook_names_the_commands_that_work_there() -> None:
    text = " ".join((ROOT / "bot/handbook/scale.md").read_text("utf-8").split())
    named = re.search(r"whose `database.url` names it: (.*?)\. \*\*Not\*\*", text)
    assert named
    commands = {word.removeprefix("casebridge ").split()[0] for word in re.findall(r"`([^`]+)`", named[1])}
    assert commands == {*READING, "plan"}
