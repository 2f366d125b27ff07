"""The work that the clock brings: deadlines, held words, undecided orders, windows that close. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.channels import joint_plans, referrals
from bot.clock import when_due
from bot.conversation import albums, placing_words, screening
from bot.delivery import window_rules
from bot.domain.agreement import Agreement
from bot.domain.case import TIMERS, DeadlineKind
from bot.domain.frozen import replace
from bot.domain.heard_pings import HOUR
from bot.domain.people import Directory
from bot.domain.reply_windows import Window
from bot.domain.turn import Turn
from bot.intake import consent, unfinished
from bot.ports.reads import NOTHING, Due, Shows, Wanted
from bot.record import export_approval
from bot.turns.composer import Composer
from bot.turns.context import Context
from bot.turns.view import View


@dataclass(frozen=True, slots=True)
class DueDeadline:
    """A deadline whose moment has come."""

    due: Due
    at: datetime  #: when it was taken

    def wants(self, _directory: Directory, _agreement: Agreement) -> Wanted:
        """Say what it touches; an unfinished intake goes on where its officer stands."""
        case = (self.due.case_id,)
        pings = () if self.due.kind in TIMERS else (self.at - HOUR,)
        return Wanted(cases=case, reported=case if self.due.kind is DeadlineKind.INTAKE else (), heard_pings=pings)

    def shows(self, _directory: Directory, _agreement: Agreement) -> Shows:
        """Nothing."""
        return NOTHING

    def turn(self, view: View, context: Context) -> Turn:
        """Compute the pings."""
        if self.due.kind is DeadlineKind.INTAKE:
            return unfinished.due(view, context, self.due)
        c = Composer(context, view, actor="clock")
        case = c.case(self.due.case_id)
        if case is not None and self.due.kind is DeadlineKind.REFERRAL:
            referrals.due(c, case, self.due.deadline_id)
        elif case is not None and self.due.kind is DeadlineKind.OPERATION:
            joint_plans.due(c, case, self.due.deadline_id)
        elif case is not None:
            pinged = when_due.on_deadline(c, case, self.due.deadline_id)
            if pinged is not None and pinged.kind is DeadlineKind.DIPLOMATIC and not pinged.pings:
                consent.ask_for_diplomatic(c, case)
        return c.finish()

    def failed(self, _context: Context, _error: str) -> Turn:
        """Nothing to keep: the deadline stays due and its lease runs out."""
        return Turn()


@dataclass(frozen=True, slots=True)
class Wake:
    """A conversation with held words that nobody assigned to a case in time, or an album that is complete."""

    person_id: int

    def wants(self, _directory: Directory, _agreement: Agreement) -> Wanted:
        """Say what it touches."""
        return Wanted(people=(self.person_id,))

    def shows(self, _directory: Directory, _agreement: Agreement) -> Shows:
        """Nothing."""
        return NOTHING

    def turn(self, view: View, context: Context) -> Turn:
        """Answer the album, or open a case from the held words."""
        person = view.directory.get(self.person_id)
        conversation = view.conversation(self.person_id)
        if person is not None and albums.is_due(conversation, context):
            return albums.answered(person, view, context)
        c = Composer(context, view, person=person, actor="clock")
        if person is not None and conversation.wakes_at is not None and conversation.wakes_at <= context.now:
            placing_words.unheard(c)
            screening.settle(c)
        return c.finish()

    def failed(self, _context: Context, _error: str) -> Turn:
        """Nothing to keep: the conversation still wakes and its lease runs out."""
        return Turn()


@dataclass(frozen=True, slots=True)
class UndecidedOrder:
    """An order for an identified export that nobody decided in time."""

    order_id: int

    def wants(self, _directory: Directory, _agreement: Agreement) -> Wanted:
        """Say what it touches."""
        return Wanted(orders=(self.order_id,))

    def shows(self, _directory: Directory, _agreement: Agreement) -> Shows:
        """Nothing."""
        return NOTHING

    def turn(self, view: View, context: Context) -> Turn:
        """Let it expire."""
        c = Composer(context, view, actor="clock")
        export_approval.expire(c, self.order_id)
        return c.finish()

    def failed(self, _context: Context, _error: str) -> Turn:
        """Nothing to keep: the order is looked at again."""
        return Turn()


@dataclass(frozen=True, slots=True)
class Ask:
    """A reply window that closes soon, and the open case because of which its person is asked to write."""

    window: Window
    case_id: int

    def wants(self, _directory: Directory, _agreement: Agreement) -> Wanted:
        """Say what it touches."""
        return Wanted(cases=(self.case_id,))

    def shows(self, _directory: Directory, _agreement: Agreement) -> Shows:
        """Nothing."""
        return NOTHING

    def turn(self, view: View, context: Context) -> Turn:
        """Ask, unless the case concerns them no more."""
        c = Composer(context, view, actor="clock")
        case = c.case(self.case_id)
        is_asked = case is not None and window_rules.ask(c, self.window, case)
        return replace(c.finish(), windows_asked=(self.window,) if is_asked else ())

    def failed(self, _context: Context, _error: str) -> Turn:
        """Nothing to keep: the window is looked at again."""
        return Turn()
