"""A case compared with others, as work for the line: what was found is judged and asked about there. A pure value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.acts import matching
from bot.domain.agreement import Agreement
from bot.domain.journal_acts import JournalAct
from bot.domain.likeness import Look, Reason
from bot.domain.people import Directory
from bot.domain.turn import Turn
from bot.ports.reads import NOTHING, Shows, Wanted
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found around a case."""

    look: Look
    found: Mapping[int, tuple[Reason, ...]] = field(default_factory=dict)  #: by case
    names: int = 0  #: how many names were compared

    def wants(self, _directory: Directory, _agreement: Agreement) -> Wanted:
        """Say what it touches."""
        return Wanted(cases=(self.look.case_id, *self.found), matched=(self.look.case_id,) if self.found else ())

    def shows(self, _directory: Directory, _agreement: Agreement) -> Shows:
        """Nothing."""
        return NOTHING

    def turn(self, view: View, context: Context) -> Turn:
        """Ask whom there is to ask. Names that were compared are a search, whatever it found."""
        c = Composer(context, view, actor="clock")
        c.pairs.looked.append(self.look)
        case = c.case(self.look.case_id)
        if case is not None:
            if self.names:
                hits = sum(reason.by == "name" for reasons in self.found.values() for reason in reasons)
                c.journal(JournalAct.SECURE_SEARCH, case, kind="name", compared=self.names, hits=hits)
            matching.ask(c, case, self.found)
        return c.finish()

    def failed(self, _context: Context, _error: str) -> Turn:
        """Nothing to keep: the case still waits and its lease runs out."""
        return Turn()
