"""The hand-offs of a case: put in their place, their deadline run again, and the people of the desks that have them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.clock import allowed_time, deadlines
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState, Status
from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, at_desk, unique
from bot.turns.composer import Composer

DEADLINE = for_each(Channel, {Channel.POLICE: DeadlineKind.POLICE, Channel.DIPLOMATIC: DeadlineKind.DIPLOMATIC})


def with_handoff(case: Case, *handoffs: Handoff) -> Case:
    """Put hand-offs in their place among those of a case."""
    changed = {handoff.id for handoff in handoffs}
    return replace(case, handoffs=(*(h for h in case.handoffs if h.id not in changed), *handoffs))


def run_again(c: Composer, case: Case, channel: Channel) -> Case:
    """Let the deadline of a channel run: on where it still runs, else anew from now."""
    kind, running = DEADLINE[channel], case.deadline(DEADLINE[channel])
    if running is not None and running.is_running:
        return case
    due = allowed_time.due(case, case.policy(c.context.agreement), kind, c.now)
    return deadlines.arm(case, kind, due, c.context.new_id, now=c.now)


def status_of(case: Case) -> Status:
    """Where a case stands that is open: accepted by a channel, acknowledged, or neither."""
    if any(handoff.state is HandoffState.ACCEPTED for handoff in case.handoffs):
        return Status.HANDED_OFF
    return Status.OPEN if case.acknowledged_at is None else Status.ACKNOWLEDGED


def at_desks_of(handoffs: Iterable[Handoff], agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    """Make the recipients of the desks that hand-offs were given to, or that have them in copy."""
    desks = (agreement.desks.get(desk) for handoff in handoffs for desk in handoff.desks)
    return unique(r for desk in desks if desk is not None for r in at_desk(desk, directory))


def holders(case: Case, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    """Make the recipients of all desks that have the case now by a hand-off, or must still stop."""
    return at_desks_of((h for h in case.handoffs if h.is_held), agreement, directory)
