"""Hands one message to its messenger, part by part, counted wherever the messenger counts. Knows only ports."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.delivery.lane import LaneRow
from bot.delivery.ledger import Ledger
from bot.delivery.marking import Office
from bot.delivery.pacing import Pace
from bot.delivery.phoning import Caller
from bot.delivery.quota import Quota
from bot.delivery.split import fit
from bot.domain.errors import Throttled, Uncertain
from bot.domain.frozen import replace
from bot.domain.messages import Address, Delivery, OutgoingKind
from bot.ports.messengers import Adapter


class Sending:
    """Sends by one messenger. Of a long text the parts that arrived are noted, and only the rest is tried again."""

    def __init__(self, adapter: Adapter, office: Office, pace: Pace) -> None:
        """Take the messenger, where time and limits come from, and how fast it may be sent to."""
        self._adapter = adapter
        self._office = office
        self._pace = pace
        self._capabilities = adapter.capabilities
        self._caller = Caller(adapter, office)
        self._ledger = Ledger(office.storage, adapter.capabilities)
        self._quota = Quota(office.storage, adapter.capabilities)

    async def send(self, row: LaneRow) -> tuple[int, str]:
        """Send what is left of a message; returns how many parts it has, and the id that it got. Raises `SendError`."""
        if row.delivery.message.kind is OutgoingKind.CALL:
            return 1, await self._caller.call(row)
        delivery, parts = fit(row.delivery, self._capabilities)
        external_id = delivery.external_id
        last = len(parts) - 1
        # What is said instead of a long text may be shorter than what of that was sent: then it is said whole.
        first = delivery.parts_done if delivery.parts_done < len(parts) else 0
        for number in range(first, len(parts)):
            external_id = await self._send_paid(row, delivery, parts[number], is_last=number == last)
            if number != last:
                row.delivery = replace(row.delivery, parts_done=number + 1, external_id=external_id)
                delivery = replace(delivery, parts_done=number + 1, external_id=external_id)
        return len(parts), external_id

    async def _send_paid(self, row: LaneRow, delivery: Delivery, text: str, *, is_last: bool) -> str:
        now = self._office.clock()
        async with self._ledger.paid(delivery.message, text, now) as words:
            if self._pace.is_limited:
                await self._count(row, delivery.message.address)
            return await self._send_part(delivery, words, is_last=is_last)

    async def _count(self, row: LaneRow, address: Address) -> None:
        """Count a part of a message; the first was counted when it was taken, and is not given back from here on."""
        now = self._office.clock()
        if not row.is_paced:
            wait = self._pace.delay(address.peer, now.timestamp()) if self._pace.is_strict else 0.0
            if wait:  # the further parts of a long text, which may not go over the limit either
                raise Throttled("the rest waits for its turn", retry_after=timedelta(seconds=wait))
        await self._quota.take(address, now)
        if not row.is_paced:
            self._pace.take(address.peer, now.timestamp())
        row.is_paced = False

    async def _send_part(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        try:
            async with asyncio.timeout(self._office.limits.send.total_seconds()):
                return await self._adapter.send(delivery, text, is_last=is_last)
        except TimeoutError:
            raise Uncertain("no answer in time") from None
