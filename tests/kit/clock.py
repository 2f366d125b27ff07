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
