"""What pings somebody had within the hour, but those of U1, and what of them is gathered into one. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.frozen import replace
from bot.domain.messages import Outgoing, OutgoingKind, Priority

HOUR = timedelta(hours=1)
GATHERED = "pings:"  #: with what the dedupe key of one message instead of many pings begins


@dataclass(frozen=True, slots=True)
class HeardPings:
    """Of one recipient."""

    count: int = 0
    gathered: Outgoing | None = None  #: the newest message instead of many pings

    def with_ping(self, ping: Outgoing) -> HeardPings:
        """The same with one more."""
        is_gathered = ping.dedupe_key.startswith(GATHERED)
        return replace(self, count=self.count + 1, gathered=ping if is_gathered else self.gathered)

    def waiting(self, now: datetime) -> Outgoing | None:
        """The message that gathers pings and is not sent yet."""
        found = self.gathered
        is_waiting = found is not None and found.not_before is not None and found.not_before > now
        return found if is_waiting else None


NONE = HeardPings()


def counts(message: Outgoing) -> bool:
    """Whether a message is one of those that are counted."""
    return message.kind is OutgoingKind.PING and message.priority > Priority.U1
