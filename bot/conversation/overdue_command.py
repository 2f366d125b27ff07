"""What somebody hears who asks what is late: of the cases that they may see, and nothing of others."""

from __future__ import annotations

from bot.acts.finding import is_among_own
from bot.clock import overdue
from bot.clock.alerts import act_button
from bot.domain.names import rows
from bot.domain.typed_commands import Command
from bot.language.texts import tr
from bot.protection.permissions import may_see
from bot.protection.standings import Reader
from bot.turns.composer import Composer

_BUTTONS = 8


def show(c: Composer, _command: Command) -> None:
    """List what is late on either side, with a button for each case."""
    person, agreement = c.person, c.context.agreement
    if person is None:
        return
    mine = [case for case in c.view.cases() if may_see(person, case, agreement)]
    reader = Reader.of(person, agreement, is_overheard=not is_among_own(c, person.party))
    found = overdue.late(mine, reader, agreement, c.now)
    if not found:
        c.say(tr(c.language, "Nothing is late in the cases that you see."))
        return
    cases = {each.case.id: each.case for each in found}
    laid = rows([act_button(case, case.reference, "case") for case in list(cases.values())[:_BUTTONS]])
    c.say("\n".join(overdue.described(found, c.context, c.language)), laid)
