"""The three sides of the benchmark, each in a process of its own, started fresh for every run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.messages import Address
from bot.domain.people import Person, Role
from tests.bench.bridge_config import enrol, write_config
from tests.bench.story import ANSWERS, HOOK, MESSAGES
from tests.kit.root import ROOT

_START_SECONDS = 30
_STOP_SECONDS = 10


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
        config = write_config(run.folder, run.port, run.api)
        await enrol(run.folder, [_officer(chat) for chat in run.chats])
        return ["-m", "bot", "run", "--config", str(config)]

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


SIDES: tuple[Side, ...] = (TheBridge(), PlainBot(), BareLimit())


def _officer(chat: int) -> Person:
    return Person(chat, f"Officer {chat}", "KH", Role.OFFICER, addresses=(Address("telegram", str(chat)),))


def _compare(database: Path, expected: dict[str, int]) -> list[str]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        found = {query: connection.execute(query).fetchone()[0] for query in expected}
    return [f"{query}: {found[query]}, not {count}" for query, count in expected.items() if found[query] != count]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def spawn(command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a side; its output is added to a file in its folder."""
    with (folder / "output.txt").open("ab") as output:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=output, stderr=output, env=environment())


@contextlib.asynccontextmanager
async def running(command: Sequence[str], run: Run) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Run a side until the block ends."""
    process = spawn(command, run.folder)
    try:
        await listening(process, run.port)
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, _STOP_SECONDS)
        process.kill()
        process.wait()


def environment() -> dict[str, str]:
    """The environment without settings of a bridge of somebody's own, and with compiled modules kept between starts."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("CASEBRIDGE_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / f"casebridge-compiled-{os.getuid()}")}


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a side has taken; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def listening(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until it takes connections and answers them."""
    async with asyncio.timeout(_START_SECONDS):
        while not await _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"the side under test ended with {process.returncode} instead of starting")
            await asyncio.sleep(0.02)


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(f"GET {HOOK} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        return (await reader.read(12)).startswith(b"HTTP/1.1")
    except OSError:
        return False
    finally:
        writer.close()
