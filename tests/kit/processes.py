"""Processes that tests and benchmarks start: where they listen, what they may know, and that they are gone after."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from tests.kit.root import ROOT
from tests.kit.waiting import until

#: Below those that a system gives to whoever asks for any port, so that nobody is given one that was found free here;
#: every process begins elsewhere.
_PORTS = itertools.count(os.getpid() * 101)
_FIRST_PORT, _PORTS_LEFT = 10_000, 20_000
_STOP_SECONDS = 15  #: until a process that does not stop is killed


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        port = _FIRST_PORT + next(_PORTS) % _PORTS_LEFT
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def environment() -> dict[str, str]:
    """The environment without settings of a bridge of somebody's own, and with compiled modules kept between starts."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("CASEBRIDGE_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / f"casebridge-compiled-{os.getuid()}")}


def spawn(
    command: Sequence[str],
    output: Path,
    *,
    cwd: Path = ROOT,
    variables: dict[str, str] | None = None,
    first: Callable[[], None] | None = None,
    python: str = sys.executable,
) -> subprocess.Popen[bytes]:
    """Start Python with these words; all that it writes is added to a file."""
    with output.open("ab") as written:
        return subprocess.Popen(
            [python, *command],
            cwd=cwd,
            stdout=written,
            stderr=written,
            env=environment() | (variables or {}),
            preexec_fn=first,  # noqa: PLW1509 - one system call
        )


@contextlib.asynccontextmanager
async def gone_after(process: subprocess.Popen[bytes]) -> AsyncIterator[None]:
    """See that a process is gone when the block ends."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, _STOP_SECONDS)
        process.kill()
        process.wait()


async def ended(process: subprocess.Popen[bytes], moves: Callable[[], object] = lambda: None) -> int:
    """Wait for its end, as long as it works; the exit code."""
    await until(lambda: process.poll() is not None, moves=lambda: (cpu_seconds(process), moves()))
    return int(process.returncode)


async def listening(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until it takes connections and answers them, as long as it works."""

    async def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode} instead of starting")
        return await _answers(port)

    await until(answers, moves=lambda: cpu_seconds(process))


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return (await reader.read(12)).startswith(b"HTTP/1.1")
    except OSError:
        return False
    finally:
        writer.close()


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a process has taken; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
