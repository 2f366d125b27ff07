"""A translation program on this machine: it reads a text on its input and writes English to its output."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence

from bot.domain.errors import Refused, Unavailable
from bot.ports.translation import LIMIT, checked

_AT_MOST = 4 * LIMIT  #: bytes that are read of its answer
#: All that it gets to know of our surroundings: no secret of the bridge stands there.
_SURROUNDINGS = ("PATH", "HOME", "TMPDIR")


class TranslationProgram:
    """Honours `bot.ports.translation.Translator`. Each text starts the program anew, without a shell."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command = tuple(command)
        self._seconds = seconds

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    async def in_english(self, text: str) -> str:
        surroundings = {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # what it complains of may hold the text
                env={**surroundings, "LANG": "C.UTF-8"},
                start_new_session=True,
            )
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else "unknown reason"
            raise Unavailable(f"The translation program could not be started: {reason}.") from None
        try:
            async with asyncio.timeout(self._seconds):
                said, code = await _talk(process, text)
        except TimeoutError:
            raise Unavailable("The translation program took too long and was ended.") from None
        finally:
            await _end(process)
        if code:
            raise Unavailable(f"The translation program failed (exit code {code}).")
        return checked(_as_text(said))


async def _talk(process: asyncio.subprocess.Process, text: str) -> tuple[bytes, int]:
    """Give it the text and take its answer; raises `Refused` for one that does not end."""
    if process.stdin is None or process.stdout is None:
        raise Unavailable("The translation program has no input or output.")
    with contextlib.suppress(ConnectionError):  # it may answer without reading all of it
        process.stdin.write(text.encode())
        await process.stdin.drain()
        process.stdin.close()
    said = b""
    while chunk := await process.stdout.read(_AT_MOST):
        said += chunk
        if len(said) > _AT_MOST:
            raise Refused("The translation is too long.")
    return said, await process.wait()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End it with whatever it started, and wait until it has; nothing happens to one that ended by itself."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        while await process.stdout.read(_AT_MOST):  # what it had written before; without it the pipe stays open
            pass
    await process.wait()


def _as_text(said: bytes) -> str:
    try:
        return said.decode()
    except UnicodeDecodeError:
        raise Refused("The translation is no text in UTF-8.") from None
