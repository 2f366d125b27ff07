"""Where somebody blocked or left us, or can be reached again, and who hears of it. Decides, does no I/O.

Only the own side is told, and only when it matters: to an open case of theirs, or to a desk that would fall silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.agreement import Agreement, Desk, DeskRole
from bot.domain.case import Case
from bot.domain.contacts import NO_PROOF
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Contact, Inbound, Kind
from bot.domain.names import messenger_name
from bot.domain.people import Directory, Person, Role
from bot.domain.recipients import Recipient, admins, at_desks, at_person, supervisors, unique
from bot.language.texts import tr
from bot.people import enrolment, strangers
from bot.people.handover import listed
from bot.ports.reads import Wanted
from bot.turns.composer import Composer


@dataclass(frozen=True, slots=True)
class _Matter:
    """Why it matters where somebody can be reached."""

    cases: tuple[Case, ...]  #: open ones that they reported or are assigned to, most urgent first
    desk: Desk | None  #: theirs, when nobody on duty there can be reached without them
    is_last_supervisor: bool = False  #: no other supervisor of their side can be reached

    def __bool__(self) -> bool:
        """Whether it matters at all."""
        return bool(self.cases or self.desk or self.is_last_supervisor)


def whom(message: Inbound, person: Person) -> tuple[int, ...]:
    """Whose work a message needs to know, because it changes where they can be reached."""
    changes = _is_private(message) and (message.kind is Kind.LEFT or _proves(message, person))
    return (person.id,) if changes else ()


def returned(c: Composer) -> None:
    """Whoever writes in private can be reached there again."""
    message, person = c.message, c.person
    if message is None or person is None or message.sender is None or not _proves(message, person):
        return
    back = replace(person, unreachable=person.unreachable - {message.sender})
    c.people.put(back)
    c.person = back
    c.journal(JournalAct.REACHABLE, messenger=message.sender.messenger)
    words = tr(
        "en",
        "{name} ({role}, {party}) can be reached on {messenger} again.",
        name=person.name,
        role=person.role.value,
        party=person.party,
        messenger=messenger_name(message.sender.messenger, "en"),
    )
    _tell(c, back, _matter(c, person), [words])


def moved(c: Composer) -> None:
    """Somebody blocked or unblocked us, or a desk's group put us out or took us in."""
    message, person = c.message, c.person
    c.keep_content = False
    if message is None:
        return
    if not _is_private(message):
        _group(c, message)
    elif message.kind is Kind.LEFT:
        if person is not None and message.sender is not None:
            left(c, person, message.sender)
    elif message.contact is not Contact.NONE:
        _greet(c)


def wants(address: Address, directory: Directory) -> Wanted | None:
    """What `not_reached` needs to know of whose address this is; None when that is nobody's, or known already."""
    person = directory.at(address)
    if person is None or not person.is_active or address in person.unreachable:
        return None
    return Wanted(people=(person.id,), leaving=(person.id,))


def is_desks(address: Address, agreement: Agreement) -> bool:
    """Whether a desk is written to there."""
    return any(address in desk.addresses for desk in agreement.desks.values())


def not_reached(c: Composer, address: Address) -> None:
    """A messenger said of a message that nothing reaches this address; of a desk's group its people hear it daily."""
    person = c.view.directory.at(address)
    if person is not None and person.is_active:
        left(c, person, address)
    for desk in c.context.agreement.desks.values():
        if address in desk.addresses:
            words = tr(
                "en",
                "Nothing can be written to {desk} on {messenger}: the bridge was taken out of the group, or the "
                "address is wrong. Until that is mended, what goes to the desk comes to you one by one.",
                desk=desk.name,
                messenger=messenger_name(address.messenger, "en"),
            )
            _tell_people_of(c, desk, f"{c.now.date().isoformat()}", words)


def left(c: Composer, person: Person, address: Address) -> None:
    """Note that nothing reaches a person at one of their addresses; what `whom` says must have been loaded."""
    if address in person.unreachable or address not in person.addresses:
        return
    gone = replace(person, unreachable=person.unreachable | {address})
    c.people.put(gone)
    c.journal(JournalAct.LEFT, person=person.id, messenger=address.messenger)
    lines = [
        tr(
            "en",
            "{name} ({role}, {party}) blocked or left the bridge on {messenger}.",
            name=person.name,
            role=person.role.value,
            party=person.party,
            messenger=messenger_name(address.messenger, "en"),
        ),
        _still(gone),
    ]
    _tell(c, gone, _matter(c, gone), lines)


def _greet(c: Composer) -> None:
    if c.person is not None:
        c.say(enrolment.welcome(c.person))
    else:
        strangers.stranger_writes(c, None)


def _is_private(message: Inbound) -> bool:
    return message.place is None or message.in_private


def _proves(message: Inbound, person: Person) -> bool:
    return message.sender in person.unreachable and message.in_private and message.kind not in NO_PROOF


def _still(person: Person) -> str:
    names = dict.fromkeys(messenger_name(a.messenger, "en") for a in person.addresses if a not in person.unreachable)
    if not names:
        return tr("en", "Nothing reaches them now: call them.")
    if not person.is_reachable:
        return tr("en", "Only the web chat is left, and nothing rings there: call them.")
    return tr("en", "Still reachable on: {messengers}.", messengers=", ".join(names))


def _matter(c: Composer, person: Person) -> _Matter:
    """Look at what somebody's absence would mean, as they are given here."""
    theirs = [k for k in c.view.cases() if k.is_open and person.id in (k.officer, *k.workers)]
    theirs.sort(key=lambda case: (case.urgency, case.id))
    return _Matter(tuple(theirs), _silent_desk(c, person), _is_last_supervisor(c, person))


def _is_last_supervisor(c: Composer, person: Person) -> bool:
    others = (p for p in c.view.directory.supervisors(person.party) if p.id != person.id)
    return person.role is Role.SUPERVISOR and not person.is_reachable and not any(p.is_reachable for p in others)


def _silent_desk(c: Composer, person: Person) -> Desk | None:
    desk = c.context.agreement.desks.get(person.desk)
    if desk is None or desk.addresses or person.role is not Role.DUTY:
        return None
    directory = c.view.directory.having(person)
    if not directory.is_on_duty(person):
        return None
    members = directory.members(desk.id)
    reached = (p for p in members if p.role is Role.DUTY and directory.is_on_duty(p) and p.is_reachable)
    return None if any(reached) else desk


def _tell(c: Composer, person: Person, matter: _Matter, lines: Sequence[str]) -> None:
    """Tell the own side, once for all cases; a reply is about the case only when there is but one."""
    if not matter:
        return
    lines = list(lines)
    if matter.cases:
        lines.append(tr("en", "Open cases of theirs: {cases}", cases=listed(matter.cases)))
    if matter.desk is not None and not person.is_reachable:
        lines.append(tr("en", "Nobody on duty at {desk} can be reached now.", desk=matter.desk.name))
    if matter.is_last_supervisor and not person.is_reachable:
        lines.append(tr("en", "No supervisor of {party} can be reached now.", party=person.party))
    only = matter.cases[0] if len(matter.cases) == 1 else None
    told = _told(c, person, matter.desk)
    c.tell(told, f"reach:{person.id}:{c.inbox_id}", "\n".join(lines), case=only)


def _told(c: Composer, person: Person, silent: Desk | None) -> tuple[Recipient, ...]:
    """The own duty desk; the supervisors too when it is the desk that cannot be reached; admins at the last."""
    agreement, directory = c.context.agreement, c.view.directory.having(person)
    duty = _others(at_desks(agreement, directory, person.party, DeskRole.DUTY), person)
    over = _others(supervisors(directory, person.party), person)
    found = duty if _hears(duty) and silent is None else unique((*duty, *over))
    return found if _hears(found) else unique((*found, *_others(admins(directory, person.party), person)))


def _hears(recipients: Sequence[Recipient]) -> bool:
    """Whether any of them can be reached."""
    return any(r.person is None or r.person.is_reachable for r in recipients)


def _others(recipients: Sequence[Recipient], person: Person) -> tuple[Recipient, ...]:
    return tuple(r for r in recipients if r.name != f"person:{person.id}")


def _group(c: Composer, message: Inbound) -> None:
    for desk in c.context.agreement.desks.values():
        if any(_is_group(address, message.place) for address in desk.addresses):
            _tell_of_group(c, desk, message)


def _is_group(address: Address, place: Address | None) -> bool:
    """Whether a desk's address is in this group: the group itself, or a topic of it."""
    return place is not None and Address(address.messenger, address.peer.partition("/")[0]) == place


def _tell_of_group(c: Composer, desk: Desk, message: Inbound) -> None:
    is_out = message.kind is Kind.LEFT
    c.journal(JournalAct.DESK_LEFT if is_out else JournalAct.DESK_REACHABLE, desk=desk.id, messenger=message.messenger)
    messenger = messenger_name(message.messenger, "en")
    if is_out:
        words = tr(
            "en",
            "The bridge was taken out of the {messenger} group of {desk}. Until it is added again, what goes to the "
            "desk comes to you one by one.",
            messenger=messenger,
            desk=desk.name,
        )
    else:
        words = tr(
            "en",
            "The bridge is in the {messenger} group of {desk}: what goes to the desk comes there.",
            messenger=messenger,
            desk=desk.name,
        )
    _tell_people_of(c, desk, f"{c.inbox_id}", words)


def _tell_people_of(c: Composer, desk: Desk, when: str, words: str) -> None:
    """Tell everybody of a desk and their supervisors at their own addresses."""
    people = [at_person(p) for p in c.view.directory.members(desk.id)]
    told = unique((*people, *supervisors(c.view.directory, desk.party)))
    c.tell(told or admins(c.view.directory, desk.party), f"reach:{desk.id}:{when}", words)
