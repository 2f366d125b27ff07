"""Who is pinged about which deadline, rung by rung. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import TIMERS, Case, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.people import Directory
from bot.domain.recipients import Recipient, at_desks, at_person, supervisors, unique


class Group(StrEnum):
    """A group that a ping goes to, named by its side in the case."""

    REQUESTED_DUTY = "requested duty desk"
    REQUESTED_SUPERVISOR = "requested supervisor"
    REPORTING_DUTY = "reporting duty desk"
    REPORTING_SUPERVISOR = "reporting supervisor"
    SECRETARIATS = "both secretariats"


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


def audience(case: Case, kind: DeadlineKind, ping: int, agreement: Agreement, directory: Directory) -> Audience:
    """Find who gets ping number `ping` (from 1). Each rung adds its groups to those before.

    A rung that would reach nobody is passed over to the next one at once. When the whole ladder reaches nobody,
    the other side's desks and supervisors are told rather than no one.
    """
    ladder = _RUNGS[kind]
    groups: list[Group] = []
    empty: list[Group] = []
    found: tuple[Recipient, ...] = ()
    for number, rung in enumerate(ladder, start=1):
        fresh = [(group, members(case, group, agreement, directory)) for group in rung]
        groups += [group for group, _ in fresh]
        empty += [group for group, recipients in fresh if not recipients]
        found = unique([*found, *(r for _, recipients in fresh for r in recipients)])
        if number >= ping and any(recipients for _, recipients in fresh):
            break
    return Audience(found or _anybody(case, agreement, directory), tuple(groups), tuple(empty))


def members(case: Case, group: Group, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    """Make the recipients of a group. While the requested side is unknown, the reporting side stands in."""
    requested = case.requested or case.reporting
    match group:
        case Group.REQUESTED_DUTY:
            return _duty(case, requested, agreement, directory)
        case Group.REPORTING_DUTY:
            return _duty(case, case.reporting, agreement, directory)
        case Group.REQUESTED_SUPERVISOR:
            return supervisors(directory, requested)
        case Group.REPORTING_SUPERVISOR:
            return supervisors(directory, case.reporting)
        case Group.SECRETARIATS:
            sides = dict.fromkeys((requested, case.reporting))
            return unique(r for s in sides for r in at_desks(agreement, directory, s, DeskRole.SECRETARIAT))


def _duty(case: Case, party: str, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    assigned = (directory.get(i) for i in case.assignees)
    own = [at_person(p) for p in assigned if p and p.is_active and p.party == party and p.addresses]
    return unique([*at_desks(agreement, directory, party, DeskRole.DUTY), *own])


def _anybody(case: Case, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    for group in Group:
        found = members(case, group, agreement, directory)
        if found:
            return found
    return ()
