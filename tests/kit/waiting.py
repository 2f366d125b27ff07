"""Waiting until something is so: given up when nothing moves any more, never because a machine is slow."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

STUCK = 60.0  #: seconds without any movement, until what is waited for is given up
_LOOK = 0.05  #: seconds between two looks


class Stuck(AssertionError):
    """Nothing moves, and what was waited for is not so."""


class Movement:
    """Notices when nothing moves any more."""

    def __init__(self) -> None:
        self._since = monotonic()
        self._seen: object = self

    def note(self, seen: object) -> None:
        """Take what stands now; raises `Stuck` when it has stood so for too long."""
        if seen != self._seen:
            self._since, self._seen = monotonic(), seen
        elif monotonic() - self._since > STUCK:
            raise Stuck(f"Nothing has moved for {STUCK:g} s; last seen: {seen!r}")


async def until(look: Callable[[], Any], *, moves: Callable[[], object] = lambda: None) -> Any:
    """Look again and again until something is so; returns what was seen then.

    `moves` tells what else shows that it is on its way: how far a long work is, the processor time of a process.
    """
    movement = Movement()
    while True:
        found = look()
        seen = await found if isinstance(found, Awaitable) else found
        if seen:
            return seen
        movement.note((seen, moves()))
        await asyncio.sleep(_LOOK)


class News:
    """Lets a fake say that something happened at it, and tests wait for what they want to see there."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._count = 0

    def happened(self, *, is_movement: bool = True) -> None:
        """Let whoever waits look again; what comes by itself and for ever, as asking for news does, is no movement."""
        self._count += is_movement
        self._event.set()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so; looked at after everything that happens here."""
        movement = Movement()
        while not condition():
            movement.note(self._count)
            self._event.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._event.wait()
