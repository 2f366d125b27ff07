"""Who may see a case and who may do what to it, decided in one place. Pure.

Look-ups ask the storage with `scope_of`, which `storage/sql/scope.py` turns into SQL; `may_see` is for cases in hand.

The person counts, never the group. Outside their scope a case does not exist for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.agreement import Agreement, Corridor, DeskRole
from bot.domain.case import WITH_ITS_DESK, Case, Channel, Handoff
from bot.domain.case_acts import Act, Whose
from bot.domain.closed_sets import for_each
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import Recipient, reads_as
from bot.domain.referral import Referral, reader_of
from bot.ports.reads import Scope

#: Desks whose people follow every case of their side.
_FOLLOWS_ALL = frozenset({DeskRole.DUTY, DeskRole.SECRETARIAT})


def scope_of(person: Person, agreement: Agreement) -> Scope:
    """What this person may see, for every query of cases: the need to know, by role, side, desk and assignment.

    Officers have their own cases. Supervisors, and people of a duty desk or a secretariat, have those of their side.
    People of a police or diplomatic desk have what was handed or assigned to them, and liaison officers their cases.
    People of a support desk have no case but what they reported: they have referrals. Admins have none.
    """
    if is_support(person, agreement):
        return Scope(person.id, person.party, sees_party=False)
    is_desk = person.role in (Role.DUTY, Role.SUPERVISOR)
    return Scope(
        person.id,
        person.party,
        sees_party=person.role is Role.SUPERVISOR or (is_desk and _desk_role(person, agreement) in _FOLLOWS_ALL),
        reads_as=reads_as(person) if is_desk else (f"person:{person.id}",) if person.role is Role.OFFICER else (),
    )


def loaded_for(person: Person, agreement: Agreement) -> Scope:
    """What is read from the storage for this person to answer them: their scope, or what was referred to their desk.

    Having a case at hand gives nobody a right to it: `may_see` and `may_see_referral` say that.
    """
    if not is_support(person, agreement):
        return scope_of(person, agreement)
    return Scope(person.id, person.party, sees_party=False, reads_as=(reader_of(person.desk),))


def is_support(person: Person, agreement: Agreement) -> bool:
    """Whether this person belongs to a support desk: to them a case is what was referred, whatever else they are."""
    desk = agreement.desks.get(person.desk)
    return desk is not None and desk.role is DeskRole.SUPPORT and person.role is not Role.ADMIN


def may_see_referral(person: Person, referral: Referral, case: Case, agreement: Agreement) -> bool:
    """Whether a referral exists for this person: of the desk that it went to, of the side that made it."""
    if not person.is_active or not is_support(person, agreement) or referral.case_id != case.id:
        return False
    is_theirs = referral.desk == person.desk and referral.party == person.party
    return is_theirs and person.party in (case.reporting, case.requested)


def referral_for(person: Person, case: Case, agreement: Agreement) -> Referral | None:
    """The referral of a case to this person's desk: one that waits for it, else a live one, else the newest."""
    theirs = [r for r in case.referrals if may_see_referral(person, r, case, agreement)]
    return max(theirs, key=lambda r: (r.next_at is not None, r.is_live, r.id), default=None)


def may_be_given(person: Person, by: Person, agreement: Agreement) -> bool:
    """Whether somebody may be given a case as a liaison officer: of the same side, and of no support desk."""
    is_theirs = person.is_active and person.party == by.party and person.role is not Role.ADMIN
    return is_theirs and not is_support(person, agreement)


def may_confirm(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether this person may confirm a plan for their side: its duty desk or a supervisor."""
    if not may_see(person, case, agreement):
        return False
    return person.role is Role.SUPERVISOR or (person.role is Role.DUTY and is_duty(person, agreement))


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


def has_page(to: Recipient, case: Case, agreement: Agreement) -> bool:
    """Whether whoever is told of a case may open its page: somebody, or the people of a desk that is told as one."""
    if to.person is not None:
        return may_see(to.person, case, agreement)
    desk = agreement.desks.get(to.name.removeprefix("desk:"))
    if desk is None or desk.party not in (case.reporting, case.requested):
        return False
    return desk.role in _FOLLOWS_ALL or to.name in case.given_to


def may(person: Person, act: Act, case: Case, agreement: Agreement, channel: Channel | None = None) -> bool:
    """Whether this person may do this to a case they can see, whatever its state."""
    if not may_see(person, case, agreement) or person.role is Role.ADMIN:
        return False
    if person.role is Role.OFFICER and act.rule.whose not in _FOR_OFFICERS:
        return False
    return _MAY[act.rule.whose](_Asked(person, case, agreement, channel))


def may_whoever_reads(
    recipient: Recipient,
    act: Act,
    case: Case,
    agreement: Agreement,
    directory: Directory,
    channel: Channel | None = None,
) -> bool:
    """Whether whoever is told there may do this; in the chat of a desk: somebody of it, as far as its role goes."""
    desk = agreement.desks.get(recipient.name.removeprefix("desk:"))
    if desk is None:
        return recipient.person is not None and may(recipient.person, act, case, agreement, channel)
    readers = (Person(0, "", desk.party, Role.DUTY, desk.id), *directory.members(desk.id))
    return any(may(reader, act, case, agreement, channel) for reader in readers)


def may_answer_consent(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether this person may say what the reporting officer was told about consent: the desk stands in for them."""
    if not person.is_active or person.party != case.reporting:
        return False
    return person.id == case.officer or person.role is Role.SUPERVISOR or is_duty(person, agreement)


def may_ring(person: Person, corridor: Corridor, agreement: Agreement) -> bool:
    """Whether this person may begin a test ring of a corridor: a supervisor of one of its sides."""
    is_theirs = person.party in corridor.parties and person.corridor in ("", corridor.code)
    is_supervisor = person.is_active and person.role is Role.SUPERVISOR
    return is_supervisor and is_theirs and not is_support(person, agreement)


def may_answer_ring(person: Person, desk: str) -> bool:
    """Whether this person answers a test ring for a desk: whoever belongs to it."""
    return person.is_active and person.desk == desk and person.role is not Role.ADMIN


def may_draw_up(person: Person, case: Case, agreement: Agreement) -> bool:
    """Whether this person draws up the papers of a case: whoever may hand it off, of the side that signs them."""
    return person.party == case.reporting and may(person, Act.HANDOFF, case, agreement)


def may_take_over(person: Person, handoff: Handoff, case: Case, agreement: Agreement) -> bool:
    """Whether this person may have the papers of a hand-off: of the desk that has it, and may answer for it."""
    is_theirs = handoff.state in WITH_ITS_DESK and person.desk == handoff.desk
    return is_theirs and may(person, Act.ACCEPT, case, agreement, handoff.channel)


def _desk_role(person: Person, agreement: Agreement) -> DeskRole | None:
    desk = agreement.desks.get(person.desk)
    return desk.role if desk is not None and desk.party == person.party else None


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


#: What officers may be allowed at all.
_FOR_OFFICERS = frozenset(
    {Whose.EVERYBODY, Whose.OFFICER_OR_DESK, Whose.OFFICER_OR_ANY_DESK, Whose.REPORTING_OFFICER, Whose.OPERATION}
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody who asks for an act to a case that they see."""

    person: Person
    case: Case
    agreement: Agreement
    channel: Channel | None

    @property
    def is_own(self) -> bool:
        return self.person.party == self.case.reporting

    @property
    def is_supervisor(self) -> bool:
        return self.person.role is Role.SUPERVISOR

    @property
    def is_duty(self) -> bool:
        return is_duty(self.person, self.agreement)


_MAY: Mapping[Whose, Callable[[_Asked], bool]] = for_each(
    Whose,
    {
        Whose.EVERYBODY: lambda _asked: True,
        Whose.OFFICER_OR_ANY_DESK: lambda asked: (
            asked.person.id == asked.case.officer or asked.is_supervisor or asked.is_duty
        ),
        Whose.OFFICER_OR_DESK: lambda asked: may_answer_consent(asked.person, asked.case, asked.agreement),
        Whose.REQUESTED_DUTY: lambda asked: is_requested_duty(asked.person, asked.case, asked.agreement),
        Whose.DESKS: lambda asked: asked.is_supervisor or asked.is_duty,
        Whose.OPERATION: lambda asked: asked.is_supervisor or asked.is_duty or asked.person.id in asked.case.liaisons,
        Whose.REPORTING_OFFICER: lambda asked: asked.person.id == asked.case.officer,
        Whose.SUPERVISORS: lambda asked: asked.is_supervisor,
        Whose.REPORTING_SUPERVISOR: lambda asked: asked.is_own and asked.is_supervisor,
        Whose.DESKS_OR_CHANNEL: lambda asked: (
            asked.is_supervisor
            or asked.is_duty
            or _answers_handoffs(asked.person, asked.case, asked.agreement, asked.channel)
        ),
        Whose.REPORTING_DESK: lambda asked: asked.is_own and (asked.is_supervisor or asked.is_duty),
        Whose.CHANNEL: lambda asked: _answers_handoffs(asked.person, asked.case, asked.agreement, asked.channel),
        Whose.OWN_DESK: lambda asked: asked.is_own and (asked.is_supervisor or asked.is_duty),
        Whose.OWN_DUTY: lambda asked: asked.is_own and asked.is_duty,
        Whose.OWN_SUPERVISOR: lambda asked: asked.is_own and asked.is_supervisor,
    },
)
