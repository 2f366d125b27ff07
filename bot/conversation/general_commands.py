"""What is not about one case: lists, help, the roster, a lost phone, exports."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import deadlines
from bot.clock.alerts import act_button
from bot.domain.agreement import DeskRole
from bot.domain.case import Case
from bot.domain.journal_acts import JournalAct
from bot.domain.names import deadline_name, lateness, rows, status_name
from bot.domain.people import Person, Role
from bot.domain.recipients import at_desks, at_person
from bot.domain.turn import ExportOrder
from bot.domain.typed_commands import Command
from bot.intake.question_texts import case_line, word_button
from bot.language.normalise import whole_number
from bot.language.texts import later, tr
from bot.people import own_addresses, reconfirmation
from bot.people.enrolment import hash_of, welcome
from bot.people.handover import told
from bot.people.lapsed_enrolment import CONFIRMERS, must_wait
from bot.people.revocation import cut_off
from bot.protection.permissions import may_see
from bot.record import export_approval
from bot.turns.composer import Composer

_LISTED = 15
_ORDER = re.compile(
    r"\s*(?:(csv|xlsx|jsonl|htcds)\s+)?(\d{4}-\d\d-\d\d)\s+(\d{4}-\d\d-\d\d)\s+(\S.*)", re.IGNORECASE | re.DOTALL
)

_DESK = frozenset({Role.DUTY, Role.SUPERVISOR})
_ALL = frozenset(Role)

#: What `/help` shows, with whom it works for.
_HELP = (
    (_ALL, later("To report: just write what happened, or /alert girl of 16 locked in a flat")),
    (_ALL, later("While answering: back, skip, edit 4, summary, send")),
    (_ALL, later("/cases: your cases. /case KC26-M9S34-4: one of them. /plan KC26-M9S34-4: what the clock does")),
    (_ALL - {Role.ADMIN}, later("/note KC26-M9S34-4 text: to the other side and your desk")),
    (_ALL - {Role.ADMIN}, later("/memo KC26-M9S34-4 text: your side only")),
    (_ALL - {Role.ADMIN}, later("/consent KC26-M9S34-4 police yes: what the person says, any time; also no")),
    (_ALL - {Role.ADMIN}, later("/secure KC26-M9S34-4: where names and numbers of people are kept")),
    (_DESK, later("/release KC26-M9S34-4 3: a withheld text holds no identifier after all")),
    (_DESK, later("/ack KC26-M9S34-4, /assign KC26-M9S34-4 me, /snooze KC26-M9S34-4 15m reason")),
    (_DESK, later("/handoff KC26-M9S34-4 police, /accept KC26-M9S34-4 police 123/26")),
    (_DESK, later("/return KC26-M9S34-4 police reason, /written KC26-M9S34-4 L-77")),
    (_DESK, later("/urgency KC26-M9S34-4 U1 reason, /close KC26-M9S34-4 found_safe text, /reopen KC26-M9S34-4 reason")),
    (_DESK, later("/protect KC26-M9S34-4 none_known, /guardian KC26-M9S34-4 name, /interest KC26-M9S34-4 reason")),
    (frozenset({Role.SUPERVISOR}), later("/standdown KC26-M9S34-4 reason, /notneeded KC26-M9S34-4 reason")),
    (
        frozenset({Role.SUPERVISOR}),
        later("/vital KC26-M9S34-4 reason, /decide KC26-M9S34-4 refused reason, /alternative KC26-M9S34-4 what"),
    ),
    (frozenset({Role.SUPERVISOR}), later("/hold KC26-M9S34-4 reason, /unhold KC26-M9S34-4 reason: legal hold")),
    (_DESK, later("/onduty, /offduty, /board")),
    (frozenset({Role.ADMIN}), later("/export 2026-01-01 2026-02-01 reason: the case log as a file")),
    (frozenset(CONFIRMERS), later("/confirm 123: somebody of your side still does this work")),
    (
        frozenset({Role.ADMIN}),
        later("/export identified 2026-01-01 2026-02-01 age1... reason: with names, once approved"),
    ),
    (
        frozenset({Role.ADMIN, Role.SUPERVISOR}),
        later("/approve 4x2k9, /refuse 4x2k9 reason: an identified export that another person of your side asks for"),
    ),
    (
        _ALL,
        later("/bind: use WeChat, WeCom or Telegram besides this one. /bind web: the pages. /addresses: which you use"),
    ),
    (_ALL, later("/prefer wechat: be written to there first. /unbind wechat: not there any more")),
    (_ALL, later("/lost: your phone is lost; cuts it off at once")),
)


def cases(c: Composer, _command: Command) -> None:
    """List the person's cases, open ones first, each with what is due next."""
    person = c.person
    if person is None:
        return
    seen = (k for k in c.view.cases() if may_see(person, k, c.context.agreement))
    mine = sorted(seen, key=lambda k: (not k.is_open, k.urgency, -k.id))
    if not mine:
        c.say(tr(c.language, "No cases. To report somebody in danger, just write what happened."))
        return
    shown = mine[:_LISTED]
    lines = [_line(c, k) for k in shown]
    if len(mine) > len(shown):
        lines.append(tr(c.language, "and more: {link}", link=f"{c.context.public_url}/cases"))
    laid = rows([act_button(k, k.reference, "case") for k in shown[:8]])
    c.say("\n".join(lines), laid)


def board(c: Composer, _command: Command) -> None:
    """Give the address of the board."""
    c.say(tr(c.language, "The board: {link}", link=f"{c.context.public_url}/board"))


def help_(c: Composer, _command: Command) -> None:
    """List what works for this person, with examples."""
    person = c.person
    if person is not None:
        c.say("\n".join(tr(c.language, line) for roles, line in _HELP if person.role in roles))


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


def on_duty(c: Composer, command: Command) -> None:
    """Go on or off duty. A desk with nobody on duty still reaches all its people."""
    person = c.person
    if person is None or not _acts(person):
        c.say(tr(c.language, "The roster is for duty officers and supervisors."))
        return
    if must_wait(c, f"/{command.name}"):
        return
    is_on = command.name == "onduty"
    c.people.put(replace(person, on_duty=is_on))
    c.journal(JournalAct.ON_DUTY if is_on else JournalAct.OFF_DUTY)
    others = [
        p for p in c.view.directory.members(person.desk) if p.on_duty and p.id != person.id and p.role is person.role
    ]
    if is_on:
        c.say(tr(c.language, "You are on duty. Alerts and pings of your desk come to you."))
    elif others:
        c.say(tr(c.language, "You are off duty. {count} others of your desk are on duty.", count=len(others)))
    else:
        c.say(
            tr(
                c.language,
                "You are off duty, but nobody else of your desk is on: pings still come to all of you until "
                "somebody is.",
            )
        )


def lost(c: Composer, command: Command) -> None:
    """Cut off a lost phone: the person's own after a yes, or a colleague's by a desk or admin of the same side."""
    person = c.person
    if person is None:
        return
    argument = command.rest.strip()
    number = whole_number(argument)
    if number is not None and number != person.id:
        if must_wait(c, f"/lost {number}"):
            return
        _cut_colleague(c, person, number)
        return
    if argument.casefold() != "yes":
        c.say(
            tr(
                c.language,
                "This cuts off all your messengers and sessions at once; your admin enrols you again. Sure? "
                "Type: /lost yes",
            ),
            ((word_button(tr(c.language, "Yes, cut it off"), "lost", "yes"),),),
        )
        return
    c.say(tr(c.language, "Done. Everything of yours is cut off. Your desk is told. Ask your admin for a new code."))
    cut_off(c, person, JournalAct.CUT_OFF, tr("en", "phone lost"))


def heard(c: Composer) -> None:
    """Note that a test message was read, and show so in its place."""
    if c.person is None or c.message is None:
        return
    c.journal(JournalAct.TEST_READ)
    who = at_person(c.person).shown
    c.say(tr(c.language, "Test message: read by {who}.", who=who), edits=c.message.message_id)


def export(c: Composer, command: Command) -> None:
    """Ask for the case log as a file: `/export SINCE UNTIL reason`, by an admin."""
    person, message = c.person, c.message
    if person is None or message is None or message.place is None:
        return
    if person.role is not Role.ADMIN:
        c.say(tr(c.language, "Exports are for admins."))
        return
    if not message.in_private:
        c.say(tr(c.language, "Please ask for exports in a private chat."))
        return
    if must_wait(c, f"/export {command.rest}".strip()):
        return
    if command.rest.split(" ", 1)[0].lower() == "identified":
        export_approval.asked(c, person, message.place, command.rest)
        return
    order = _order(command.rest, person, c)
    if order is None:
        c.say(
            tr(
                c.language,
                "Type for example: /export 2026-01-01 2026-02-01 annual meeting. Dates are UTC, the second is "
                "exclusive. Put xlsx, jsonl or htcds first for another format.",
            )
        )
        return
    c.order(order)
    c.journal(
        JournalAct.EXPORT_ORDERED, since=order.since.isoformat(), until=order.until.isoformat(), format=order.format
    )
    c.say(tr(c.language, "The export is being made; the file comes here."))


#: Commands by the word people type.
MENU: dict[str, Callable[[Composer, Command], None]] = {
    "cases": cases,
    "board": board,
    "help": help_,
    "menu": help_,
    "start": start,
    "onduty": on_duty,
    "offduty": on_duty,
    "lost": lost,
    "export": export,
    "confirm": reconfirmation.confirm,
    **own_addresses.OWN,
    "approve": export_approval.decided,
    "refuse": export_approval.decided,
}


def _acts(person: Person) -> bool:
    return person.role in (Role.DUTY, Role.SUPERVISOR)


def _line(c: Composer, case: Case) -> str:
    line = case_line(case, c.language)
    if not case.is_open:
        return f"{line} · {status_name(case.status, c.language)}"
    running = deadlines.shown(case)
    if not running:
        return line
    due = running[0]
    return f"{line} · {deadline_name(due, c.language)} {lateness(due.due_at, c.now, c.language)}"


def _cut_colleague(c: Composer, person: Person, other_id: int) -> None:
    other = c.view.directory.get(other_id)
    if other is None or other.party != person.party or person.role is Role.OFFICER or not other.is_active:
        c.say(tr(c.language, "There is nobody of your side with that number."))
        return
    work = cut_off(c, other, JournalAct.CUT_OFF, tr("en", "phone lost"))
    c.say(tr(c.language, "{name} is cut off from all messengers and sessions.", name=other.name))
    if work.assigned:
        words, laid = told(work, tr(c.language, "Their desk is told."))
        c.say(words, laid)


def tell_of_cut_off(c: Composer, person: Person) -> None:
    """Tell the desk, once a day, that somebody writes from an address that was cut off."""
    desks = at_desks(c.context.agreement, c.view.directory, person.party, DeskRole.DUTY)
    words = tr(
        "en",
        "Somebody writes from an address of {name} ({role}, {party}), who was cut off. Nothing of it is kept.",
        name=person.name,
        role=person.role.value,
        party=person.party,
    )
    c.tell(desks, f"cut-off:{person.id}:{c.now.date().isoformat()}", words)


def _order(text: str, person: Person, c: Composer) -> ExportOrder | None:
    found = re.fullmatch(
        r"\s*(?:(csv|xlsx|jsonl|htcds)\s+)?(\d{4}-\d\d-\d\d)\s+(\d{4}-\d\d-\d\d)\s+(\S.*)",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if found is None or c.message is None or c.message.place is None:
        return None
    form, since, until, reason = found.groups()
    try:
        first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (since, until))
    except ValueError:
        return None
    if last - first < timedelta(days=1):
        return None
    return ExportOrder(person.id, c.message.place, (form or "csv").lower(), first, last, reason.strip())
