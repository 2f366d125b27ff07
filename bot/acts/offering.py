"""The acts worth a button for a person on a case as it stands."""

from __future__ import annotations

from bot import alerts
from bot.case import Case, Channel
from bot.composing import Composer
from bot.messages import Keyboard
from bot.people import Person
from bot.rights import Act, fits, may
from bot.texts import tr
from bot.wording import rows

_LABELS = {
    Act.ACK: "Acknowledge",
    Act.ASSIGN: "Assign to me",
    Act.SNOOZE: "Quiet for 30 min",
    Act.STANDDOWN: "Stand down",
    Act.CLOSE: "Close",
    Act.REOPEN: "Reopen",
    Act.NOTE: "Note",
    Act.MEMO: "Memo",
    Act.NOTNEEDED: "Diplomatic not needed",
    Act.WRITTEN: "Letter sent",
    Act.URGENCY: "Urgency",
}


def buttons_for(case: Case, person: Person, c: Composer) -> Keyboard:
    """The acts worth a button for a person on a case as it stands."""
    agreement, language = c.context.agreement, person.language
    found: list[tuple[str, str, str]] = []
    if may(person, Act.ACK, case, agreement) and fits(Act.ACK, case):
        found.append((tr(language, "Acknowledge"), Act.ACK, ""))
    for channel, label in ((Channel.POLICE, "police"), (Channel.DIPLOMATIC, "diplomatic")):
        for act, words in (
            (Act.ACCEPT, tr(language, "Accepted by {channel}", channel=label)),
            (Act.RETURN, tr(language, "Return from {channel}", channel=label)),
            (Act.HANDOFF, tr(language, "Hand to {channel}", channel=label)),
        ):
            if may(person, act, case, agreement, channel) and fits(act, case, channel):
                found.append((words, act, channel.value))
    for act in (Act.WRITTEN, Act.CLOSE, Act.REOPEN, Act.STANDDOWN):
        if may(person, act, case, agreement) and fits(act, case):
            found.append((tr(language, _LABELS[act]), act, ""))
    if may(person, Act.ASSIGN, case, agreement) and case.is_open and person.id not in case.assignees:
        found.append((tr(language, "Assign to me"), Act.ASSIGN, "me"))
    return rows([alerts.act_button(case, label, act, argument) for label, act, argument in found])
