"""Asks just before a send whether a message is still needed (design rule 6)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.delivery import retries
from bot.delivery.lane import Check, LaneRow
from bot.delivery.lanes import Lanes
from bot.delivery.marking import Office
from bot.domain.frozen import replace
from bot.domain.messages import DeliveryState, Outgoing, OutgoingKind
from bot.ports.reads import Wanted
from bot.ports.storage import Storage

_FRESH = timedelta(milliseconds=100)
_CHECKED_TOGETHER = 64
_NEVER_SENT = "original never sent"
_LOST = (DeliveryState.PARKED, DeliveryState.DROPPED)


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
        storage = self._office.storage
        stored = await storage.reread(row.id)
        reason = await outdated(storage, stored) if stored else "not to be sent any more"
        if stored is None or reason:
            self._office.end(row, DeliveryState.DROPPED, reason)
            return False
        row.delivery = replace(
            row.delivery, message=replace(row.delivery.message, text=stored.text, buttons=stored.buttons)
        )
        return True

    async def _needless(self, row: LaneRow, now: datetime) -> str:
        """Say why a row need not be sent, empty when it must; those that come next are asked about with it."""
        if row.check is None or now - row.check.at > _FRESH:
            upcoming = self._lanes.upcoming(_CHECKED_TOGETHER)
            asked = (row, *(one for one in upcoming if one is not row and retries.is_rechecked(one.delivery.message)))
            found = self._office.storage.superseded([one.id for one in asked])
            check = Check(now, asyncio.ensure_future(found))
            for one in asked:
                one.check = check
        else:
            check = row.check
        return (await asyncio.shield(check.needless)).get(row.id, "")  # whoever gives up leaves it to the others


async def lost_original(storage: Storage, edit: Outgoing, now: datetime) -> str:
    """Say why the message that this edits will never have been sent; empty while it still may be."""
    if edit.case_id is None:
        old = edit.created_at is not None and now - edit.created_at >= retries.GIVE_UP_AFTER
        return _NEVER_SENT if old else ""
    deliveries = (await storage.history(edit.case_id)).deliveries
    original = next((d for d in deliveries if d.message.dedupe_key == edit.replaces), None)
    return _NEVER_SENT if original is None or original.state in _LOST else ""


async def outdated(storage: Storage, message: Outgoing) -> str:
    """Say why what waited long is no news any more: an alert of a case that was closed meanwhile."""
    if message.kind is not OutgoingKind.ALERT or message.case_id is None:
        return ""
    case = (await storage.load(Wanted(cases=(message.case_id,)))).cases.get(message.case_id)
    return "case closed" if case is not None and not case.is_open else ""
