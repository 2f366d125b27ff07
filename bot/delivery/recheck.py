"""Asks just before a send whether a message is still needed (design rule 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.delivery import verdict
from bot.delivery.lanes import Check, LaneRow
from bot.domain.messages import DeliveryState, Outgoing, OutgoingKind
from bot.ports.storage import Storage, Wanted

_FRESH = timedelta(milliseconds=100)
_NEVER_SENT = "original never sent"
_LOST = (DeliveryState.PARKED, DeliveryState.DROPPED)


async def needless(storage: Storage, row: LaneRow, upcoming: Iterable[LaneRow], now: datetime) -> str:
    """Say why a row need not be sent, empty when it must; those that come next are asked about with it."""
    if row.check is None or now - row.check.at > _FRESH:
        others = [other for other in upcoming if other is not row and verdict.is_rechecked(other.delivery.message)]
        asked = (row, *others)
        check = Check(now, asyncio.ensure_future(storage.superseded([one.id for one in asked])))
        for one in asked:
            one.check = check
    else:
        check = row.check
    return (await asyncio.shield(check.needless)).get(row.id, "")  # whoever gives up leaves it to the others


async def lost_original(storage: Storage, edit: Outgoing, now: datetime) -> str:
    """Say why the message that this edits will never have been sent; empty while it still may be."""
    if edit.case_id is None:
        old = edit.created_at is not None and now - edit.created_at >= verdict.GIVE_UP_AFTER
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
