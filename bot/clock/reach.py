"""Whom a ping to come would not reach, and why: read off who somebody is and what was heard of them lately. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.contacts import STALE_AFTER, Heard
from bot.domain.frozen import replace
from bot.domain.messages import Address, WindowRules
from bot.domain.people import Directory, Person
from bot.domain.recipients import Recipient

_NOWHERE = "nowhere"  #: the messenger of whoever is bound to none


class Flag(StrEnum):
    """Why somebody may hear nothing."""

    UNBOUND = "unbound"  #: enrolled, but no messenger of theirs is known
    BLOCKED = "blocked"  #: they blocked or left us everywhere
    WINDOW = "window"  #: no messenger of theirs lets us write to them any more by then
    LAPSED = "lapsed"  #: their enrolment was not confirmed
    OFF_DUTY = "off duty"
    STALE = "stale"  #: nothing was heard of them for a long time


#: With any of these nothing arrives.
SILENT = frozenset({Flag.UNBOUND, Flag.BLOCKED, Flag.WINDOW})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the directory."""

    confirm_every: timedelta = timedelta(days=90)
    windows: Mapping[str, WindowRules] = field(default_factory=dict)  #: of the messengers that have reply windows
    heard: Mapping[Address, Heard] = field(default_factory=dict)


def flags(recipient: Recipient, at: datetime, directory: Directory, known: Known) -> tuple[Flag, ...]:
    """Say why somebody may not hear what is sent to them at a moment."""
    person = recipient.person
    if person is None:
        return (Flag.WINDOW,) if _is_closed(recipient.addresses, at, known) else ()
    return tuple(_of_person(person, at, directory, known))


def _of_person(person: Person, at: datetime, directory: Directory, known: Known) -> Iterator[Flag]:
    if all(address.messenger == _NOWHERE for address in person.addresses):
        yield Flag.UNBOUND
    elif not person.is_reachable:
        yield Flag.BLOCKED
    elif _is_closed(_rings(person), at, known):
        yield Flag.WINDOW
    if person.has_lapsed(at, known.confirm_every):
        yield Flag.LAPSED
    if not directory.is_on_duty(person, at):
        yield Flag.OFF_DUTY
    if _is_stale(person, at, known):
        yield Flag.STALE


def _rings(person: Person) -> list[Address]:
    """Where they hear that something came, and did not leave us; the web chat where there is nothing else."""
    left = [address for address in person.addresses if address not in person.unreachable]
    return [address for address in left if address.messenger != "web"] or left


def _is_closed(addresses: Iterable[Address], at: datetime, known: Known) -> bool:
    """Whether each of these waits for its person to write first."""

    def is_open(address: Address) -> bool:
        until = known.heard.get(address, Heard()).window_until
        return address.messenger not in known.windows or (until is not None and until > at)

    return not any(map(is_open, addresses))


def _is_stale(person: Person, at: datetime, known: Known) -> bool:
    """Whether they showed nothing lately; of whom it is not known when they came nothing is said."""
    moments = (known.heard.get(address, Heard()).at for address in person.addresses)
    last = max(filter(None, (person.enrolled_at, *moments)), default=None)
    return last is not None and last + STALE_AFTER < at


def as_if_bound(directory: Directory) -> Directory:
    """Give everybody who is bound to no messenger a place that is none: they count among those who are told."""
    unbound = (person for person in directory.people.values() if not person.addresses)
    return directory.having(*(replace(p, addresses=(Address(_NOWHERE, str(p.id)),)) for p in unbound))


def is_unbound(recipient: Recipient) -> bool:
    """Whether somebody is told only as if they were bound."""
    return all(address.messenger == _NOWHERE for address in recipient.addresses)


def heard_of(directory: Directory, now: datetime, party: str = "") -> tuple[tuple[Address, datetime], ...]:
    """Say of which addresses of a side (or of everybody) it must be known what was heard lately."""
    people = (p for p in directory.people.values() if p.is_active and party in ("", p.party))
    return tuple((address, now - STALE_AFTER) for person in people for address in person.addresses)
