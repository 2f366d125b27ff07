"""Whether a whole messenger is out, as far as the last tries show. No clock: it is told the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.messages import Address, Priority
from bot.domain.turn import Mark

_ENOUGH_ADDRESSES = 5  #: that failed one after the other; one address alone says nothing of the messenger
_LONGEST = timedelta(seconds=15)
_REMEMBERED = 1000  #: urgent rows that wait in the outbox


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
        self._urgent: dict[int, Mark] = {}

    def remember(self, priority: Priority, mark: Mark) -> None:
        """Remember an urgent row that waits in the outbox: it goes first when the messenger works again."""
        if priority <= Priority.U2 and len(self._urgent) < _REMEMBERED:
            self._urgent[mark.outbox_id] = mark

    def came_back(self, outbox_id: int) -> None:
        """Note that a row waits in the outbox no longer."""
        self._urgent.pop(outbox_id, None)

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

    def ended(self, now: datetime) -> list[Mark]:
        """Note that the messenger took a message; returns what waits, is urgent, and may be brought forward now."""
        was_out = self._until is not None
        if self._failing or was_out:
            self._failing.clear()
            self._rounds, self._until = 0, None
        if not was_out:
            return []
        waiting, self._urgent = self._urgent, {}
        return [mark for mark in waiting.values() if mark.next_attempt_at is not None and mark.next_attempt_at > now]
