"""What `/help` shows, and with whom each line of it works."""

from __future__ import annotations

from bot.domain.people import Role
from bot.domain.typed_commands import Command
from bot.language.texts import later, tr
from bot.people.lapsed_enrolment import CONFIRMERS
from bot.turns.composer import Composer

_ALL = frozenset(Role)


_DESK = frozenset({Role.DUTY, Role.SUPERVISOR})


#: What `/help` shows, with whom it works for.
_LINES = (
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


def show(c: Composer, _command: Command) -> None:
    """List what works for this person, with examples."""
    person = c.person
    if person is not None:
        c.say("\n".join(tr(c.language, line) for roles, line in _LINES if person.role in roles))
