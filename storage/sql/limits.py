"""How long a transaction may wait for others, and others for it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.frozen import replace

#: Within this a message is stored, or whoever brought it is told that it is not.
ANSWER_WITHIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Limits:
    """Each in seconds; a lock is waited for longer than its holder may stand still, so that who waits is served."""

    idle: float  #: between two statements; a node that stands still for longer loses its transaction and what it holds
    lock: float  #: for what another transaction holds
    statement: float  #: for one statement
    whole: float  #: for the whole transaction, also when the server says nothing at all
    connect: float  #: for reaching one host

    @classmethod
    def within(cls, patience: timedelta) -> Limits:
        """For everything that somebody waits for."""
        seconds = patience.total_seconds()
        idle, lock, statement, whole = (share * seconds for share in (0.4, 0.6, 0.7, 0.8))
        return cls(idle, lock, statement, whole, connect=max(lock, 3.0))

    @property
    def at_leisure(self) -> Limits:
        """For work in portions that nobody waits for, such as a purge: others are held up no longer than usual."""
        return replace(self, statement=120.0, whole=300.0)

    @property
    def for_long(self) -> Limits:
        """For reading all there is, as an export does, and for migrations."""
        return replace(self, idle=300.0, statement=3600.0, whole=12 * 3600.0, connect=10.0)


USUAL = Limits.within(ANSWER_WITHIN)
