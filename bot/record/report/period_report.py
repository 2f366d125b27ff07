"""The period report: what happened since the last meeting, per corridor and side, from one pass over the cases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from bot import __version__
from bot.domain.agreement import Agreement
from bot.domain.errors import BridgeError
from bot.ports.storage import Storage
from bot.record.report.figures import Report
from bot.record.report.tally import Tally

#: Cases from before the period count too: they may still be open, or were closed in it.
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


async def report(
    storage: Storage, agreement: Agreement, since: datetime, until: datetime, *, clock: Callable[[], datetime]
) -> Report:
    """Add up what happened in [since, until). What happened after `until` is left out, even when it is known.

    Raises `BridgeError` when the period is empty or has not begun.
    """
    now = clock()
    if not since < until:
        raise BridgeError("The report needs a period whose first day comes before its last.")
    if since > now:
        raise BridgeError("The report's period has not begun yet.")
    as_of = min(now, until)
    tally = Tally(agreement, since, until, as_of)
    async for cases in storage.stream_cases(_BEGINNING, until):
        await asyncio.to_thread(tally.add, cases)
    return Report(
        since=since,
        until=until,
        as_of=as_of,
        made_at=now,
        program=f"casebridge {__version__}",
        sides={party.code: party.name for party in agreement.parties.values()},
        directions=tally.directions(),
        drills=tally.drills,
    )
