"""What the auditor puts right, each case by a turn of its own: lost deadlines run again, lost pings are asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from bot.clock import lost_deadlines
from bot.domain.audit import About, Check, Finding, Sighted
from bot.domain.case import Case
from bot.domain.errors import StorageError
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.reads import Wanted
from bot.ports.storage import Storage
from bot.turns.composer import Composer

Mend = Callable[[Composer, Case], Case | None]
_AGAIN = 3600.0  #: seconds; a ping that was asked again and has no message still reached nobody: it goes on by itself

log = structlog.get_logger(__name__)


class Repair:
    """Puts right what can be; what cannot be stored is tried in the next minute."""

    def __init__(self, storage: Storage, line: Line, seconds: Callable[[], float]) -> None:
        """Take the storage, the line, and seconds that always go forward."""
        self._storage = storage
        self._line = line
        self._seconds = seconds
        self._asked: dict[int, float] = {}  #: by case, when its pings were asked again

    async def mended(self, finding: Finding, sighted: Sighted) -> Finding:
        """Put right what was found; says whether that is done."""
        try:
            return replace(finding, mended=await self._mend(finding, sighted))
        except StorageError as error:
            log.warning("What the audit found could not be put right.", check=finding.check, error=str(error))
            return finding

    async def _mend(self, finding: Finding, sighted: Sighted) -> bool:
        if finding.check is Check.DEADLINE:
            return await self._turns(finding.cases, find_again)
        if finding.check is Check.UNWRITTEN and sighted.held:
            is_freed = await self._turns(finding.cases, lambda c, case: _let_go(c, case, sighted.held))
            return is_freed and len(sighted.held) >= finding.number
        if finding.check is Check.UNSENT and sighted.stuck:
            freed = await self._storage.set_free(sighted.stuck, sighted.now)
            return freed >= finding.number
        if finding.check is Check.UNSAID:
            return await self._turns(self._not_asked(finding.cases), ask_again)
        return False

    def _not_asked(self, cases: Sequence[About]) -> list[About]:
        now = self._seconds()
        self._asked = {case: at for case, at in self._asked.items() if now - at < _AGAIN}
        new = [about for about in cases if about.case_id not in self._asked]
        self._asked |= {about.case_id: now for about in new}
        return new

    async def _turns(self, cases: Sequence[About], mend: Mend) -> bool:
        for about in cases:
            await self._line.submit(_order(about.case_id, mend))
        return bool(cases)


def _order(case_id: int, mend: Mend) -> Order:
    def act(c: Composer) -> None:
        case = c.case(case_id)
        changed = mend(c, case) if case is not None and case.is_open else None
        if changed is not None:
            c.put(changed)

    return Order(act, actor="auditor", wanted=Wanted(cases=(case_id,)))


def find_again(c: Composer, case: Case) -> Case | None:
    """Compute anew what a case lost; None where nothing is lost by now."""
    owed = lost_deadlines.lost(case)
    if not owed:
        return None
    c.journal(JournalAct.CLOCK_MENDED, case, why="lost", deadlines=[each.kind.value for each in owed])
    return lost_deadlines.found_again(case, case.policy(c.context.agreement), c.context.new_id)


def ask_again(c: Composer, case: Case) -> Case:
    """Let the clock ask again at once what it asked: nobody has a message of it."""
    asked = [d.kind.value for d in case.deadlines if d.is_running and d.pings and not d.is_timer]
    c.journal(JournalAct.CLOCK_MENDED, case, why="not said", deadlines=asked)
    return lost_deadlines.asked_again(case, c.now)


def _let_go(c: Composer, case: Case, held: Sequence[int]) -> Case | None:
    """Take due deadlines out of the hands of a process that is gone."""
    free = {d.id: replace(d, next_at=c.now) for d in case.deadlines if d.id in held and d.is_running}
    if not free:
        return None
    c.journal(JournalAct.CLOCK_MENDED, case, why="held", deadlines=[d.kind.value for d in free.values()])
    return replace(case, deadlines=tuple(free.get(d.id, d) for d in case.deadlines))
