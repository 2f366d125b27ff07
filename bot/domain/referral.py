"""A case referred to a support desk of one side, such as a shelter: what was asked of it, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.guarded import NOTHING, Guarded


class ReferralState(StrEnum):
    """How far a referral has come."""

    SENT = "sent"  #: the desk was asked and has not answered
    ACCEPTED = "accepted"  #: it takes the person in
    RETURNED = "returned"  #: it cannot, and said why
    WITHDRAWN = "withdrawn"  #: by the side that referred, or because it may not know of the person any more


class Ground(StrEnum):
    """What allows a referral."""

    CONSENT = "consent"  #: an adult said yes, recorded with the act
    BEST_INTERESTS = "best_interests"  #: of a child: a named guardian and a written reason


@dataclass(frozen=True, slots=True)
class Referral:
    """A case referred to a support desk. Nothing of it is for the other side."""

    id: int
    case_id: int
    desk: str  #: id of the support desk
    party: str  #: the side that referred, and the desk's
    state: ReferralState
    by: int  #: person id of who referred
    sent_at: datetime
    ground: Ground
    covers: tuple[int, ...]  #: whom it is for, by their numbers in the case
    next_at: datetime | None = None  #: when the desk is reminded; None when nothing is waited for
    pings: int = 0  #: how often it was
    answered_at: datetime | None = None
    answered_by: int | None = None
    spoken: Guarded = NOTHING  #: the language of the person, as it was known when they were referred
    taken_by: Guarded = NOTHING  #: who takes the person in, in the desk's words
    reason: Guarded = NOTHING  #: why it was returned or withdrawn
    withdrawn_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether the desk still has the person, or is asked to."""
        return self.state in (ReferralState.SENT, ReferralState.ACCEPTED)

    @property
    def reader(self) -> str:
        """As whom people of the desk read it: they have the referral, and never the case."""
        return reader_of(self.desk)


def reader_of(desk: str) -> str:
    """As whom people of a support desk read what was referred to it."""
    return f"support:{desk}"
