"""Has somebody called by phone: no more often than is allowed there, and saying no more than may be said."""

from __future__ import annotations

import asyncio

from bot.delivery import retries, window_rules
from bot.delivery.lane import LaneRow
from bot.delivery.marking import Office
from bot.domain.case import Case
from bot.domain.errors import Refused, SendError, Uncertain
from bot.domain.messages import Outgoing
from bot.domain.phone_calls import Spoken
from bot.ports.messengers import Adapter, Phones
from bot.ports.reads import Wanted


class Caller:
    """The phone calls that go by one messenger, or by the gateway."""

    def __init__(self, adapter: Adapter, office: Office) -> None:
        """Take whoever makes the calls; one that makes none refuses them."""
        self._adapter = adapter if adapter.capabilities.phones and isinstance(adapter, Phones) else None
        self._limits = adapter.capabilities.phone_limits
        self._office = office

    async def call(self, row: LaneRow) -> str:
        """Have somebody called; returns the call's id. Raises `SendError` and `StorageError`."""
        message = row.delivery.message
        case = await self._case(message)
        if self._adapter is None or case is None:
            raise Refused("no phone can be rung this way")
        await self._count(message)
        try:
            async with asyncio.timeout(self._office.limits.send.total_seconds()):
                return await self._adapter.phone(row.delivery, spoken(message, case))
        except TimeoutError:
            raise Uncertain("no answer in time") from None

    async def _case(self, message: Outgoing) -> Case | None:
        if message.case_id is None:
            return None
        return (await self._office.storage.load(Wanted(cases=(message.case_id,)))).cases.get(message.case_id)

    async def _count(self, message: Outgoing) -> None:
        """Count a call within each limit, for all nodes together; one that would be over it is not made."""
        storage, now = self._office.storage, self._office.clock()
        keys = [(f"{message.address} {limit.span}", limit) for limit in self._limits]
        for key, limit in keys:
            if await storage.attempts("phone", key, now) >= limit.count:
                raise Refused(f"called {limit.count} times within {limit.span} already, more is not allowed there")
        for key, limit in keys:
            await storage.count_attempt("phone", key, now, limit.span)


def not_made(row: LaneRow, error: SendError, office: Office) -> None:
    """See that whoever else can call does, or that the next rung goes at once; the call itself is tried again."""
    now, delivery = office.clock(), row.delivery
    age = now - retries.born(delivery.message, now)
    ruling = retries.judge_call(error, delivery.attempts, age, office.jitter())
    if ruling.wait is None:
        office.end(row, ruling.state, ruling.reason, is_attempt=True)
    else:
        office.put_back(row, now + ruling.wait, ruling.reason, is_attempt=True, joins=True)
    if not (delivery.attempts or delivery.joined or row.joined):
        office.on_not_called(delivery.message)


def spoken(message: Outgoing, case: Case) -> Spoken:
    """Choose what a phone call says: which case, how urgent, which act is wanted."""
    return Spoken(case.reference, case.urgency.value, window_rules.wanted(message, case), case.exercise)
