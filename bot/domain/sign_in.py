"""One-time sign-in links and sessions: how long they hold, how their tokens are made and hashed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.people import SignIn

LINK_LENGTH = timedelta(minutes=10)
TO_BOARD = "board"  #: what a link says that leads to the board, as ``?to=board``
SESSION_LENGTH = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)  #: a session that is not used for so long ends; the configuration may change it
#: Signs of a token, as they stand in an address unescaped.
TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # noqa: S105 - no secret  # nosec B105
TOKEN_LENGTH = 43  #: signs; 258 bits


def hash_token(token: str) -> str:
    """Hash a token for storage; it is random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def path_of(token: str) -> str:
    """Where a token is used up."""
    return f"/signin/{token}"


def new_link(person_id: int, now: datetime, choose: Callable[[str], str]) -> tuple[SignIn, str]:
    """Make a link with randomness from outside; returns what is kept of it, and its path."""
    token = "".join(choose(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))
    return SignIn(hash_token(token), person_id, now, now + LINK_LENGTH), path_of(token)
