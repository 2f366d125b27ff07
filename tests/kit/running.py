"""The running program in tests: its folder, its configuration, its process, and commands beside it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import logging
import os
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from click.testing import CliRunner, Result

from bot.app.essentials import clock
from bot.cli.main import main
from bot.domain.journal import Entry
from bot.domain.messages import Address
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from bot.ports.storage import Storage
from storage import migrate, open_storage
from tests.fakes.bot_api import SECRET, TOKEN
from tests.kit.keys import VAULT, key_file
from tests.kit.processes import ended, environment, free_port, gone_after, listening, spawn
from tests.kit.root import ROOT
from tests.kit.waiting import Stuck

_MADE_AT = datetime(2026, 4, 1, tzinfo=UTC)
#: Two sides and their corridor.
_PARTIES = """
[[parties]]
code = "KH"
name = "Kingdom of Cambodia"
timezone = "Asia/Phnom_Penh"
countries = ["KH"]

[[parties]]
code = "CN"
name = "People's Republic of China"
timezone = "Asia/Shanghai"
countries = ["CN"]

[[corridors]]
code = "KC"
parties = ["KH", "CN"]
"""


@dataclass
class Setup:
    """A folder with a configuration, and a database with people."""

    folder: Path
    api: str = "http://127.0.0.1:9"  #: nobody listens there
    mode: str = "polling"
    desks: dict[str, list[str]] = field(default_factory=lambda: {"kh-duty": [], "cn-duty": []})
    more: str = ""
    database: str = ""
    port: int = field(default_factory=free_port)
    alert_after: str = "3m"
    token: str = TOKEN
    answer_within: str = "1m"  #: a busy machine is no trouble of the database

    def __post_init__(self) -> None:
        self.database = self.database or f"sqlite:///{self.folder / 'casebridge.db'}"

    @property
    def file(self) -> Path:
        return self.folder / "config.toml"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def hook(self) -> str:
        return f"{self.url}/hooks/telegram"

    def write(self) -> Path:
        """Write the configuration, without pacing."""
        public = "https://bridge.example" if self.mode == "webhook" else ""
        tables: dict[str, dict[str, Any]] = {
            "server": {"port": self.port, "public_url": public},
            "database": {"url": self.database, "answer_within": self.answer_within},
            "security": {"key_file": str(key_file(self.folder))},
            "bridge": {"data_dir": str(self.folder / "data"), "alert_after": self.alert_after},
            "messengers.telegram": {
                "token": self.token,
                "mode": self.mode,
                "api_base_url": self.api,
                "secret_token": SECRET,
                "chat_per_second": 0,
                "group_per_minute": 0,
                "total_per_second": 0,
            },
        }
        text = "".join(_table(f"[{name}]", keys) for name, keys in tables.items()) + _PARTIES
        text += "".join(
            _table(
                "[[desks]]",
                {"id": name, "party": name[:2].upper(), "role": name[3:], "name": name[3:], "addresses": to},
            )
            for name, to in self.desks.items()
        )
        self.file.write_text(text + self.more, encoding="utf-8")
        return self.file

    @asynccontextmanager
    async def storage(self) -> AsyncIterator[Storage]:
        """The database, looked at from outside the program."""
        storage = open_storage(self.database, clock=lambda: _MADE_AT, owner="test", vault=VAULT)
        await storage.start()
        try:
            yield storage
        finally:
            await storage.stop()

    async def journal(self) -> list[Entry]:
        """Every entry of the journal, chain by chain."""
        async with self.storage() as storage:
            chains = [storage.stream_journal(chain) for chain in await storage.chains()]
            return [link.entry for chain in chains async for links in chain for link in links]

    def query(self, query: str) -> list[Any]:
        """Look into the SQLite file as it is."""
        with contextlib.closing(sqlite3.connect(self.folder / "casebridge.db")) as database:
            return database.execute(query).fetchall()

    def change(self, statement: str) -> None:
        """Tamper with the SQLite file."""
        with contextlib.closing(sqlite3.connect(self.folder / "casebridge.db")) as database, database:
            database.execute(statement)

    async def enrol(self, *people: Person) -> None:
        """Make the database, and enrol people as invites would have."""
        await asyncio.to_thread(migrate, self.database, VAULT)
        async with self.storage() as storage:
            await storage.apply([Turn(people=people)])


def elsewhere_of(folder: Path, **setup: Any) -> Setup:
    """Another machine with its configuration and nothing else."""
    other = folder / "elsewhere"
    other.mkdir()
    made = Setup(other, **setup)
    made.write()
    return made


def _table(head: str, keys: dict[str, Any]) -> str:
    # What JSON writes for texts, numbers and lists of them, TOML reads.
    return f"\n{head}\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def person(number: int, party: str, role: Role, desk: str = "", *, at: str = "telegram") -> Person:
    """Somebody enrolled whose number is also their Telegram number."""
    addresses = (Address(at, str(number)),)
    name, now = f"{role.value} {number}", clock()
    return Person(number, name, party, role, desk, enrolled_at=_MADE_AT, confirmed_at=now, addresses=addresses)


@dataclass
class Program:
    """A running program."""

    process: subprocess.Popen[bytes]
    file: Path

    @property
    def output(self) -> str:
        """All that it wrote so far, errors and log too."""
        return self.file.read_text("utf-8")

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        return await ended(self.process, lambda: len(self.output))

    async def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()


@asynccontextmanager
async def running(setup: Setup, *words: str, variables: dict[str, str] | None = None) -> AsyncIterator[Program]:
    """Run the program with a written configuration, and further words, until the block ends."""
    command = ("run", "--config", str(setup.write()), *words)
    async with started(setup.folder, *command, variables=variables) as program:
        await _takes_calls(program, setup.port)
        yield program


@asynccontextmanager
async def embedded(folder: Path, port: int) -> AsyncIterator[Program]:
    """`casebridge run` without a configuration, until the block ends."""
    async with started(folder, "run", port=port) as program:
        await _takes_calls(program, port)
        yield program


async def _takes_calls(program: Program, port: int) -> None:
    try:
        await listening(program.process, port)
    except (RuntimeError, Stuck):
        raise AssertionError(f"The program does not run:\n{program.output}") from None


@asynccontextmanager
async def started(
    folder: Path,
    *command: str,
    port: int = 0,
    file: Path | None = None,
    is_root: bool = True,
    variables: dict[str, str] | None = None,
) -> AsyncIterator[Program]:
    """Start the program in a folder, and see that it is gone when the block ends; its output goes to a file.

    `port` is set by the environment; with `is_root` false permissions of files count for root too.
    """
    variables = (variables or {}) | ({"CASEBRIDGE_SERVER__PORT": str(port)} if port else {})
    program = _start(folder, command, variables, file or folder / "output.txt", is_root=is_root)
    async with gone_after(program.process):
        yield program


def _start(folder: Path, command: Sequence[str], variables: dict[str, str], file: Path, *, is_root: bool) -> Program:
    first = None if is_root else _bow_to_permissions
    return Program(
        spawn(["-m", "bot", *command], file, cwd=folder, variables=variables | {"PYTHONPATH": str(ROOT)}, first=first),
        file,
    )


def _bow_to_permissions() -> None:
    """Let the permissions of files count for root too, as tests in containers are; for others they do anyway."""
    for power in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, power, 0, 0, 0)  # PR_CAPBSET_DROP


@dataclass
class Terminal:
    """Somebody at a command line beside the program, with a configuration."""

    config: Path | None = None

    def __call__(self, *words: object, code: int = 0) -> list[str]:
        """Give a command and read its lines; it must end with this exit code and never with a traceback."""
        result = self.result(*words)
        assert result.exit_code == code, result.output
        return result.output.splitlines()

    def result(self, *words: object) -> Result:
        arguments = [*map(str, words), *(["--config", str(self.config)] if self.config else [])]
        with _own_logging():
            result = CliRunner(env=_without_settings()).invoke(main, arguments, prog_name="casebridge")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    async def beside(self, *words: object, code: int = 0) -> list[str]:
        """Give a command while the test's own servers go on."""
        return await asyncio.to_thread(self, *words, code=code)


def _without_settings() -> dict[str, str | None]:
    return dict.fromkeys(set(os.environ) - set(environment()))


@contextlib.contextmanager
def _own_logging() -> Iterator[None]:
    """A command sets up logging for its process, which here is that of all tests: put it back."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    try:
        yield
    finally:
        root.handlers[:], root.level = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
