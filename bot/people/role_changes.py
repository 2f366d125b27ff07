"""Changing what somebody is here: role, desk, language. It holds from their next message, tap or page on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.agreement import Agreement, DeskRole
from bot.domain.errors import BridgeError
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Person, Role
from bot.domain.recipients import at_desks, at_person, supervisors, unique
from bot.language.texts import tr
from bot.people import handover, revocation
from bot.protection.permissions import is_support
from bot.turns.composer import Composer

_AT_DESKS = (Role.DUTY, Role.SUPERVISOR)
wants = revocation.wants


@dataclass(frozen=True, slots=True)
class Change:
    """What shall change; None leaves it as it is."""

    role: Role | None = None
    desk: str | None = None
    language: str | None = None


def check(agreement: Agreement, party: str, role: Role, desk_id: str) -> None:
    """Raise `BridgeError` where a side, a role and a desk do not go together."""
    if party not in agreement.parties:
        raise BridgeError(f"There is no party {party}. Configured: {', '.join(agreement.parties)}.")
    desk = agreement.desks.get(desk_id)
    desks = ", ".join(d.id for d in agreement.desks.values() if d.party == party)
    if desk_id and (desk is None or desk.party != party):
        raise BridgeError(f"{party} has no desk {desk_id}. Its desks: {desks}.")
    if desk is not None and desk.role is DeskRole.SUPPORT and role is not Role.DUTY:
        raise BridgeError(
            f"At a support desk there are duty officers only: it reads referrals, and no case. ({desk_id})"
        )
    if role is Role.DUTY and not desk_id:
        raise BridgeError(f"A duty officer belongs to a desk: add --desk. Desks of {party}: {desks}.")


def changed(person: Person, change: Change, agreement: Agreement) -> Person:
    """Work out what the person becomes. Raises `BridgeError` for what cannot be."""
    role = change.role or person.role
    left_desk = change.role is not None and role not in _AT_DESKS
    desk = change.desk if change.desk is not None else "" if left_desk else person.desk
    check(agreement, person.party, role, desk)
    language = change.language or person.language
    languages = tuple(dict.fromkeys(("en", *agreement.parties[person.party].languages)))
    if change.language and language not in languages:
        raise BridgeError(f"{person.party} has no language {language}. Its languages: {', '.join(languages)}.")
    return replace(person, role=role, desk=desk, language=language)


def change(c: Composer, person: Person, after: Person) -> None:
    """Make somebody what `changed` worked out; who may not work on cases any more leaves those they have."""
    c.people.put(after)
    c.journal(JournalAct.CHANGED, person=person.id, before=_facts(person), after=_facts(after))
    agreement = c.context.agreement
    is_support_now = is_support(after, agreement) and not is_support(person, agreement)
    if person.role is not Role.ADMIN and (is_support_now or (person.role in _AT_DESKS and after.role not in _AT_DESKS)):
        _leave(c, after)
    words = tr(
        after.language,
        "You are now {role}{desk}, {party}. What you can do: /help",
        role=tr(after.language, after.role.value),
        desk=f" ({after.desk})" if after.desk else "",
        party=after.party,
    )
    c.tell([at_person(after)], f"changed:{person.id}:{c.inbox_id}", words)


def _leave(c: Composer, person: Person) -> None:
    work = handover.leave(c, person)
    if not work.assigned:
        return
    lead = tr(
        "en", "{name} is now {role} and works on no case any more.", name=person.name, role=tr("en", person.role.value)
    )
    words, laid = handover.told(handover.CasesLeft(work.assigned), lead)
    directory = c.view.directory.having(person)
    desks = at_desks(c.context.agreement, directory, person.party, DeskRole.DUTY)
    takers = unique((*desks, *supervisors(directory, person.party)))
    c.tell(
        [r for r in takers if r.name != f"person:{person.id}"],
        f"left:{person.id}:{c.inbox_id}",
        words,
        buttons=laid,
    )


def _facts(person: Person) -> dict[str, str]:
    return {"role": person.role.value, "desk": person.desk, "language": person.language}
