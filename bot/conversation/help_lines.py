"""What `/help` shows, and with whom each line of it works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from bot.acts import support
from bot.domain.people import Person, Role
from bot.domain.typed_commands import Command
from bot.intake.position import in_intake
from bot.intake.question_texts import word_button
from bot.language.normalise import plain
from bot.language.texts import later, tr
from bot.people.lapsed_enrolment import CONFIRMERS
from bot.protection.permissions import is_duty, is_support
from bot.turns.composer import Composer

_ALL = frozenset(Role)


_DESK = frozenset({Role.DUTY, Role.SUPERVISOR})


#: What `/help` shows, with whom it works for.
_LINES = (
    (_ALL, later("To report: just write what happened, or /alert girl of 16 locked in a flat")),
    (_ALL, later("While answering: back, skip, edit 4, summary, send")),
    (_ALL, later("/cases: your cases. /case {reference}: one of them. /plan {reference}: what the clock does")),
    (_ALL - {Role.ADMIN}, later("/note {reference} text: to the other side and your desk")),
    (_ALL - {Role.ADMIN}, later("/memo {reference} text: your side only, and a photo under it too")),
    (_ALL - {Role.ADMIN}, later("/ownside {reference}: the photo that was sent last is for your side only")),
    (_ALL - {Role.ADMIN}, later("/consent {reference} police yes: what the person says, any time; also no")),
    (
        frozenset({Role.OFFICER}),
        later("cancel: withdraw an alert that was wrong. /wrong {reference}: a closure is wrong"),
    ),
    (_ALL - {Role.ADMIN}, later("/secure {reference}: where names and numbers of people are kept")),
    (_DESK, later("/release {reference} 3: a withheld text holds no identifier after all")),
    (_ALL - {Role.ADMIN}, later("/english {reference} summary one line: what you wrote in another script, in English")),
    (_DESK, later("/ack {reference}, /assign {reference} me, /snooze {reference} 15m reason")),
    (_ALL - {Role.ADMIN}, later("/overdue: all that is late on either side")),
    (_DESK, later("/onit {reference}: no repeats to you for a while; both sides see it")),
    (_DESK, later("/liaison {reference} name: works on it with the other side; with off: no more")),
    (_DESK, later("/operation {reference}: the plan of a joint operation; with when, where, confirm")),
    (_DESK, later("/refer {reference} desk yes: a shelter or the like of your side is asked; with off: taken back")),
    (_DESK, later("/handoff {reference} police, /accept {reference} police 123/26")),
    (_DESK, later("/recall {reference} police reason: take a hand-off back. /stopped {reference} police: you stopped")),
    (_DESK, later("/clarify {reference} question, /answer {reference} text: between the two sides, with a deadline")),
    (_DESK, later("/late {reference} 2h reason: before it is due. /remind {reference}: they have something to do")),
    (_DESK, later("/return {reference} police reason, /written {reference} L-77")),
    (_DESK, later("/papers {reference}: request, note verbale and referral in English, to be signed")),
    (_DESK, later("/urgency {reference} U1 reason, /close {reference} found_safe text, /reopen {reference} reason")),
    (_DESK, later("/same {reference} REFERENCE: two cases are one; also /related, /different")),
    (_DESK, later("/protect {reference} none_known, /guardian {reference} name, /interest {reference} reason")),
    (frozenset({Role.SUPERVISOR}), later("/standdown {reference} reason, /notneeded {reference} reason")),
    (
        frozenset({Role.SUPERVISOR}),
        later("/vital {reference} reason, /decide {reference} refused reason, /alternative {reference} what"),
    ),
    (frozenset({Role.SUPERVISOR}), later("/hold {reference} reason, /unhold {reference} reason: legal hold")),
    (_DESK, later("/onduty, /offduty, /roster: who is on duty. /board")),
    (_DESK, later("/handover: the list is right, before you leave. /takeover: you have it from whoever left")),
    (
        _ALL - {Role.ADMIN},
        later("/drill girl of 16 locked in a flat: an exercise with both sides. /discard: delete it"),
    ),
    (frozenset({Role.SUPERVISOR}), later("/drill ring: do the duty desks of both sides hear? They answer by a tap")),
    (frozenset({Role.ADMIN}), later("/export xlsx last month reason: the case log as a file")),
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


#: What somebody needs first where they stand: five lines, each of which works for them.
_ANSWERING = (
    later("Answer by a tap, in words or by the number of a choice. 'unknown' is an answer too."),
    later("back, skip, edit 4, summary: move about"),
    later("send: when the summary is right"),
    later("cancel: it was a false alarm"),
    later("/alert and what happened: somebody else is in danger"),
)
_REPORTED = (
    later("/note {reference} text: what you learn, to the other side and your desk"),
    later("/case {reference}: how it stands. /plan {reference}: what comes next"),
    later("/secure {reference}: where names and numbers of people are kept"),
    later("cancel: it was a false alarm"),
    later("/alert and what happened: somebody else is in danger"),
)
_NOTHING_OPEN = (
    later("Somebody is in danger: just write what happened, in any language. That opens the alert."),
    later("Never write names, phone or document numbers here. The first answer says where they go."),
    later("/cases: your cases"),
    later("/bind: use another messenger too"),
    later("/lost: your phone is lost; cuts it off at once"),
)
_DUTY_DESK = (
    later("/cases: your cases, with what is due next"),
    later("/ack {reference}: you have it; the other side sees that"),
    later("/handoff {reference} police: give it to a formal channel"),
    later("/note {reference} text: to the other side and your desk"),
    later("/close {reference} found_safe text: it is over"),
)
_CHANNEL_DESK = (
    later("/cases: your cases, with what is due next"),
    later("/accept {reference} police 123/26: your channel takes it, with its formal reference"),
    later("/return {reference} police reason: your channel cannot take it"),
    later("/note {reference} text: to the other side and your desk"),
    later("/case {reference}: how it stands"),
)
_SUPPORT_DESK = (
    later("/cases: what was referred to you"),
    later("/accept {reference} who takes them in, and when"),
    later("/return {reference} why you cannot"),
    later("/note {reference} text: to the side that referred; nobody else reads it"),
    later("/case {reference}: what you need to know"),
)
_SUPPORT_TOO = (
    later("/onduty, /offduty"),
    later("/bind: use WeChat, WeCom or Telegram besides this one. /bind web: the pages. /addresses: which you use"),
    later("/prefer wechat: be written to there first. /unbind wechat: not there any more"),
    later("/lost: your phone is lost; cuts it off at once"),
)
_SUPERVISOR = (
    later("/cases: your cases, with what is due next"),
    later("/plan {reference}: what the clock does next, and whom it reaches"),
    later("/standdown {reference} reason: stop the clock of a case of your side"),
    later("/note {reference} text: to the other side and your desk"),
    later("/close {reference} found_safe text: it is over"),
)
_ADMIN = (
    later("/export xlsx last month reason: the case log as a file"),
    later("/approve 4x2k9, /refuse 4x2k9 reason: an identified export that another person of your side asks for"),
    later("/confirm 123: somebody of your side still does this work"),
    later("/lost 123: cut off the phone of somebody of your side"),
    later("/bind web: the pages"),
)


def show(c: Composer, command: Command) -> None:
    """Show the five things that this person needs now, and how to see the rest; `help more` shows everything."""
    person = c.person
    if person is None:
        return
    if plain(command.rest).startswith("more"):
        show_all(c)
        return
    lines = [*_say(c, _first(c, person)), tr(c.language, "Everything else: /help more")]
    # A number typed in an intake answers its question, so nothing else is offered by number there.
    laid = () if c.conversation.asking else ((word_button(tr(c.language, "More"), "more"),),)
    c.say("\n".join(lines), laid)


def show_all(c: Composer) -> None:
    """List all that works for this person, with examples."""
    person = c.person
    if person is not None and is_support(person, c.context.agreement):
        c.say("\n".join(_say(c, (*_SUPPORT_DESK, *_SUPPORT_TOO))))
    elif person is not None:
        c.say("\n".join(_say(c, (line for roles, line in _LINES if person.role in roles))))


def _first(c: Composer, person: Person) -> Sequence[str]:
    match person.role:
        case Role.OFFICER if in_intake(c) is not None:
            return _ANSWERING
        case Role.OFFICER:
            return _REPORTED if c.view.open_cases_of(person.id) else _NOTHING_OPEN
        case Role.DUTY if is_support(person, c.context.agreement):
            return _SUPPORT_DESK
        case Role.DUTY:
            return _DUTY_DESK if is_duty(person, c.context.agreement) else _CHANNEL_DESK
        case Role.SUPERVISOR:
            return _SUPERVISOR
        case Role.ADMIN:
            return _ADMIN
        case _:
            assert_never(person.role)


def _say(c: Composer, lines: Iterable[str]) -> list[str]:
    """Write lines with an own open case as the example; a made-up reference would be a link to no case."""
    mine = [*support.live(c), *c.view.open_cases_of(c.person.id)] if c.person is not None else []
    example = mine[0].reference if mine else tr(c.language, "REFERENCE")
    return [tr(c.language, line, reference=example) for line in lines]
