"""Asks just before a send whether a message is still needed (design rule 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast

from bot.delivery import retries
from bot.delivery.lane import Check, LaneRow
from bot.delivery.lanes import Lanes
from bot.delivery.marking import Office
from bot.domain.frozen import replace
from bot.domain.messages import DeliveryState, Outgoing
from bot.ports.storage import Storage

_FRESH = timedelta(milliseconds=100)
_CHECKED_TOGETHER = 64
_NEVER_SENT = "original never sent"
_LOST = (DeliveryState.PARKED, DeliveryState.DROPPED)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Look(Generic[T]):
    """What is looked up of several rows at once just before the first of them is sent."""

    name: str
    concerns: Callable[[LaneRow, datetime], bool]
    ask: Callable[[Storage, Sequence[int]], Awaitable[Mapping[int, T]]]


_NEEDED: _Look[str] = _Look(
    "needed", lambda row, _: retries.is_rechecked(row.delivery.message), lambda storage, ids: storage.superseded(ids)
)
_SAYS: _Look[Outgoing] = _Look(
    "says", lambda row, now: retries.is_reread(row.delivery, now), lambda storage, ids: storage.reread(ids)
)


class Recheck:
    """Looks at rows of one messenger just before they are sent; what is not sent now is dropped or put back here."""

    def __init__(self, office: Office, lanes: Lanes) -> None:
        """Take what all messengers share, and what waits for this one."""
        self._office = office
        self._lanes = lanes

    async def is_due(self, row: LaneRow) -> bool:
        """Whether a ping or an edit is still to be sent."""
        office, now, message = self._office, self._office.clock(), row.delivery.message
        reason = await self._needless(row, now) if retries.is_rechecked(message) else ""
        edits = row.delivery.edits or message.edits or office.recent.get(message.replaces)
        if message.replaces and not edits and not reason:
            reason = await lost_original(office.storage, message, now)
            if not reason:
                wait = retries.wait_for_original(now - retries.born(message, now))
                office.put_back(row, now + wait, "waits for the message that it changes")
                return False
        if reason:
            office.end(row, DeliveryState.DROPPED, reason)
            return False
        row.delivery = replace(row.delivery, edits=edits)
        return True

    async def still_says(self, row: LaneRow) -> bool:
        """Read a message that waited anew: a gate may have closed meanwhile, here or on another node."""
        stored = (await self._looked(row, self._office.clock(), _SAYS)).get(row.id)
        if stored is None:
            self._office.end(row, DeliveryState.DROPPED, "not to be sent any more")
            return False
        row.delivery = replace(
            row.delivery, message=replace(row.delivery.message, text=stored.text, buttons=stored.buttons)
        )
        return True

    async def _needless(self, row: LaneRow, now: datetime) -> str:
        """Say why a row need not be sent, empty when it must."""
        return (await self._looked(row, now, _NEEDED)).get(row.id, "")

    async def _looked(self, row: LaneRow, now: datetime, look: _Look[T]) -> Mapping[int, T]:
        """Look at a row in the storage; those that come next are looked at with it."""
        check = row.checks.get(look.name)
        if check is None or now - check.at > _FRESH:
            upcoming = self._lanes.upcoming(_CHECKED_TOGETHER)
            asked = (row, *(one for one in upcoming if one is not row and look.concerns(one, now)))
            check = Check(now, asyncio.ensure_future(look.ask(self._office.storage, [one.id for one in asked])))
            for one in asked:
                one.checks[look.name] = check
        return cast("Mapping[int, T]", await asyncio.shield(check.found))  # whoever gives up leaves it to the others


async def lost_original(storage: Storage, edit: Outgoing, now: datetime) -> str:
    """Say why the message that this edits will never have been sent; empty while it still may be."""
    if edit.case_id is None:
        old = edit.created_at is not None and now - edit.created_at >= retries.GIVE_UP_AFTER
        return _NEVER_SENT if old else ""
    deliveries = (await storage.history(edit.case_id)).deliveries
    original = next((d for d in deliveries if d.message.dedupe_key == edit.replaces), None)
    return _NEVER_SENT if original is None or original.state in _LOST else ""
