"""The clock of tests: it stands still until it is moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Saturday, 14:05 in Phnom Penh and 15:05 in Beijing.
START = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)


@dataclass
class Clock:
    """Tells a moment whenever it is asked."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass: ``forward(minutes=16)``."""
        self.now += timedelta(**span)


@dataclass
class Machine:
    """A computer's two clocks: the monotonic one goes on, the wall clock is set as somebody likes."""

    passed: float = 0.0
    ahead: timedelta = timedelta()

    def monotonic(self) -> float:
        return self.passed

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.passed) + self.ahead

    def set_clock(self, **span: float) -> None:
        """Set the wall clock: ``set_clock(hours=-1)``."""
        self.ahead += timedelta(**span)
