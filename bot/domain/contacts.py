"""What is known of an address: when somebody last showed that they read there, and whether we may write. Values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.messages import Kind

#: Who has shown nothing for so long may not read there any more.
STALE_AFTER = timedelta(days=30)

#: What shows nothing of whether a message of ours would arrive.
NO_PROOF = frozenset({Kind.LEFT, Kind.OUTCOME, Kind.CALLED, Kind.MOVED})


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard from an address."""

    at: datetime | None = None  #: when somebody last wrote, tapped or acted on what was sent there
    window_until: datetime | None = None  #: when the reply window closes that is open there and has messages left
