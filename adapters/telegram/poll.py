"""Asking Telegram for messages: one node at a time, and the offset moves only after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from adapters.calls.node import Leases, Node
from adapters.telegram.errors import to_send_error
from bot.domain.errors import StorageError

_log = structlog.get_logger()

_FOLLOW = 1.0  #: seconds between two tries of a node that does not lead
_QUICK = timedelta(seconds=1)  #: an empty answer before this was not held
_LONGEST_WAIT = 30.0  #: seconds between two tries while Telegram is down
_LONGEST_WAIT_FOR_STORAGE = 4.0  #: seconds between two tries while nothing can be stored


class PollStore(Leases, Protocol):
    """What polling needs to keep; the bridge's storage has it."""

    async def cursor(self, name: str) -> int | None:
        """Return the stored offset, None at the first time."""

    async def save_cursor(self, name: str, value: int) -> None:
        """Store the offset."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What the poller is tied to."""

    ask: Callable[[int | None], Awaitable[Sequence[Any]]]  #: asks for the updates from an offset on
    take: Callable[[Sequence[Any]], Awaitable[None]]  #: stores them in their order; raises when one was not stored


class Poller:
    """Polls while it holds the lease, follows otherwise, and never ends by itself."""

    def __init__(self, name: str, lease: timedelta, ties: Ties, node: Node[PollStore]) -> None:
        self._name = name
        self._lease = lease
        self._ties = ties
        self._node = node
        self._leads_until: datetime | None = None  #: None: does not lead
        self._offset: int | None = None
        self._wait = 1.0
        self._complaint = ""

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                if await self._leads():
                    await self._round()
                else:
                    await self._node.sleep(_FOLLOW)
            except Exception as error:  # noqa: BLE001 - nothing may end this loop
                await self._back_off(error)

    async def stop(self) -> None:
        """Give the lease back, so that another node need not wait for its end."""
        if self._leads_until is not None:
            self._leads_until = None
            await self._node.store.release_lease(self._name, self._node.owner)

    async def _leads(self) -> bool:
        now = self._node.clock()
        if self._leads_until is not None and self._leads_until - now > self._lease * 2 / 3:
            return True
        if not await self._node.store.take_lease(self._name, self._node.owner, now, self._lease):
            self._leads_until = None
            return False
        if self._leads_until is None:
            self._offset = await self._node.store.cursor(self._name)
        self._leads_until = now + self._lease
        return True

    async def _round(self) -> None:
        asked_at = self._node.clock()
        updates = await self._ties.ask(self._offset)
        if updates:
            following = max(int(update["update_id"]) for update in updates) + 1
            await self._ties.take(updates)
            await self._node.store.save_cursor(self._name, following)
            self._offset = following
        elif self._node.clock() - asked_at < _QUICK:
            await self._node.sleep(1)  # a server that does not hold the question would be asked without end
        if self._complaint:
            _log.info("Telegram gives messages again.", poller=self._name)
        self._complaint, self._wait = "", 1.0

    async def _back_off(self, error: Exception) -> None:
        if isinstance(error, StorageError):
            self._leads_until = None  # the offset is read again
            reason = "What polling needs could not be stored or read."
            wait = min(self._wait, _LONGEST_WAIT_FOR_STORAGE)
        else:
            failure = to_send_error(error)
            asked_for = failure.retry_after.total_seconds() if failure.retry_after else 0.0
            reason, wait = failure.reason, max(self._wait, asked_for)
        if reason != self._complaint:  # once, not every 30 seconds for hours
            error_name = type(error).__name__
            _log.warning("Telegram gives no messages.", poller=self._name, reason=reason, error=error_name, wait=wait)
        self._complaint = reason
        self._wait = min(self._wait * 2, _LONGEST_WAIT)
        await self._node.sleep(wait)
