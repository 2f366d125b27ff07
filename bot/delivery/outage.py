"""Whether a whole messenger is out, as far as the last tries show. No clock: it is told the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.messages import Address

_ENOUGH_ADDRESSES = 5  #: that failed one after the other; one address alone says nothing of the messenger
_LONGEST = timedelta(seconds=15)


class Outage:
    """Counts the addresses that failed since the last success, and says when to try the messenger again.

    While a messenger is out its messages stay in the outbox, where they are looked at in time for their next address;
    without this they would wait in memory behind tries that each take as long as a time-out.
    """

    def __init__(self) -> None:
        """Begin with a messenger that works."""
        self._failing: set[Address] = set()
        self._rounds = 0
        self._until: datetime | None = None

    def until(self, now: datetime) -> datetime | None:
        """Until when nothing should be tried; None when something may."""
        return self._until if self._until is not None and now < self._until else None

    def failed(self, address: Address, now: datetime) -> datetime | None:
        """Count a failure; returns until when the messenger is taken to be out, if this one says so."""
        if self.until(now) is None:
            self._failing.add(address)
        if len(self._failing) < _ENOUGH_ADDRESSES:
            return None
        self._failing.clear()
        self._until = now + min(_LONGEST, timedelta(seconds=2**self._rounds))
        self._rounds = min(self._rounds + 1, 10)
        return self._until

    def ended(self) -> None:
        """Note that the messenger took a message."""
        if self._failing or self._until is not None:
            self._failing.clear()
            self._rounds, self._until = 0, None
