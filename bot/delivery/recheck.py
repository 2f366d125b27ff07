"""Asks just before a send whether a message is still needed (design rule 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from bot.delivery import retries
from bot.delivery.lane import Check, LaneRow
from bot.delivery.lanes import Lanes
from bot.delivery.marking import Office
from bot.delivery.shared_look import SharedLook
from bot.domain.frozen import replace
from bot.domain.messages import DeliveryState, Outgoing
from bot.ports.storage import Storage

_FRESH = timedelta(milliseconds=100)
_CHECKED_TOGETHER = 64
_NEVER_SENT = "original never sent"
_LOST = (DeliveryState.PARKED, DeliveryState.DROPPED)


T = TypeVar("T")


class Recheck:
    """Looks at rows of one messenger just before they are sent; what is not sent now is dropped or put back here."""

    def __init__(self, office: Office, lanes: Lanes) -> None:
        """Take what all messengers share, and what waits for this one."""
        self._office = office
        self._lanes = lanes
        self._needed = SharedLook(office.storage.superseded)
        self._said = SharedLook(office.storage.reread)

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
        now = self._office.clock()
        stored = (await self._looked(row, now, self._said, lambda one: retries.is_reread(one.delivery, now))).get(
            row.id
        )
        if stored is None:
            self._office.end(row, DeliveryState.DROPPED, "not to be sent any more")
            return False
        row.delivery = replace(
            row.delivery, message=replace(row.delivery.message, text=stored.text, buttons=stored.buttons)
        )
        return True

    async def _needless(self, row: LaneRow, now: datetime) -> str:
        """Say why a row need not be sent, empty when it must."""
        found = await self._looked(row, now, self._needed, lambda one: retries.is_rechecked(one.delivery.message))
        return found.get(row.id, "")

    async def _looked(
        self, row: LaneRow, now: datetime, look: SharedLook[T], concerns: Callable[[LaneRow], bool]
    ) -> Mapping[int, T]:
        """Look at a row in the storage; what comes next is looked at with it, unless others wait for their own look."""
        check = row.checks.get(look)
        if check is None or now - check.at > _FRESH:
            upcoming = () if look.is_under_way else self._lanes.upcoming(row, _CHECKED_TOGETHER)
            asked = (row, *(one for one in upcoming if one is not row and concerns(one)))
            check = Check(now, look.at([one.id for one in asked]))
            for one in asked:
                one.checks[look] = check
        found: Mapping[int, T] = await asyncio.shield(check.found)  # whoever gives up leaves it to the others
        return found


async def lost_original(storage: Storage, edit: Outgoing, now: datetime) -> str:
    """Say why the message that this edits will never have been sent; empty while it still may be."""
    if edit.case_id is None:
        old = edit.created_at is not None and now - edit.created_at >= retries.GIVE_UP_AFTER
        return _NEVER_SENT if old else ""
    deliveries = (await storage.history(edit.case_id)).deliveries
    original = next((d for d in deliveries if d.message.dedupe_key == edit.replaces), None)
    return _NEVER_SENT if original is None or original.state in _LOST else ""
