"""What a node does of all that the bridge does: everything, or one part while other nodes do the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.app.service_manager import ServiceManager
from bot.config.model import Settings
from bot.domain.closed_sets import for_each
from bot.domain.errors import BridgeError


class Part(StrEnum):
    """A part that a node can do alone."""

    WEB = "web"  #: takes webhooks, pages and web chat, and stores
    WORK = "work"  #: polls, runs the clock, sends


Parts = frozenset[Part]
BOTH: Parts = frozenset(Part)
_DOES = for_each(
    Part,
    {
        Part.WEB: "takes webhooks, pages and web chat, and stores",
        Part.WORK: "polls, runs the clock, sends, fetches files, purges, digests",
    },
)


@dataclass(frozen=True, slots=True)
class Start:
    """How a node was started, and who is told."""

    is_embedded: bool  #: without a configuration, as a sample
    say: Callable[[str], None]
    parts: Parts = BOTH
    manager: ServiceManager = field(default_factory=ServiceManager)

    @property
    def takes(self) -> bool:
        """Whether people and messengers may call this node."""
        return Part.WEB in self.parts

    @property
    def works(self) -> bool:
        """Whether the clock runs here, and messages are sent from here."""
        return Part.WORK in self.parts


def said(parts: Parts) -> str:
    """Say in words what a node does, and what it leaves to others."""
    does = "; ".join(_DOES[part] for part in Part if part in parts)
    left = "; ".join(_DOES[part] for part in Part if part not in parts)
    return f"{does}. Other nodes must: {left}" if left else does


def require_shared(settings: Settings, parts: Parts) -> None:
    """Refuse to split what one process alone may do. Raises `BridgeError`."""
    url = settings.database.url.get_secret_value()
    if parts != BOTH and url.startswith("sqlite"):
        raise BridgeError(
            "--only needs PostgreSQL: with SQLite one process does everything. Leave it out, or set database.url."
        )
