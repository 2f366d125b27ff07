"""What must have been asked of the person before a case may be given to a formal channel. Pure."""

from __future__ import annotations

from bot.agreement import DeskRole
from bot.alerts import act_button
from bot.case import Case, Channel, HandoffState
from bot.composing import Composer
from bot.fields import Field, field
from bot.recipients import Recipient, at_desks, at_person, supervisors, unique
from bot.rights import Act
from bot.texts import tr
from bot.wording import channel_name, rows, urgency_name

_ASKED = {
    Channel.POLICE: ("consent_police", "fears_own_authorities"),
    Channel.DIPLOMATIC: ("consent_diplomatic", "fears_own_authorities"),
}


def open_questions(case: Case, channel: Channel) -> list[Field]:
    """List what was not asked yet; any answer will do, "not asked" and "unknown" too."""
    return [field(name) for name in _ASKED[channel] if case.value(name) is None]


def is_consent(asked: Field) -> bool:
    """Whether a question is one that a hand-off waits for."""
    return any(asked.id in names for names in _ASKED.values())


def whom_to_ask(c: Composer, case: Case) -> tuple[Recipient, ...]:
    """The reporting officer; when they cannot be reached any more, their desk or its supervisors."""
    officer = c.view.directory.get(case.officer)
    if officer is not None and officer.is_active and officer.addresses:
        return (at_person(officer),)
    desk = at_desks(c.context.agreement, c.view.directory, case.reporting, DeskRole.DUTY)
    return desk or supervisors(c.view.directory, case.reporting)


def next_open(case: Case) -> Field | None:
    """The next question that a drafted hand-off waits for; they are asked one after another."""
    drafted = (h for h in case.handoffs if h.state is HandoffState.DRAFTED)
    return next((asking for h in drafted for asking in open_questions(case, h.channel)), None)


def tell_ready(c: Composer, case: Case, answered: Field) -> None:
    """Tell both duty desks when an answer was the last one that a drafted hand-off waited for."""
    for handoff in case.handoffs:
        is_waiting = handoff.state is HandoffState.DRAFTED and answered.id in _ASKED[handoff.channel]
        if is_waiting and not open_questions(case, handoff.channel):
            _tell(c, case, handoff.channel, f"case:{case.id}:ready:{handoff.id}")


def _tell(c: Composer, case: Case, channel: Channel, key: str) -> None:
    desks = unique(
        recipient
        for party in (case.requested, case.reporting)
        for recipient in at_desks(c.context.agreement, c.view.directory, party, DeskRole.DUTY)
    )
    words = tr(
        "en",
        "{urgency} · {reference}\nThe officer has answered: it can be handed to the {channel} now.",
        urgency=urgency_name(case.urgency, "en"),
        reference=case.reference,
        channel=channel_name(channel, "en"),
    )
    c.tell(
        desks,
        "told",
        key,
        words,
        case=case,
        buttons=rows([act_button(case, tr("en", "Hand off"), Act.HANDOFF, channel.value)]),
    )
