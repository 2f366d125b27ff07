"""Who is pinged about which deadline, rung by rung. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import TIMERS, Case, Deadline, DeadlineKind, HandoffState
from bot.domain.closed_sets import for_each
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, at_desk, at_desks, at_work, supervisors, unique


class Group(StrEnum):
    """A group that a ping goes to, named by its side in the case."""

    REQUESTED_DUTY = "requested duty desk"
    REQUESTED_SUPERVISOR = "requested supervisor"
    REPORTING_DUTY = "reporting duty desk"
    REPORTING_SUPERVISOR = "reporting supervisor"
    SECRETARIATS = "both secretariats"
    CHANNEL_DESK = "desk that it was handed to"
    ASKED_DUTY = "duty desk that was asked"
    ASKED_SUPERVISOR = "supervisor of the side that was asked"


_RUNGS: Mapping[DeadlineKind, tuple[tuple[Group, ...], ...]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: (
            (Group.REQUESTED_DUTY,),
            (Group.REQUESTED_SUPERVISOR,),
            (Group.SECRETARIATS,),
        ),
        DeadlineKind.POLICE: ((Group.REQUESTED_DUTY, Group.REPORTING_DUTY),),
        DeadlineKind.DIPLOMATIC: (
            (Group.REPORTING_DUTY, Group.REPORTING_SUPERVISOR, Group.REQUESTED_DUTY, Group.REQUESTED_SUPERVISOR),
        ),
        DeadlineKind.ANSWER: ((Group.CHANNEL_DESK,), (Group.REQUESTED_DUTY, Group.REPORTING_DUTY)),
        DeadlineKind.STOP: (
            (Group.CHANNEL_DESK, Group.REQUESTED_DUTY),
            (Group.REQUESTED_SUPERVISOR, Group.REPORTING_DUTY),
        ),
        DeadlineKind.REPLY: ((Group.ASKED_DUTY,), (Group.ASKED_SUPERVISOR,)),
        DeadlineKind.WRITTEN: ((Group.REPORTING_DUTY,),),
        DeadlineKind.REVIEW: ((Group.REQUESTED_DUTY,),),
    },
    but=TIMERS,
)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a ping reaches, and which groups it was meant for but has nobody in."""

    recipients: tuple[Recipient, ...]
    groups: tuple[Group, ...]
    empty: tuple[Group, ...] = ()


def rungs(kind: DeadlineKind) -> int:
    """How many rungs the ladder of a deadline has."""
    return len(_RUNGS[kind])


def audience(case: Case, deadline: Deadline, ping: int, agreement: Agreement, directory: Directory) -> Audience:
    """Find who gets ping number `ping` (from 1). Each rung adds its groups to those before.

    A rung that would reach nobody is passed over to the next one at once. When the whole ladder reaches nobody,
    the other side's desks and supervisors are told rather than no one.
    """
    ladder = _RUNGS[deadline.kind]
    groups: list[Group] = []
    empty: list[Group] = []
    found: tuple[Recipient, ...] = ()
    for number, rung in enumerate(ladder, start=1):
        fresh = [(group, members(case, group, agreement, directory, deadline)) for group in rung]
        groups += [group for group, _ in fresh]
        empty += [group for group, recipients in fresh if not recipients]
        found = unique([*found, *(r for _, recipients in fresh for r in recipients)])
        if number >= ping and any(recipients for _, recipients in fresh):
            break
    return Audience(found or _anybody(case, agreement, directory), tuple(groups), tuple(empty))


def members(
    case: Case, group: Group, agreement: Agreement, directory: Directory, deadline: Deadline | None = None
) -> tuple[Recipient, ...]:
    """Make the recipients of a group. While the requested side is unknown, the reporting side stands in."""
    requested = case.requested or case.reporting
    asked = (deadline.party if deadline is not None else "") or requested
    match group:
        case Group.REQUESTED_DUTY | Group.REPORTING_DUTY | Group.ASKED_DUTY:
            return _duty(case, _side(group, case, requested, asked), agreement, directory)
        case Group.REQUESTED_SUPERVISOR | Group.REPORTING_SUPERVISOR | Group.ASKED_SUPERVISOR:
            return supervisors(directory, _side(group, case, requested, asked))
        case Group.SECRETARIATS:
            sides = dict.fromkeys((requested, case.reporting))
            return unique(r for s in sides for r in at_desks(agreement, directory, s, DeskRole.SECRETARIAT))
        case Group.CHANNEL_DESK:
            return _channel_desk(case, deadline, agreement, directory)
        case _:
            assert_never(group)


def _side(group: Group, case: Case, requested: str, asked: str) -> str:
    if group in (Group.ASKED_DUTY, Group.ASKED_SUPERVISOR):
        return asked
    return requested if group in (Group.REQUESTED_DUTY, Group.REQUESTED_SUPERVISOR) else case.reporting


def _channel_desk(
    case: Case, deadline: Deadline | None, agreement: Agreement, directory: Directory
) -> tuple[Recipient, ...]:
    """Make the recipients of the desks that have not answered yet what was handed to them, or taken back."""
    open_at = [h.desk for h in case.handoffs if h.state is HandoffState.SENT or h.must_stop
               if deadline is None or h.channel is deadline.channel]  # fmt: skip
    return unique(r for desk in open_at if desk in agreement.desks for r in at_desk(agreement.desks[desk], directory))


def _duty(case: Case, party: str, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    own = at_work(case, party, agreement, directory)
    return unique([*at_desks(agreement, directory, party, DeskRole.DUTY), *own])


def _anybody(case: Case, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    for group in Group:
        found = members(case, group, agreement, directory)
        if found:
            return found
    return ()
