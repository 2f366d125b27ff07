"""What an adapter is given of the process that it runs in. Decides nothing and keeps nothing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar


class Leases(Protocol):
    """What several nodes need to do a thing by one of them at a time; the bridge's storage has it."""

    async def take_lease(self, name: str, owner: str, now: datetime, ttl: timedelta) -> bool:
        """Take or renew a named lease; False while somebody else holds it."""

    async def release_lease(self, name: str, owner: str) -> None:
        """Give a lease back, if it is ours."""


StoreT_co = TypeVar("StoreT_co", covariant=True, bound=Leases)


@dataclass(frozen=True, slots=True)
class Node(Generic[StoreT_co]):
    """One process among all that run the bridge."""

    store: StoreT_co  #: what the adapter keeps for all nodes
    owner: str  #: this process's name among them, for leases
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    machine: Callable[[], datetime] | None = None  #: this machine's clock, where it may differ from the bridge's time
    polls: bool = True  #: asks messengers for messages; False: other nodes do
    is_called: bool = True  #: messengers call it; False: they call other nodes
