"""An event loop whose time passes only while nobody has anything to do, and a wall clock that can be set beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, tzinfo
from typing import Any

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from tests.kit.clock import Machine


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next moment that something waits for; only for what needs no thread and no network."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def time(self) -> float:
        return self._machine.passed

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self._machine.passed = max(self.time(), self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


class VirtualMachine(Machine):
    """A machine whose monotonic clock is that of a virtual loop."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop(self)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run to the end; what it waits for comes at once."""
        try:
            self.loop.run_until_complete(work)
        finally:
            self.loop.close()

    def lend_to_apscheduler(self, patch: pytest.MonkeyPatch) -> None:
        """Let APScheduler read this wall clock."""
        wall = self.wall

        class WallClock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return wall().astimezone(tz)

        for module in (base, interval):
            patch.setattr(module, "datetime", WallClock)
