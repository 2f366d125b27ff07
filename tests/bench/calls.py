"""Counts the function calls that one message takes from the line to the outbox: no busy machine changes that number.

It knows only the story and the played bridge, so that it runs in an older checkout too: there,
``.venv/bin/python /path/to/this/tests/bench/calls.py`` with that checkout as the working directory and `PYTHONPATH=.`.
"""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bot.domain.people import Role
from tests.kit.played import PlayedBridge
from tests.kit.story import MESSAGES
from tests.kit.world import Somebody

_FIRST, _COUNTED = 10, 50  #: officers: those who fill the caches, and those who are counted, all at once


async def _tell(bridge: PlayedBridge, officers: Iterable[str]) -> None:
    told = list(officers)
    for text in MESSAGES:
        await bridge.say_at_once(*((officer, text) for officer in told))


async def calls_a_message() -> float:
    """Let many officers tell the story at once; calls of functions of Python and of C, divided by the messages."""
    officers = [f"telegram:of{number}" for number in range(_FIRST + _COUNTED)]
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory(prefix="casebridge-bench-") as folder:
        bridge = PlayedBridge(Path(folder))
        await bridge.start()
        await bridge.enrol(*(Somebody(f"Officer {a}", "KH", Role.OFFICER, (a,)) for a in officers))
        await _tell(bridge, officers[:_FIRST])
        profile.enable()
        await _tell(bridge, officers[_FIRST:])
        profile.disable()
        await bridge.stop()
    total: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]
    return total / (_COUNTED * len(MESSAGES))


if __name__ == "__main__":
    print(f"{asyncio.run(calls_a_message()):.0f} function calls a message")
