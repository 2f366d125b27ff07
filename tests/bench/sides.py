"""The three sides of the benchmark, each in a process of its own, started fresh for every run."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.messages import Address
from bot.domain.people import Person, Role
from tests.kit.processes import gone_after, listening, spawn
from tests.kit.root import ROOT
from tests.kit.running import Setup
from tests.kit.story import ANSWERS, MESSAGES


@dataclass(frozen=True, slots=True)
class Run:
    """Where one run happens."""

    folder: Path
    port: int
    api: str
    chats: Sequence[int]


class Side(ABC):
    """Something that takes updates and answers."""

    name = ""
    messages: Sequence[str] = MESSAGES  #: what an officer of it writes, one after the other
    tree = ROOT  #: where its code is
    python = sys.executable

    @abstractmethod
    async def prepare(self, run: Run) -> list[str]:
        """Make what it needs and return its command line."""

    def mistakes(self, run: Run) -> list[str]:
        """Say what is not as it must be after the run."""
        return []


class TheBridge(Side):
    """This program, as `casebridge run` starts it."""

    name = "bridge"

    async def prepare(self, run: Run) -> list[str]:
        desks = {"kh-duty": ["telegram:-1001"], "cn-duty": ["telegram:-1002"]}
        setup = Setup(run.folder, run.api, "webhook", desks=desks, port=run.port)
        await setup.enrol(*(_officer(chat) for chat in run.chats))
        return ["-m", "bot", "run", "--config", str(setup.write())]

    def mistakes(self, run: Run) -> list[str]:
        cases = len(run.chats)
        expected = {
            "SELECT count(*) FROM inbox WHERE state = 'done'": cases * len(MESSAGES),
            "SELECT count(*) FROM seen": cases * len(MESSAGES),
            "SELECT count(*) FROM cases": cases,
            "SELECT count(*) FROM answers": cases * ANSWERS,
            "SELECT count(*) FROM outbox WHERE kind = 'reply'": cases * len(MESSAGES),
            "SELECT count(*) FROM outbox WHERE kind = 'alert'": cases * 2,
        }
        return _compare(run.folder / "casebridge.db", expected)


class PlainBot(Side):
    """A python-telegram-bot bot with a ConversationHandler, nothing kept."""

    name = "plain bot"

    async def prepare(self, run: Run) -> list[str]:
        return ["-m", "tests.bench.plain_bot", "--port", str(run.port), "--api", run.api]


class BareLimit(Side):
    """uvicorn and a group commit of raw sqlite3, no logic."""

    name = "bare limit"

    async def prepare(self, run: Run) -> list[str]:
        return ["-m", "tests.bench.bare", "--port", str(run.port), "--api", run.api, "--folder", str(run.folder)]

    def mistakes(self, run: Run) -> list[str]:
        return _compare(run.folder / "bare.db", {"SELECT count(*) FROM inbox": len(run.chats) * len(MESSAGES)})


def _officer(chat: int) -> Person:
    return Person(chat, f"Officer {chat}", "KH", Role.OFFICER, addresses=(Address("telegram", str(chat)),))


def _compare(database: Path, expected: dict[str, int]) -> list[str]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        found = {query: connection.execute(query).fetchone()[0] for query in expected}
    return [f"{query}: {found[query]}, not {count}" for query, count in expected.items() if found[query] != count]


@contextlib.asynccontextmanager
async def running(side: Side, command: Sequence[str], run: Run) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run a side until the block ends; its output is added to a file in its folder."""
    process = spawn(command, run.folder / "output.txt", cwd=side.tree, python=side.python)
    async with gone_after(process):
        await listening(process, run.port)
        yield process
