"""What pings somebody had within the hour, but those of U1, and what of them is gathered into one. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.frozen import replace
from bot.domain.messages import Outgoing, OutgoingKind, Priority

HOUR = timedelta(hours=1)
GATHERED = "pings:"  #: with what the dedupe key of one message instead of many pings begins


@dataclass(frozen=True, slots=True)
class HeardPings:
    """Of one recipient."""

    count: int = 0
    gathered: Outgoing | None = None  #: the newest message instead of many pings
    is_taken: bool = True  #: it was sent, or somebody is about to: it says no more than it says

    def with_ping(self, ping: Outgoing) -> HeardPings:
        """The same with one more."""
        more = replace(self, count=self.count + 1)
        is_gathered = ping.dedupe_key.startswith(GATHERED)
        return replace(more, gathered=ping, is_taken=False) if is_gathered else more

    @property
    def waiting(self) -> Outgoing | None:
        """The message that gathers pings and can still say more."""
        return None if self.is_taken else self.gathered


NONE = HeardPings()


def counts(message: Outgoing) -> bool:
    """Whether a message is one of those that are counted."""
    return message.kind is OutgoingKind.PING and message.priority > Priority.U1
