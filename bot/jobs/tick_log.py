"""When each tick last went well, by a clock that nobody sets: what stands still is known though time is set back."""

from __future__ import annotations

from collections.abc import Callable

#: Without these a case falls silent. Others may take their time, as a backup does.
VITAL = frozenset({"clock", "deadlines", "outbox", "heartbeat"})
LIMIT = 60.0  #: seconds


class TickLog:
    """What is known of the ticks of this process."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        """Take seconds that always go forward."""
        self._seconds = seconds
        self._lived: dict[str, float] = {}

    def expect(self, name: str) -> None:
        """From now on this tick must live."""
        self._lived[name] = self._seconds()

    def lived(self, name: str) -> None:
        """Hear that a tick went well."""
        if name in self._lived:
            self._lived[name] = self._seconds()

    def still(self) -> dict[str, float]:
        """Say for how many seconds each tick that must live has not."""
        now = self._seconds()
        return {name: now - at for name, at in self._lived.items() if name in VITAL and now - at >= LIMIT}
