"""Every command that is not about one case, and those of them that are short: lists, a greeting, the roster."""

from __future__ import annotations

from collections.abc import Callable

from bot.acts import support
from bot.clock.alerts import act_button
from bot.clock.next_due import next_due
from bot.conversation import export_command, help_lines, lost_phone, overdue_command
from bot.domain.case import Case
from bot.domain.journal_acts import JournalAct
from bot.domain.names import deadline_name, lateness, rows, standing_name
from bot.domain.recipients import at_person
from bot.domain.typed_commands import Command
from bot.intake.question_texts import case_line
from bot.language.texts import tr
from bot.people import own_addresses, reconfirmation
from bot.people.enrolment import hash_of, welcome
from bot.protection.permissions import may_see
from bot.record import export_approval
from bot.roster import duty, hand_over
from bot.turns.composer import Composer

_LISTED = 15


def cases(c: Composer, _command: Command) -> None:
    """List the person's cases, open ones first, each with what is due next."""
    person = c.person
    if person is None:
        return
    seen = (k for k in c.view.cases() if may_see(person, k, c.context.agreement))
    mine = sorted(seen, key=lambda k: (not k.is_open, k.urgency, -k.id))
    referred = support.live(c)
    if not mine and referred:
        lines = [support.line(c, case) for case in referred[:_LISTED]]
        c.say("\n".join(lines), rows([act_button(case, case.reference, "case") for case in referred[:8]]))
        return
    if not mine:
        c.say(tr(c.language, "No cases. To report somebody in danger, just write what happened."))
        return
    shown = mine[:_LISTED]
    lines = [_line(c, k) for k in shown]
    if len(mine) > len(shown):
        lines.append(tr(c.language, "and more: {link}", link=f"{c.context.public_url}/cases"))
    laid = rows([act_button(k, k.reference, "case") for k in shown[:8]])
    c.say("\n".join(lines), laid)


def start(c: Composer, command: Command) -> None:
    """Greet somebody who is enrolled already; their code is not used up, and whose it is is not said."""
    if c.person is None:
        return
    if not command.rest:
        c.say(welcome(c.person))
        return
    c.keep_content = False
    invite = c.view.invite(hash_of(command.rest))
    if invite is not None and invite.person_id == c.person.id:
        c.say(tr(c.language, "This code of yours is to be typed on your other messenger, not on one that is bound."))
        return
    words = tr(
        c.language,
        "This code was not used: here you are enrolled already. To use another messenger too, type /bind here and the "
        "code that you get there.",
    )
    c.say(f"{welcome(c.person)}\n{words}")


def heard(c: Composer) -> None:
    """Note that a test message was read, and show so in its place."""
    if c.person is None or c.message is None:
        return
    c.journal(JournalAct.TEST_READ)
    who = at_person(c.person).shown
    c.say(tr(c.language, "Test message: read by {who}.", who=who), edits=c.message.message_id)


#: Commands by the word people type.
MENU: dict[str, Callable[[Composer, Command], None]] = {
    "cases": cases,
    "overdue": overdue_command.show,
    "help": help_lines.show,
    "menu": help_lines.show,
    "start": start,
    "onduty": duty.on_duty,
    "offduty": duty.off_duty,
    "handover": hand_over.give,
    "takeover": hand_over.take,
    "roster": duty.show,
    "lost": lost_phone.lost,
    "export": export_command.export,
    "confirm": reconfirmation.confirm,
    **own_addresses.OWN,
    "approve": export_approval.decided,
    "disapprove": export_approval.decided,
}


def _line(c: Composer, case: Case) -> str:
    line = case_line(case, c.language)
    if not case.is_open:
        return f"{line} · {standing_name(case, c.language)}"
    due = next_due(c, case)
    if due is None:
        return line
    return f"{line} · {deadline_name(due, c.language)} {lateness(due.due_at, c.now, c.language)}"
