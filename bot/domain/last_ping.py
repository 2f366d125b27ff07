"""What one recipient was last pinged about a case, and until when they asked for no repeats. A frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.messages import Address


@dataclass(frozen=True, slots=True)
class LastPing:
    """The newest ping of a case to one recipient."""

    key: str = ""  #: its dedupe key without the recipient, by which it can be changed; empty: there was none yet
    at: datetime | None = None  #: when it was made
    place: Address | None = None  #: where it went first
    quiet_until: datetime | None = None  #: they are on it: no repeats before

    def is_quiet(self, now: datetime) -> bool:
        """Whether they said that they are on it, and that still holds."""
        return self.quiet_until is not None and now < self.quiet_until
