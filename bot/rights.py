"""Who may see a case and who may do what to it, decided in one place. Pure.

The person counts, never the group. Outside their scope a case does not exist for them.
"""

from __future__ import annotations

from enum import StrEnum

from bot.agreement import Agreement, DeskRole
from bot.case import Case, Channel, HandoffState, Status
from bot.people import Person, Role
from bot.ports import Scope


class Act(StrEnum):
    """What can be done to a case, by the word people type."""

    ACK = "ack"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    URGENCY = "urgency"
    STANDDOWN = "standdown"
    CLOSE = "close"
    REOPEN = "reopen"
    NOTE = "note"
    MEMO = "memo"
    HANDOFF = "handoff"
    ACCEPT = "accept"
    RETURN = "return"
    WRITTEN = "written"
    NOTNEEDED = "notneeded"  #: a supervisor records that the diplomatic channel is not needed
    HOLD = "hold"  #: legal hold: nothing of the case is purged
    UNHOLD = "unhold"


_DESK_ACTS = frozenset({Act.ASSIGN, Act.SNOOZE, Act.URGENCY, Act.CLOSE, Act.REOPEN, Act.HANDOFF, Act.WRITTEN})


def scope_of(person: Person) -> Scope:
    """What this person may see, for every query of cases."""
    return Scope(person.id, person.party, sees_party=person.role is not Role.OFFICER)


def may_see(person: Person, case: Case) -> bool:
    """Whether the case exists for this person: the same rule as `Scope`, for cases in hand."""
    if not person.is_active:
        return False
    if case.officer == person.id:
        return True
    return person.role is not Role.OFFICER and person.party in (case.reporting, case.requested)


def may(person: Person, act: Act, case: Case, agreement: Agreement, channel: Channel | None = None) -> bool:
    """Whether this person may do this to a case they can see, whatever its state."""
    if not may_see(person, case) or person.role is Role.ADMIN:
        return False
    if act in (Act.NOTE, Act.MEMO):
        return True
    if person.role is Role.OFFICER:
        return False
    match act:
        case Act.ACK:
            return is_requested_duty(person, case, agreement)
        case Act.STANDDOWN:
            return person.role is Role.SUPERVISOR and person.party == case.reporting
        case Act.NOTNEEDED | Act.HOLD | Act.UNHOLD:
            return person.role is Role.SUPERVISOR
        case Act.ACCEPT | Act.RETURN:
            return _answers_handoffs(person, case, agreement, channel)
        case _:
            return act in _DESK_ACTS and (person.role is Role.SUPERVISOR or is_duty(person, agreement))


def may_answer_consent(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether this person may say what the reporting officer was told about consent: the desk stands in for them."""
    if not person.is_active or person.party != case.reporting:
        return False
    return person.id == case.officer or person.role is Role.SUPERVISOR or is_duty(person, agreement)


def is_duty(person: Person, agreement: Agreement) -> bool:
    """Whether this person belongs to a duty desk of their side."""
    desk = agreement.desks.get(person.desk)
    return desk is not None and desk.role is DeskRole.DUTY and desk.party == person.party


def is_requested_duty(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether this person belongs to the duty desk that is asked to acknowledge."""
    return person.party == case.requested and is_duty(person, agreement)


def _answers_handoffs(person: Person, case: Case, agreement: Agreement, channel: Channel | None) -> bool:
    if person.party != case.requested:
        return False
    desk = agreement.desks.get(person.desk)
    if desk is None or desk.party != person.party:
        return False
    roles = {DeskRole.DUTY} | ({DeskRole(channel)} if channel else {DeskRole.POLICE, DeskRole.DIPLOMATIC})
    return desk.role in roles


def fits(act: Act, case: Case, channel: Channel | None = None) -> bool:
    """Whether an act makes sense in the case's present state, so that it is worth a button."""
    match act:
        case Act.REOPEN:
            return case.status is Status.CLOSED or case.stood_down_at is not None
        case Act.HOLD | Act.UNHOLD:
            return (case.held_at is None) is (act is Act.HOLD)
        case _:
            return case.is_open and _fits_open(act, case, channel)


def _fits_open(act: Act, case: Case, channel: Channel | None) -> bool:
    handoff = case.handoff(channel) if channel else None
    match act:
        case Act.ACK:
            return case.acknowledged_at is None
        case Act.STANDDOWN:
            return case.stood_down_at is None
        case Act.HANDOFF:
            return handoff is None or handoff.state is HandoffState.DRAFTED
        case Act.ACCEPT | Act.RETURN:
            return handoff is not None and handoff.state is HandoffState.SENT
        case Act.WRITTEN:
            return any(h.state is HandoffState.ACCEPTED and not h.letter_reference for h in case.handoffs)
        case Act.NOTNEEDED:
            return case.diplomatic_not_needed_at is None and case.handoff(Channel.DIPLOMATIC) is None
        case _:
            return True
