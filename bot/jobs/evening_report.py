"""Each evening the supervisors and the secretariat of a side read who is there tonight and what is wanting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial

from bot.clock.reach import Known, heard_of
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import OutgoingKind
from bot.domain.recipients import at_desks, supervisors, unique
from bot.jobs.once_a_day import Daily, OnceADay
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.reads import Scope, Wanted
from bot.ports.storage import Storage
from bot.roster.evening import RINGS_SHOWN, Evening, report
from bot.turns.composer import Composer

_MOST = 500  #: open cases of a side that are looked through, the newest


def tell(c: Composer, party: str, day: date) -> None:
    """Tell a side's supervisors and secretariat how ready its desks are."""
    agreement, directory = c.context.agreement, c.view.directory
    known = Known(c.context.confirm_every, c.context.windows, c.view.heard)
    rings = tuple(ring for ring in c.view.rings() if ring.begun_at >= c.now - RINGS_SHOWN)
    evening = Evening(party, agreement, directory, known, c.now, rings)
    found = report(evening, c.view.cases())
    readers = (*supervisors(directory, party), *at_desks(agreement, directory, party, DeskRole.SECRETARIAT))
    told = c.tell(
        unique(readers), f"evening:{party}:{day.isoformat()}", found.written(evening), kind=OutgoingKind.DIGEST
    )
    c.journal(JournalAct.READINESS_TOLD, party=party, wanting=len(found.wanting), recipients=[r.name for r in told])


class EveningReport:
    """On any number of nodes it goes out once for each side, in the evening of its own zone."""

    def __init__(
        self, storage: Storage, line: Line, clock: Callable[[], datetime], at: time, owner: str, agreement: Agreement
    ) -> None:
        """Take the storage, the line, the clock, the time of day in each side's zone, this node, and the sides."""
        self._storage = storage
        self._line = line
        self._clock = clock
        self._evenings = {
            party.code: OnceADay(storage, clock, Daily(at, party.zone, makes_up=False), owner, f"evening:{party.code}")
            for party in agreement.parties.values()
        }

    async def tick(self) -> int:
        """Tell each side for which it is time; returns to how many."""
        return sum([await daily.tick(partial(self._tell, party)) for party, daily in self._evenings.items()])

    async def _tell(self, party: str, day: date) -> bool:
        found = await self._storage.list_cases(Scope(0, party, sees_party=True), open_only=True, limit=_MOST)
        heard = heard_of(await self._storage.directory(), self._clock(), party)
        since = (self._clock() - RINGS_SHOWN,)
        wanted = Wanted(cases=tuple(case.id for case in found), heard=heard, rings_since=since)
        await self._line.submit(Order(partial(tell, party=party, day=day), actor="clock", wanted=wanted))
        return True
