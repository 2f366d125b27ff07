"""One-time links about a hand-off: what they open, for whom, how long they hold. Pure; a token is kept hashed only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case import Handoff
from bot.domain.closed_sets import for_each
from bot.domain.sign_in import TOKEN_ALPHABET, TOKEN_LENGTH, hash_token


class LinkUse(StrEnum):
    """What a link about a hand-off is for."""

    PAPER = "paper"  #: in a ping: one tap of one person opens the papers of the hand-off in their browser
    OPENED = "opened"  #: what that tap gave to the browser; it opens these papers, and nothing else
    RECEIPT = "receipt"  #: in a mail: whoever has it may say once that the papers arrived


#: A ping is read later than it comes, and a paper on a bad line is taken more than once; a mailbox is read next week.
LASTS = for_each(
    LinkUse,
    {
        LinkUse.PAPER: timedelta(hours=1),
        LinkUse.OPENED: timedelta(minutes=10),
        LinkUse.RECEIPT: timedelta(days=30),
    },
)


@dataclass(frozen=True, slots=True)
class HandoffLink:
    """A one-time link about a hand-off; only the hash of its token is kept."""

    token_hash: str
    use: LinkUse
    case_id: int
    handoff_id: int
    person_id: int  #: for whom alone it works; 0 where whoever has it may use it
    created_at: datetime
    expires_at: datetime


def path_of(use: LinkUse, token: str) -> str:
    """Where a link leads."""
    return f"/{use.value}/{token}"


def link_with(use: LinkUse, handoff: Handoff, person_id: int, now: datetime, token: str) -> HandoffLink:
    """What is kept of a link with this token."""
    return HandoffLink(hash_token(token), use, handoff.case_id, handoff.id, person_id, now, now + LASTS[use])


def new_link(
    use: LinkUse, handoff: Handoff, person_id: int, now: datetime, choose: Callable[[str], str]
) -> tuple[HandoffLink, str]:
    """Make a link with randomness from outside; returns what is kept of it, and its path."""
    token = "".join(choose(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))
    return link_with(use, handoff, person_id, now, token), path_of(use, token)
