"""Time-outs that pass when a test wants them to: the clock of the event loop is put forward, and nobody waits.

Whatever runs on this loop is older then. Threads and other processes are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

_AHEAD: WeakKeyDictionary[asyncio.AbstractEventLoop, float] = WeakKeyDictionary()  #: in seconds


def pass_time(seconds: float = 3600) -> None:
    """Let everything that waits on the running loop have waited so much longer."""
    loop = asyncio.get_running_loop()
    if loop not in _AHEAD:
        real = loop.time
        loop.time = lambda: real() + _AHEAD[loop]  # type: ignore[method-assign]
    _AHEAD[loop] = _AHEAD.get(loop, 0) + seconds


@contextmanager
def standing_still() -> Iterator[None]:
    """Let no time pass on the running loop: what waits for time in this block does not end."""
    loop = asyncio.get_running_loop()
    told, now = loop.time, loop.time()
    loop.time = lambda: now  # type: ignore[method-assign]
    try:
        yield
    finally:
        loop.time = told  # type: ignore[method-assign]
