"""What is kept for messengers: reply windows, access tokens, browsers. Contracts, documented here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.messages import Address
from bot.domain.push import Subscription
from bot.domain.reply_windows import Window


@dataclass(frozen=True, slots=True)
class Token:
    """What a messenger's API wants to see in every call; a secret, kept sealed."""

    value: str = field(repr=False)
    expires_at: datetime


class KeepsForMessengers(Protocol):
    """The part of the storage that messengers' own rules need. Methods raise only `StorageError`."""

    async def spend(self, address: Address, now: datetime, keep: int) -> Window | None:
        """Take one message out of a window that is open at `now`; returns that window with what is left of it.

        The short window first, to its last message: it is over in a moment. A long one must have more than `keep`
        left. One statement, safe on any number of nodes; None when there is none.
        """

    async def give_back(self, window: Window) -> None:
        """Put a message back that was taken out of this window and not sent; nothing when another one opened since."""

    async def close_windows(self, address: Address, now: datetime) -> None:
        """Note that the messenger takes nothing more: all windows opened at or before `now` have nothing left."""

    async def open_windows(self, address: Address, now: datetime) -> list[Window]:
        """Return the windows that are open at `now` and have something left, the short one first."""

    async def claim_windows(self, now: datetime, until: datetime, limit: int, lease: timedelta) -> list[Window]:
        """Take up to `limit` long windows that are open, close before `until` and were not asked about.

        The first to close first. One statement.
        """

    async def token(self, name: str) -> Token | None:
        """Return the token kept under this name, also one that is over; None when there is none."""

    async def save_token(self, name: str, token: Token) -> None:
        """Keep a token in place of the one before."""

    async def add_subscription(self, subscription: Subscription) -> None:
        """Keep a browser in place of what was kept of its endpoint. A person has few: the oldest goes."""

    async def subscriptions(self, people: Sequence[int]) -> list[Subscription]:
        """Return the browsers of these people, the newest first; one that does not open is left out."""

    async def note_push(self, endpoint_hash: str, now: datetime) -> None:
        """Note that its push service took something."""

    async def drop_subscription(self, endpoint_hash: str, person_id: int | None = None) -> None:
        """Forget a browser, with `person_id` only if it is that person's; nothing when it is not known."""
