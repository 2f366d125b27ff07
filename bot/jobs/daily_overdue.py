"""Once a day each secretariat hears what is late in the cases of its side; where nothing is, it hears nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial

from bot.clock import overdue
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import OutgoingKind
from bot.domain.recipients import at_desks
from bot.jobs.once_a_day import Daily, OnceADay
from bot.language.texts import tr
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.reads import Scope, Wanted
from bot.ports.storage import Storage
from bot.protection.standings import Reader
from bot.turns.composer import Composer

NAME = "overdue"
_MOST = 500  #: open cases of a side that are looked through, the newest


def tell(c: Composer, party: str, day: date) -> None:
    """Tell a side's secretariat what is late in the cases at hand."""
    agreement = c.context.agreement
    theirs = [case for case in c.view.cases() if party in (case.reporting, case.requested)]
    found = overdue.late(theirs, Reader(party, desk=DeskRole.SECRETARIAT), agreement, c.now)
    if not found:
        return
    lead = tr("en", "Late today ({count}):", count=len(found))
    told = c.tell(
        at_desks(agreement, c.view.directory, party, DeskRole.SECRETARIAT),
        f"overdue:{party}:{day.isoformat()}",
        "\n".join((lead, *overdue.described(found, c.context, "en"))),
        kind=OutgoingKind.DIGEST,
    )
    c.journal(JournalAct.OVERDUE_TOLD, party=party, count=len(found), recipients=[r.name for r in told])


class DailyOverdue:
    """Tells what is late once a day, from whichever node comes first; a missed day at the next tick."""

    def __init__(
        self, storage: Storage, line: Line, clock: Callable[[], datetime], at: time, owner: str, agreement: Agreement
    ) -> None:
        """Take the storage, the line, the clock, the time of day in UTC, this node's name, and who the sides are."""
        self._storage = storage
        self._line = line
        self._agreement = agreement
        self._daily = OnceADay(storage, clock, Daily(at), owner, NAME)

    async def tick(self) -> bool:
        """Tell what is due; returns whether it was time."""
        return await self._daily.tick(self._tell_all)

    async def _tell_all(self, day: date) -> bool:
        for party in self._agreement.parties:
            await self._tell(party, day)
        return True

    async def _tell(self, party: str, day: date) -> None:
        found = await self._storage.list_cases(Scope(0, party, sees_party=True), open_only=True, limit=_MOST)
        wanted = Wanted(cases=tuple(case.id for case in found))
        await self._line.submit(Order(partial(tell, party=party, day=day), actor="clock", wanted=wanted))
