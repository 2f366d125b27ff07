"""A side of the benchmark that runs, with the officers who write to it, a burst at a time."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.lean_api import LeanApi
from tests.bench.officers import Measured, Officers
from tests.bench.sides import Run, Side, running
from tests.bench.webhook import Webhook
from tests.fakes.bot_api import HOOK, SECRET
from tests.kit.processes import cpu_seconds, free_port
from tests.kit.story import FIRST_CHAT


class Wrong(RuntimeError):
    """A side did not do what is measured."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked of a side at a time."""

    officers: int  #: who write at once
    cases: int  #: that each of them reports in a burst, one after another
    connections: int  #: webhook calls under way at most


@dataclass(eq=False, slots=True)
class Playing:
    """One side under way."""

    side: Side
    load: Load
    run: Run
    officers: Officers
    process: subprocess.Popen[bytes]
    _played: int = 0  #: cases

    async def burst(self) -> Measured:
        """Let every officer report their cases; what the process took meanwhile is measured."""
        return await self._play(self.load.officers * self.load.cases)

    async def warm_up(self) -> None:
        """Let every officer report one case."""
        await self._play(self.load.officers)

    async def _play(self, cases: int) -> Measured:
        chats = self.run.chats[self._played : self._played + cases]
        self._played += cases
        # Anew for each burst: what nobody uses for five seconds is closed.
        async with Webhook(self.run.port, HOOK, SECRET, self.load.connections) as webhook:
            before = cpu_seconds(self.process)
            measured = await self.officers.play(webhook, chats, self.load.officers)
            measured.cpu = cpu_seconds(self.process) - before
        if measured.replies != cases * len(self.side.messages):
            raise Wrong(f"{self.side.name}: {measured.replies} replies to {cases * len(self.side.messages)} messages")
        return measured


@contextlib.asynccontextmanager
async def played(side: Side, load: Load, bursts: int) -> AsyncIterator[Playing]:
    """Start a side afresh, warm it up, and see at the end that it did what it says; so many bursts are to be played."""
    officers = Officers(side.messages)
    chats = range(FIRST_CHAT, FIRST_CHAT + load.officers * (1 + load.cases * bursts))
    with tempfile.TemporaryDirectory(prefix="casebridge-bench-") as folder:
        async with LeanApi(officers.replied) as api:
            run = Run(Path(folder), free_port(), api.url, chats)
            with _explained(side, run):
                command = await side.prepare(run)
                async with running(side, command, run) as process:
                    playing = Playing(side, load, run, officers, process)
                    await playing.warm_up()
                    yield playing
        _require(side, run, officers)


@contextlib.contextmanager
def _explained(side: Side, run: Run) -> Iterator[None]:
    """Say with what went wrong what the side itself wrote."""
    try:
        yield
    except Exception as error:
        file = run.folder / "output.txt"
        output = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
        raise Wrong(f"{side.name}: {type(error).__name__} {error}\n{output[-2000:]}") from error


def _require(side: Side, run: Run, officers: Officers) -> None:
    mistakes = side.mistakes(run)
    if officers.surplus:
        mistakes.append(f"{officers.surplus} replies too many")
    if mistakes:
        raise Wrong(f"{side.name}: " + "; ".join(mistakes))
