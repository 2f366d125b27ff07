"""Desks and people with their addresses, in the order they are tried. Who is told what is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.agreement import Agreement, Desk, DeskRole
from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.messages import Address
from bot.domain.people import Directory, Person, Role


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told: ``desk:cn-duty`` or ``person:12``."""

    name: str
    shown: str  #: ``CN Duty desk``, or the person's role and side: never a name in a group
    party: str
    addresses: tuple[Address, ...]
    language: str = "en"
    person: Person | None = None


def at_person(person: Person) -> Recipient:
    """Make a recipient of a person."""
    shown = f"{person.party} {person.role.value}"
    return Recipient(f"person:{person.id}", shown, person.party, person.in_order, person.language, person)


def at_desk(desk: Desk, directory: Directory) -> tuple[Recipient, ...]:
    """Make the recipients of a desk.

    A desk with addresses is one recipient; its people's own addresses come last, so that a broken group is no
    silence. A desk without addresses is everybody on duty there, or everybody when nobody on duty can be reached.
    """
    members = [p for p in directory.members(desk.id) if p.role is not Role.ADMIN]
    people = _told_first([p for p in members if p.role is Role.DUTY] or members, directory)
    if desk.addresses:
        left = {a for p in people for a in p.unreachable}
        own = [a for p in people for a in p.addresses if a not in desk.addresses]
        addresses = (*desk.addresses, *sorted(own, key=left.__contains__))
        return (Recipient(f"desk:{desk.id}", desk_name(desk), desk.party, addresses),)
    return tuple(Recipient(f"person:{p.id}", desk_name(desk), desk.party, p.in_order, p.language, p) for p in people)


def _told_first(people: Iterable[Person], directory: Directory) -> list[Person]:
    """Those on duty, and whoever left it but was not relieved; all of them when nobody on duty can be reached."""
    known = [p for p in people if p.addresses]
    duty = [p for p in known if directory.is_on_duty(p)]
    told = [p for p in known if p in duty or directory.is_leaving(p)]
    return told if any(p.is_reachable for p in duty) else known


def has_nobody_on_duty(desk: Desk, directory: Directory, moment: datetime | None = None) -> bool:
    """Whether people work at a desk and none of them is on duty; of a desk where nobody is enrolled it is not known."""
    duty = [p for p in directory.members(desk.id) if p.role is Role.DUTY]
    return bool(duty) and not any(directory.is_on_duty(p, moment) for p in duty)


def at_duty_desks(agreement: Agreement, directory: Directory, party: str) -> tuple[Recipient, ...]:
    """Make the recipients of a side's duty desks, with its supervisors while nobody is on duty at any of these."""
    desks = agreement.desks_of(party, DeskRole.DUTY)
    told = at_desks(agreement, directory, party, DeskRole.DUTY)
    is_empty = bool(desks) and all(has_nobody_on_duty(desk, directory) for desk in desks)
    return unique((*told, *supervisors(directory, party))) if is_empty else told


def next_on_duty(agreement: Agreement, directory: Directory, party: str) -> tuple[Recipient, ...]:
    """Make the recipients of those at a side's duty desks who are not on duty now, but will be.

    By the roster that is who has a desk's next shift; everybody off duty where none is known, or does not reach them.
    """
    return unique(
        Recipient(f"person:{p.id}", desk_name(desk), desk.party, p.in_order, p.language, p)
        for desk in agreement.desks_of(party, DeskRole.DUTY)
        for p in _coming(directory.members(desk.id), directory)
    )


def _coming(members: Iterable[Person], directory: Directory) -> list[Person]:
    off = [p for p in members if p.role is Role.DUTY and p.addresses and not directory.is_on_duty(p)]
    begins = {p.id: at for p in off if p.is_reachable and (at := directory.next_shift_begins(p)) is not None}
    first = min(begins.values(), default=None)
    return off if first is None else [p for p in off if begins.get(p.id) == first]


def preferring(recipient: Recipient, messengers: Sequence[str], agreement: Agreement) -> Recipient:
    """The same, written to by these messengers first; where nothing reaches them, and what is not a desk's own, last.

    None of the others is left out: they are tried when these take nothing.
    """
    desk = agreement.desks.get(recipient.name.removeprefix("desk:")) if recipient.person is None else None
    last = recipient.person.unreachable if recipient.person is not None else frozenset[Address]()
    rank = {messenger: at for at, messenger in enumerate(messengers)}

    def place(address: Address) -> tuple[bool, int]:
        is_last = address in last or (desk is not None and address not in desk.addresses)
        return is_last, rank.get(address.messenger, len(rank))

    return replace(recipient, addresses=tuple(sorted(recipient.addresses, key=place))) if rank else recipient


def at_desks(agreement: Agreement, directory: Directory, party: str, role: DeskRole) -> tuple[Recipient, ...]:
    """Make the recipients of all desks of a side with a role."""
    return unique(r for desk in agreement.desks_of(party, role) for r in at_desk(desk, directory))


def reads_as(person: Person) -> tuple[str, ...]:
    """Name the recipients that have what this person has: themselves and the desk they are told at."""
    is_at_desk = bool(person.desk) and person.role is not Role.ADMIN
    return (f"person:{person.id}", *([f"desk:{person.desk}"] if is_at_desk else []))


def woken(name: str, directory: Directory) -> tuple[Person, ...]:
    """Who hears of what a recipient is told, wherever they are: the person, or those of the desk who have its duty."""
    theirs = [p for p in directory.people.values() if p.is_active and name in reads_as(p)]
    return tuple(theirs if name.startswith("person:") else _told_first(theirs, directory))


def supervisors(directory: Directory, party: str) -> tuple[Recipient, ...]:
    """Make the recipients that are a side's supervisors."""
    return tuple(at_person(p) for p in _told_first(directory.supervisors(party), directory))


def admins(directory: Directory, party: str) -> tuple[Recipient, ...]:
    """Make the recipients that are a side's admins."""
    people = (p for p in directory.people.values() if p.is_active and p.party == party and p.role is Role.ADMIN)
    return tuple(at_person(p) for p in people if p.addresses)


def desk_name(desk: Desk) -> str:
    """Name a desk with its side: ``CN Duty desk``."""
    return f"{desk.party} {desk.name}"


def shown_as(person: Person, agreement: Agreement) -> str:
    """Name somebody as both sides may read it: desk or role, never the person."""
    desk = agreement.desks.get(person.desk)
    return desk_name(desk) if desk else f"{person.party} {person.role.value}"


def unique(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Keep the first of each recipient."""
    found: dict[str, Recipient] = {}
    for recipient in recipients:
        found.setdefault(recipient.name, recipient)
    return tuple(found.values())


def side_of_case(case: Case, party: str, agreement: Agreement, directory: Directory) -> tuple[Recipient, ...]:
    """Make the recipients that follow a case on one side: duty desks, assignee, liaisons, the reporting officer."""
    officer = directory.get(case.officer)
    own = [at_person(officer)] if officer and officer.is_active and officer.addresses and officer.party == party else []
    return unique([*at_desks(agreement, directory, party, DeskRole.DUTY), *own,
                   *at_work(case, party, agreement, directory)])  # fmt: skip


def at_work(case: Case, party: str, agreement: Agreement, directory: Directory) -> list[Recipient]:
    """Make the recipients of those of a side who were given a case: its assignee and its liaison officers.

    Whoever works at a support desk by now is told of referrals only.
    """
    people = [directory.get(i) for i in case.workers]
    found = [p for p in people if p and p.is_active and p.party == party and p.addresses]
    desks = agreement.desks
    return [at_person(p) for p in found if p.desk not in desks or desks[p.desk].role is not DeskRole.SUPPORT]


def can_be_reached(recipients: Iterable[Recipient]) -> bool:
    """Whether something that is sent to them may arrive where somebody hears of it."""
    return any(r.addresses and (r.person is None or r.person.is_reachable) for r in recipients)


def named(name: str, agreement: Agreement, directory: Directory) -> Recipient | None:
    """Make the recipient that a name stands for; None when nobody is told under it any more."""
    kind, _, which = name.partition(":")
    if kind == "desk":
        desk = agreement.desks.get(which)
        return next((r for r in at_desk(desk, directory) if r.name == name), None) if desk is not None else None
    person = directory.get(int(which)) if which.isdecimal() else None
    return at_person(person) if person is not None and person.is_active else None


def is_overheard(recipient: Recipient, agreement: Agreement, directory: Directory) -> bool:
    """Whether people of another side read along where a recipient is told, as in a group that desks share."""
    rooms = {address.room for address in recipient.addresses}
    desks = (desk for desk in agreement.desks.values() if desk.party != recipient.party)
    if any(address.room in rooms for desk in desks for address in desk.addresses):
        return True
    return any(directory.parties_in(room) - {recipient.party} for room in rooms)
