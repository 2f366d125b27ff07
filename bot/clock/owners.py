"""Whose act meets a deadline: which side is waited for, and who of it is warned before it passes. Pure."""

from __future__ import annotations

from bot.clock.escalation_ladder import members
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel, Deadline, DeadlineKind, HandoffState
from bot.domain.people import Directory
from bot.domain.policy import Group
from bot.domain.recipients import Recipient, at_duty_desks, at_person, supervisors
from bot.protection import gates

_BY_ITS_DESK = frozenset({DeadlineKind.ANSWER, DeadlineKind.STOP})


def owed_by(case: Case, deadline: Deadline, agreement: Agreement) -> str:
    """The side whose act is waited for: a channel waits for the reporting one as long as its gate is not open."""
    requested = case.requested or case.reporting
    if deadline.kind is DeadlineKind.REPLY:
        return deadline.party or requested
    if deadline.kind is DeadlineKind.WRITTEN:
        return case.reporting
    channel = next((each for each in Channel if each.value == deadline.kind.value), None)
    return case.reporting if channel is not None and _waits_at_its_gate(case, channel, agreement) else requested


def owners(case: Case, deadline: Deadline, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    """Who is to act: whoever was given the case, else the desk that a channel waits for, else the duty desk."""
    party = owed_by(case, deadline, agreement)
    people = (directory.get(number) for number in case.assignees)
    given = [p for p in people if p is not None and p.is_active and p.party == party and p.is_reachable]
    if given:
        return tuple(at_person(person) for person in given)
    if deadline.kind in _BY_ITS_DESK:
        found = members(case, Group.CHANNEL_DESK, agreement, directory, deadline)
        if found:
            return found
    return at_duty_desks(agreement, directory, party) or supervisors(directory, party)


def _waits_at_its_gate(case: Case, channel: Channel, agreement: Agreement) -> bool:
    handoff = case.handoff(channel)
    is_sent = handoff is not None and handoff.state in (HandoffState.SENT, HandoffState.ACCEPTED)
    return not is_sent and not gates.is_open(case, channel, agreement)
