"""Asks people to tap when the reply window is closed: without a flood at night, and without silence.

An urgent case (U1, U2) knocks for itself; everything else at an address knocks together. What has knocked knocks again
only when it becomes more urgent, when half an hour has passed and something new waits, or when it was answered: the
message that it was for was delivered. What waits beside a knock does not knock later by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import structlog

from bot.delivery import window_rules
from bot.delivery.lane import LaneRow
from bot.delivery.marking import Office, warn
from bot.domain.errors import SendError, StorageError
from bot.domain.messages import KNOCK_FAILED, Outgoing, Priority
from bot.ports.messengers import Adapter, Knocks
from bot.ports.reads import Wanted

AGAIN_AFTER = timedelta(minutes=30)
#: Instead of the id of a knock: somebody was asked to tap, by another knock or by one without an id.
KNOCKED_BEFORE = "before"
_LEVELS = (Priority.U1, Priority.U2, Priority.U3, Priority.U4)

log = structlog.get_logger()


class Knocker:
    """One messenger's knocks. That somebody was knocked at is a lease, so that all nodes know it."""

    def __init__(self, adapter: Adapter, office: Office) -> None:
        """Take the messenger; one that cannot knock never does."""
        self._adapter = adapter if adapter.capabilities.knocks and isinstance(adapter, Knocks) else None
        self._office = office

    async def knock(self, row: LaneRow) -> None:
        """See that somebody is asked to tap, and note on the row whether they were. Raises `StorageError`."""
        message, before = row.delivery.message, row.delivery.knock or row.knock
        if before == KNOCK_FAILED:
            await self._forget(row)
        if self._adapter is None or before or not window_rules.wants_knock(message):
            return
        row.knock = await self._sent(row, self._adapter) if await self._is_first(row) else KNOCKED_BEFORE

    async def answered(self, row: LaneRow) -> None:
        """Note that what was knocked for has arrived: what closes the window again may knock again."""
        if row.delivery.knock in ("", KNOCK_FAILED, KNOCKED_BEFORE):
            return
        try:
            await self._forget(row)
        except StorageError as error:
            warn(error, "That a knock was answered could not be stored.", row)

    async def _is_first(self, row: LaneRow) -> bool:
        """Take the leases of this level and of those below; whether nobody had the first one."""
        now, (own, *below) = self._office.clock(), _leases(row.delivery.message)
        if not await self._office.storage.take_lease(own, str(row.id), now, AGAIN_AFTER):
            return False
        for name in below:
            await self._office.storage.take_lease(name, str(row.id), now, AGAIN_AFTER)
        return True

    async def _forget(self, row: LaneRow) -> None:
        for name in _leases(row.delivery.message):
            await self._office.storage.release_lease(name, str(row.id))

    async def _sent(self, row: LaneRow, adapter: Knocks) -> str:
        message = row.delivery.message
        wanted = Wanted(cases=(message.case_id,)) if message.case_id is not None else Wanted()
        case = (await self._office.storage.load(wanted)).cases.get(message.case_id or 0)
        try:
            async with asyncio.timeout(self._office.limits.send.total_seconds()):
                return await adapter.knock(row.delivery, window_rules.headline(message, case)) or KNOCKED_BEFORE
        except (SendError, TimeoutError):
            log.warning("Somebody could not be asked to tap.", outbox_id=row.id, messenger=message.address.messenger)
        except Exception as error:  # noqa: BLE001 - whatever an adapter raises, the next address is told
            kind = type(error).__name__
            log.error("An adapter failed in a way it should not.", outbox_id=row.id, error=kind)  # noqa: TRY400 - no texts
        await self._forget(row)
        return KNOCK_FAILED


def _leases(message: Outgoing) -> list[str]:
    """Name what is held after a knock, its own level first; addresses are hashed, for these names are kept open."""
    key = hashlib.sha256(str(message.address).encode()).hexdigest()[:20]
    own = max(message.priority, Priority.U1)
    below = [level for level in _LEVELS if level >= own]
    is_urgent = window_rules.is_urgent(message)
    return [_lease(key, level, message.case_id if is_urgent and level <= Priority.U2 else None) for level in below]


def _lease(key: str, level: Priority, case_id: int | None) -> str:
    return f"knock:{key}:{level.name}" + (f":{case_id}" if case_id is not None else "")
