"""The time that the bridge goes by. Pure but for the monotonic clock that it is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

#: A time that is further ahead than this is no time to keep: it is given up at once.
LONGEST = timedelta(days=1)
_SLOWEST = 0.9  #: seconds a second


class SteadyClock:
    """Follows a reference at once when it goes forward, and goes slower until it is met when it was set back.

    It never goes back itself, so that whatever waits for "now plus five minutes" waits for about five minutes, and
    nothing falls due twice.
    """

    def __init__(self, moment: datetime, monotonic: Callable[[], float]) -> None:
        """Begin at a moment; `monotonic` tells seconds and is set by nobody."""
        self._monotonic = monotonic
        self.set(moment)

    def __call__(self) -> datetime:
        """The present moment."""
        moment, at, speed = self._set
        return moment + timedelta(seconds=(self._monotonic() - at) * speed)

    def set(self, moment: datetime, speed: float = 1.0) -> None:
        """Go on from this moment."""
        self._set = moment, self._monotonic(), speed  # one value: other threads read it

    def follow(self, reference: datetime) -> None:
        """Go by what a reference says now; called about once a second."""
        now = self()
        ahead = now - reference
        if timedelta() < ahead <= LONGEST:
            self.set(now, max(_SLOWEST, 1 - ahead.total_seconds()))
        else:
            self.set(reference)
