"""Who may see a case and who may do what to it, decided in one place. Pure.

The person counts, never the group. Outside their scope a case does not exist for them.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.case import Case, Channel, HandoffState, Status
from bot.domain.people import Person, Role
from bot.domain.recipients import reads_as
from bot.ports.storage import Scope


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
    CONSENT = "consent"  #: what the person said about a channel, or about fear of their own State
    PROTECT = "protect"  #: whether the person needs protection from a State
    GUARDIAN = "guardian"  #: who speaks for a child
    INTEREST = "interest"  #: why a hand-off is in a child's best interests
    VITAL = "vital"  #: a supervisor says why an adult's case is handed off without consent
    DECIDE = "decide"  #: a supervisor says whether a State that is feared is told after all
    ALTERNATIVE = "alternative"  #: a supervisor says what is done instead of the diplomatic step
    RELEASE = "release"  #: a withheld text holds nothing that points to a person after all
    HOLD = "hold"  #: legal hold: nothing of the case is purged
    UNHOLD = "unhold"


#: Desks whose people follow every case of their side.
_FOLLOWS_ALL = frozenset({DeskRole.DUTY, DeskRole.SECRETARIAT})

#: What the gates ask for: acts of the reporting side, of which the other side is told nothing.
PROTECTION_ACTS = frozenset({Act.PROTECT, Act.GUARDIAN, Act.INTEREST, Act.VITAL, Act.DECIDE, Act.ALTERNATIVE})
_DESK_ACTS = frozenset(
    {Act.ASSIGN, Act.SNOOZE, Act.URGENCY, Act.CLOSE, Act.REOPEN, Act.HANDOFF, Act.WRITTEN, Act.RELEASE}
)


def scope_of(person: Person, agreement: Agreement) -> Scope:
    """What this person may see, for every query of cases: the need to know, by role, side, desk and assignment.

    Officers have their own cases. Supervisors, and people of a duty desk or a secretariat, have those of their side.
    People of a police, diplomatic or support desk have what was handed or assigned to them. Admins have none.
    """
    is_desk = person.role in (Role.DUTY, Role.SUPERVISOR)
    return Scope(
        person.id,
        person.party,
        sees_party=person.role is Role.SUPERVISOR or (is_desk and _desk_role(person, agreement) in _FOLLOWS_ALL),
        reads_as=reads_as(person) if is_desk else (),
    )


def may_see(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether the case exists for this person: the same rule as `Scope`, for cases in hand."""
    if not person.is_active:
        return False
    scope = scope_of(person, agreement)
    if case.officer == person.id:
        return True
    if not person.party or person.party not in (case.reporting, case.requested):
        return False
    return scope.sees_party or not case.given_to.isdisjoint(scope.reads_as)


def may(person: Person, act: Act, case: Case, agreement: Agreement, channel: Channel | None = None) -> bool:
    """Whether this person may do this to a case they can see, whatever its state."""
    if not may_see(person, case, agreement) or person.role is Role.ADMIN:
        return False
    if act is Act.CONSENT or act in PROTECTION_ACTS:
        return _may_protect(person, act, case, agreement)
    is_word = act in (Act.NOTE, Act.MEMO)
    return is_word or (person.role is not Role.OFFICER and _may_act(person, act, case, agreement, channel))


def _may_act(person: Person, act: Act, case: Case, agreement: Agreement, channel: Channel | None) -> bool:
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


def _desk_role(person: Person, agreement: Agreement) -> DeskRole | None:
    desk = agreement.desks.get(person.desk)
    return desk.role if desk is not None and desk.party == person.party else None


def _may_protect(person: Person, act: Act, case: Case, agreement: Agreement) -> bool:
    if act is Act.CONSENT:
        return may_answer_consent(person, case, agreement)
    if person.party != case.reporting or person.role is Role.OFFICER:
        return False
    if act is Act.INTEREST:
        return is_duty(person, agreement)
    is_supervisor = person.role is Role.SUPERVISOR
    return is_supervisor or (act in (Act.PROTECT, Act.GUARDIAN) and is_duty(person, agreement))


def is_duty(person: Person, agreement: Agreement) -> bool:
    """Whether this person belongs to a duty desk of their side."""
    return _desk_role(person, agreement) is DeskRole.DUTY


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
            return handoff is None or handoff.state in (HandoffState.DRAFTED, HandoffState.BLOCKED)
        case Act.ACCEPT | Act.RETURN:
            return handoff is not None and handoff.state is HandoffState.SENT
        case Act.WRITTEN:
            return any(h.state is HandoffState.ACCEPTED and not h.letter_reference for h in case.handoffs)
        case Act.NOTNEEDED:
            return case.diplomatic_not_needed_at is None and case.handoff(Channel.DIPLOMATIC) is None
        case _:
            return True
