"""Where a person stands in what they and the bridge say to each other, as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.messages import Address


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where one person stands: which case and question, and what is waiting for their word."""

    person_id: int
    case_id: int | None = None
    asking: str = ""  #: field id, ``summary``, ``corridor`` or empty
    pending: Mapping[str, object] = field(default_factory=dict)  #: JSON: toggles, a date to confirm, held texts
    place: Address | None = None  #: where they wrote last, answers go there
    updated_at: datetime | None = None
    wakes_at: datetime | None = None  #: when the clock looks at it: held texts open a case
    gathering: Mapping[str, Any] = field(default_factory=dict)  #: JSON: an album that comes file by file, see `albums`
    version: int = 0  #: goes up at every write; 0 is not stored yet
