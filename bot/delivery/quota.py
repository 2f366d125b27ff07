"""Counts for all nodes, and over restarts, what one address gets in a minute where too much would be lost silently."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.errors import Throttled
from bot.domain.messages import Address, Capabilities
from bot.ports.storage import Storage

_MINUTE = timedelta(minutes=1)


class Quota:
    """What may go to an address in each minute of the clock: half of what the messenger takes in any minute.

    Any minute lies in two of the clock at most, so that no minute has more than the whole, whoever sent it.
    """

    def __init__(self, storage: Storage, capabilities: Capabilities) -> None:
        """Take the messenger's limits; unless it is strict nothing is counted."""
        a_minute = min(capabilities.chat_burst, int(capabilities.per_chat_second * 60))
        self._storage = storage
        self._group_prefix = capabilities.group_prefix
        self._most = a_minute if capabilities.is_strict else 0

    async def take(self, address: Address, now: datetime) -> None:
        """Count one message. Raises `Throttled` when it is one too many, `StorageError` when it cannot be counted."""
        if not self._most or address.peer.startswith(self._group_prefix):
            return
        minute = now.replace(second=0, microsecond=0)
        count = await self._storage.count_attempt("pace", f"{address} {minute:%d %H:%M}", now, 2 * _MINUTE)
        if count > self._most:
            raise Throttled("there were enough in this minute", retry_after=minute + _MINUTE - now)
