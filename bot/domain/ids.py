"""Time-ordered 63-bit ids, so that a turn can name what it creates."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

_EPOCH_MS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
_SEQUENCE_BITS = 10
_NODE_BITS = 12


def first_at(moment: datetime) -> int:
    """The lowest id that is made at a moment."""
    return max(int(moment.timestamp() * 1000) - _EPOCH_MS, 0) << _SEQUENCE_BITS + _NODE_BITS


class Ids:
    """Makes ids: 41 bits of milliseconds since 2026, 12 bits of this process, 10 bits of sequence.

    Ids of one process always go up, even when the clock steps back; 1,024 a millisecond, then the next one is borrowed.
    """

    def __init__(self, now: Callable[[], datetime], node: int | None = None) -> None:
        """Take the clock, and the node number (0..4095, random when not given)."""
        self._now = now
        self._node = secrets.randbelow(1 << _NODE_BITS) if node is None else node
        self._last_ms = 0
        self._sequence = 0

    def go_beyond(self, other: int) -> None:
        """Make only ids from now on that are later than one of another process, whose clock may be ahead."""
        ms = other >> _SEQUENCE_BITS + _NODE_BITS
        if ms >= self._last_ms:
            self._last_ms, self._sequence = ms + 1, 0

    def __call__(self) -> int:
        """Make the next id."""
        ms = int(self._now().timestamp() * 1000) - _EPOCH_MS
        if ms > self._last_ms:
            self._last_ms, self._sequence = ms, 0
        elif self._sequence + 1 < (1 << _SEQUENCE_BITS):
            self._sequence += 1
        else:
            self._last_ms, self._sequence = self._last_ms + 1, 0
        return ((self._last_ms << _NODE_BITS | self._node) << _SEQUENCE_BITS) | self._sequence
