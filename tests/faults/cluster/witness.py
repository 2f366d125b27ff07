"""A clock that goes as slowly as the machine does: nobody is blamed for being slow on a busy one."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

_PAUSE = 0.09  #: seconds between two ticks; the work takes the rest of a tenth on a quiet machine
_ROUNDS = 20_000  #: of hashing, about 10 ms


class Witness:
    """Ticks; each tick slept a little, computed a little and wrote to the disk, as nodes do."""

    def __init__(self) -> None:
        self._moments = [datetime.now(UTC)]

    @property
    def tick(self) -> int:
        """How often it has ticked."""
        return len(self._moments) - 1

    def at(self, tick: int) -> datetime:
        """When that was."""
        return self._moments[tick]

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Tick until the block ends."""
        with tempfile.TemporaryFile() as file:
            ticking = asyncio.create_task(self._run(file.fileno()))
            try:
                yield
            finally:
                ticking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await ticking

    async def _run(self, file: int) -> None:
        while True:
            await asyncio.sleep(_PAUSE)
            await asyncio.to_thread(_work, file)
            self._moments.append(datetime.now(UTC))


def _work(file: int) -> None:
    os.pwrite(file, hashlib.pbkdf2_hmac("sha256", b"a", b"tick", _ROUNDS), 0)
    os.fsync(file)
