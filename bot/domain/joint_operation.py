"""The plan of a joint operation: each version dated and attributed, and confirmed by each side on its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.guarded import NOTHING, Guarded


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That a side agrees with a version of a plan."""

    party: str
    by: int  #: person id
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a plan. A change makes a new one, which both sides confirm anew; older ones stay."""

    id: int
    case_id: int
    at: datetime
    by: int  #: person id of who wrote this version
    party: str  #: their side
    starts_at: datetime | None = None
    where: Guarded = NOTHING  #: in somebody's words, as exact as they wrote it: tier 2
    where_by: int | None = None  #: person id of who wrote it
    where_party: str = ""  #: their side
    confirmations: tuple[Confirmation, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether place and time are known, so that it can be confirmed."""
        return self.starts_at is not None and bool(self.where)

    def confirmed_by(self, party: str) -> Confirmation | None:
        """The confirmation of a side."""
        return next((each for each in self.confirmations if each.party == party), None)

    def waits_for(self, *parties: str) -> tuple[str, ...]:
        """Which of these sides have not confirmed this version."""
        return tuple(party for party in parties if party and self.confirmed_by(party) is None)
