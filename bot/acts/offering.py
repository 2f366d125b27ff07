"""The acts worth a button for a person on a case as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from bot.acts.finding import is_among_own
from bot.clock import alerts
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel
from bot.domain.messages import Keyboard
from bot.domain.names import rows
from bot.domain.people import Person
from bot.language.texts import later, tr
from bot.protection import gates
from bot.protection.permissions import Act, fits, may
from bot.turns.composer import Composer

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
    Act.DECIDE: later("Decide on police"),
    Act.ALTERNATIVE: later("Decide an alternative"),
}


def is_offered(act: Act, person: Person, case: Case, agreement: Agreement, channel: Channel | None = None) -> bool:
    """Whether an act is worth a button or a form: the person may do it, it fits the case, and its gate asks for it."""
    return (
        may(person, act, case, agreement, channel)
        and fits(act, case, channel)
        and _is_asked_for(act, person, case, agreement, channel)
    )


def _is_asked_for(act: Act, person: Person, case: Case, agreement: Agreement, channel: Channel | None) -> bool:
    match act:
        case Act.HANDOFF:
            return channel is None or gates.offers_handoff(case, channel, person.party, agreement)
        case Act.GUARDIAN | Act.INTEREST:
            return gates.may_be_child(case)
        case Act.VITAL:
            return not gates.may_be_child(case) and case.value(gates.CONSENT[Channel.POLICE]) != "yes"
        case Act.DECIDE:
            return gates.needs_decision(case, agreement)
        case Act.ALTERNATIVE:
            return gates.wants_alternative(case, agreement)
        case _:
            return True


def buttons_for(case: Case, person: Person, c: Composer) -> Keyboard:
    """The acts worth a button for a person on a case as it stands."""
    agreement = c.context.agreement
    found = [(label, act, word) for label, act, word, channel in _worth_a_button(case, person, c)
             if is_offered(act, person, case, agreement, channel)]  # fmt: skip
    return rows([alerts.act_button(case, label, act, argument) for label, act, argument in found])


def _worth_a_button(case: Case, person: Person, c: Composer) -> Iterator[tuple[str, Act, str, Channel | None]]:
    """Go through label, act, argument and channel of all that may be offered, in order."""
    language = person.language
    yield tr(language, _LABELS[Act.ACK]), Act.ACK, "", None
    for channel in Channel:
        yield tr(language, "Accepted by {channel}", channel=channel.value), Act.ACCEPT, channel.value, channel
        yield tr(language, "Return from {channel}", channel=channel.value), Act.RETURN, channel.value, channel
        yield tr(language, "Hand to {channel}", channel=channel.value), Act.HANDOFF, channel.value, channel
    for act in (Act.WRITTEN, Act.CLOSE, Act.REOPEN, Act.STANDDOWN):
        yield tr(language, _LABELS[act]), act, "", None
    if person.id not in case.assignees:
        yield tr(language, _LABELS[Act.ASSIGN]), Act.ASSIGN, "me", None
    if is_among_own(c, person.party):
        for act in (Act.DECIDE, Act.ALTERNATIVE):
            yield tr(language, _LABELS[act]), act, "", None
