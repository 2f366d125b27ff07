"""Reply windows: how many messages a messenger lets us write to somebody, and until when. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.messages import Address


@dataclass(frozen=True, slots=True)
class Window:
    """One person's window on one messenger; the next message of theirs opens a new one in its place.

    A tap opens a short window beside a long one that is still open: it is a grant of its own.
    """

    address: Address
    opened_at: datetime
    closes_at: datetime
    left: int  #: messages that may still be sent
    by_tap: bool = False  #: opened by a tap, follow or scan: the short one
    asked: bool = False  #: the person was asked to write before it closes
