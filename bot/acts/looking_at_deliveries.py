"""What is shown of messages and phone calls about a case: to whom, and whether whoever asks may know of them. Pure."""

from __future__ import annotations

from bot.acts.finding import is_among_own
from bot.clock.call_record import calls_by_recipient
from bot.domain.case import Case
from bot.domain.messages import Delivery
from bot.domain.recipients import desk_name
from bot.relay import added
from bot.turns.composer import Composer


def call_lines(c: Composer, shown: Case) -> list[str]:
    """Say who was called by phone about the case, when, and whether they answered."""
    told = (each for each in c.view.deliveries(shown.id) if not is_hidden(c, each, shown))
    calls = calls_by_recipient(told, shown, c.context.agreement, c.language)
    return [f"{recipient_name(c, name)}: {calls[name]}" for name in sorted(calls)]


def is_hidden(c: Composer, delivery: Delivery, shown: Case) -> bool:
    """Whether whoever asks is not shown that a message about a case was sent."""
    party = c.person.party if c.person is not None and is_among_own(c, c.person.party) else ""
    return added.is_hidden(delivery.message, shown, c.view.files(shown.id).files, party, c.context.agreement)


def recipient_name(c: Composer, name: str) -> str:
    """Name who was told, as both sides may read it."""
    kind, _, which = name.partition(":")
    desk = c.context.agreement.desks.get(which) if kind == "desk" else None
    if desk is not None:
        return desk_name(desk)
    person = c.view.directory.get(int(which)) if which.isdigit() else None
    return f"{person.party} {person.role.value}" if person else name
