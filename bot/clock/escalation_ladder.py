"""Who is pinged about which deadline, rung by rung. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

from bot.clock.rungs import beginning, begun, called, ladder_of, next_begun
from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, Deadline, HandoffState
from bot.domain.people import Directory
from bot.domain.policy import By, Group, Ladder, Rung
from bot.domain.recipients import (
    Recipient,
    at_desk,
    at_desks,
    at_duty_desks,
    at_work,
    can_be_reached,
    next_on_duty,
    preferring,
    supervisors,
    unique,
)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a ping reaches, and which groups it was meant for but has nobody in."""

    recipients: tuple[Recipient, ...]
    groups: tuple[Group, ...]
    empty: tuple[Group, ...] = ()
    called: tuple[Recipient, ...] = ()  #: of the recipients: whom a rung wants to be called besides
    is_out_of_reach: bool = False  #: nobody of those who may act can be reached: everybody else is told


def audience(
    case: Case, deadline: Deadline, ping: int, agreement: Agreement, directory: Directory, *, only_new: bool = False
) -> Audience:
    """Find who gets ping number `ping` (from 1): the members of every rung that it calls for.

    A rung that would reach nobody is passed over to the next one at once. When nobody of those who may act can be
    reached, the desks, supervisors and secretariats of both sides are told.
    """
    ladder = ladder_of(case.policy(agreement), deadline.kind)
    rungs = beginning(ladder, ping) if only_new else called(ladder, ping)
    return _of_rungs(rungs, case, deadline, agreement, directory)


def concerned(case: Case, deadline: Deadline, ping: int, agreement: Agreement, directory: Directory) -> Audience:
    """Find who has been pinged by ping number `ping`: the members of every rung that has begun, called for or not."""
    ladder = ladder_of(case.policy(agreement), deadline.kind)
    return _of_rungs(begun(ladder, ping), case, deadline, agreement, directory)


def _of_rungs(rungs: Ladder, case: Case, deadline: Deadline, agreement: Agreement, directory: Directory) -> Audience:
    ladder = ladder_of(case.policy(agreement), deadline.kind)
    found = [(rung, members(case, rung.who, agreement, directory, deadline)) for rung in rungs]
    while not _is_reached(found) and (above := next_begun(ladder, rungs)):
        rungs += above
        found += [(rung, members(case, rung.who, agreement, directory, deadline)) for rung in above]
    told = {r.name: preferring(r, rung.messengers, agreement) for rung, recipients in found for r in recipients}
    wanted = {r.name for rung, recipients in found if rung.by is By.CALL for r in recipients}
    is_out_of_reach = not _can_act(ladder, case, deadline, agreement, directory)
    others = _everybody(case, agreement, directory) if is_out_of_reach else ()
    return Audience(
        recipients=unique((*told.values(), *others)),
        groups=tuple(dict.fromkeys(rung.who for rung in rungs)),
        empty=tuple(dict.fromkeys(rung.who for rung, recipients in found if not can_be_reached(recipients))),
        called=tuple(recipient for name, recipient in told.items() if name in wanted),
        is_out_of_reach=is_out_of_reach,
    )


def _is_reached(found: Collection[tuple[Rung, tuple[Recipient, ...]]]) -> bool:
    """Whether the rungs that begin last of these reach anybody."""
    top = max(rung.after for rung, _ in found)
    return any(can_be_reached(recipients) for rung, recipients in found if rung.after == top)


def _can_act(ladder: Ladder, case: Case, deadline: Deadline, agreement: Agreement, directory: Directory) -> bool:
    """Whether anybody on the ladder can be reached who is there to act, and not to see to it that others do."""
    groups = dict.fromkeys(rung.who for rung in ladder if rung.who is not Group.SECRETARIATS)
    return any(can_be_reached(members(case, group, agreement, directory, deadline)) for group in groups)


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
        case Group.REQUESTED_NEXT:
            return next_on_duty(agreement, directory, requested)
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
    return unique([*at_duty_desks(agreement, directory, party), *own])


def _everybody(case: Case, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    return unique(r for group in _OF_BOTH_SIDES for r in members(case, group, agreement, directory))


_OF_BOTH_SIDES = (
    Group.REPORTING_DUTY,
    Group.REPORTING_SUPERVISOR,
    Group.SECRETARIATS,
    Group.REQUESTED_DUTY,
    Group.REQUESTED_SUPERVISOR,
)
