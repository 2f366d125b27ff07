"""People, roles and the directory of who is who. Pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from bot.domain import short_ids
from bot.domain.frozen import replace
from bot.domain.messages import Address
from bot.domain.roster import Roster, Said, Shift, is_on


class Role(StrEnum):
    """What a person may do; sides and desks narrow it further."""

    OFFICER = "officer"  #: reports, sees own cases
    DUTY = "duty"  #: cases of the desk's corridors: acknowledge, assign, hand off, close
    SUPERVISOR = "supervisor"  #: duty's acts, and what needs a decision
    ADMIN = "admin"  #: exports, enrolment; no acts on cases


@dataclass(frozen=True, slots=True)
class Person:
    """An enrolled human."""

    id: int
    name: str
    party: str
    role: Role
    desk: str = ""  #: desk id, empty for officers and admins without one
    corridor: str = ""  #: prefix of the references of their cases, when the party has several
    language: str = "en"
    on_duty: bool = True  #: what they said last; whether they are on duty is for `Directory.is_on_duty` to say
    duty_said_at: datetime | None = None  #: when, while it stands against a roster
    enrolled_at: datetime | None = None
    confirmed_at: datetime | None = None
    revoked_at: datetime | None = None
    addresses: tuple[Address, ...] = ()  #: bound messengers, preferred first
    unreachable: frozenset[Address] = frozenset()  #: of these, where they blocked or left us

    @property
    def is_active(self) -> bool:
        """Whether this person may still do anything."""
        return self.revoked_at is None

    @property
    def in_order(self) -> tuple[Address, ...]:
        """Their addresses as they are tried: preferred first; where they left us last, since it may work again."""
        return tuple(sorted(self.addresses, key=lambda address: address in self.unreachable))

    @property
    def is_reachable(self) -> bool:
        """Whether something that is sent to them may arrive where they hear of it.

        In the web chat nothing rings: it counts only for whoever has nothing else.
        """
        left = [address for address in self.addresses if address not in self.unreachable]
        has_only_web = all(address.messenger == "web" for address in self.addresses)
        return any(has_only_web or address.messenger != "web" for address in left)

    def confirmed_until(self, every: timedelta) -> datetime | None:
        """Until when their enrolment holds; None for somebody enrolled before this was kept."""
        since = self.confirmed_at or self.enrolled_at
        return None if since is None else since + every

    def has_lapsed(self, now: datetime, every: timedelta) -> bool:
        """Whether they had to be confirmed before now and were not."""
        until = self.confirmed_until(every)
        return until is not None and until <= now

    def without(self, address: Address) -> Person:
        """The same, where this address is not theirs."""
        left = tuple(each for each in self.addresses if each != address)
        return replace(self, addresses=left, unreachable=self.unreachable - {address})


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time code; only its hash is kept."""

    id: int
    code_hash: str
    party: str
    role: Role
    name: str
    desk: str
    corridor: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = None  #: person id
    person_id: int | None = None  #: enrols nobody: binds a further messenger of this person


@dataclass(frozen=True, slots=True)
class SignIn:
    """A one-time sign-in link or a web session; only the hash of its token is kept."""

    token_hash: str
    person_id: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WebSession:
    """A session that holds, as its owner sees it."""

    token_hash: str
    began_at: datetime
    used_at: datetime  #: when something was last asked for in it, to the minute at best


@dataclass(frozen=True, slots=True)
class Stranger:
    """What is kept of a sender who is not enrolled: that they tried, never what they wrote."""

    address: Address
    day: str  #: UTC date of the counts, ``2026-04-18``
    answered: int = 0  #: fixed sentences sent on that day, at most 5
    attempts: int = 0  #: messages on that day
    wrong_codes: int = 0  #: wrong codes in a row, over days
    blocked_until: datetime | None = None  #: codes are not looked at before


@dataclass(frozen=True)
class Directory:
    """Everybody enrolled, indexed. Rebuilt by storage whenever somebody changes."""

    people: dict[int, Person] = field(default_factory=dict)
    version: int = 0
    roster: Roster = field(default_factory=Roster)
    moment: datetime | None = (
        None  #: of which it tells who is on duty; None: everybody who has shifts counts as on duty
    )

    @classmethod
    def of(cls, people: Iterable[Person], version: int = 0, roster: Roster | None = None) -> Directory:
        """Index these people."""
        return cls({p.id: p for p in people}, version, roster or Roster())

    def having(self, *people: Person) -> Directory:
        """The same, with these people as they are now."""
        return replace(self, people={**self.people, **{person.id: person for person in people}})

    def as_of(self, moment: datetime) -> Directory:
        """The same at a moment, which may lie ahead; itself where nobody has shifts."""
        return replace(self, moment=moment) if self.roster.shifts or self.roster.hand_overs else self

    def is_on_duty(self, person: Person, moment: datetime | None = None) -> bool:
        """Whether somebody is on duty, by the roster and by what they said: now, or at another moment."""
        moment = moment or self.moment
        of_all = self.shifts_beside(person)
        if moment is None:
            return bool(of_all) or person.on_duty
        own = self.roster.of(person.id, person.desk)
        return is_on(Said(person.on_duty, person.duty_said_at), own, of_all, moment)

    def is_leaving(self, person: Person) -> bool:
        """Whether their duty is over, but nobody has taken over from them yet."""
        return person.id in self._leaving and not self.is_on_duty(person)

    def next_shift_begins(self, person: Person) -> datetime | None:
        """When somebody's next shift begins; None where none is known."""
        own = self.roster.of(person.id, person.desk) if self.moment is not None else ()
        return min((s.starts_at for s in own if self.moment is not None and s.starts_at > self.moment), default=None)

    def shifts_beside(self, person: Person) -> tuple[Shift, ...]:
        """The shifts of all who share a duty with somebody: of their desk, or all supervisors of their side."""
        return self._shifts_of_group.get(_group(person), ())

    @cached_property
    def _leaving(self) -> frozenset[int]:
        return self.roster.leaving(self.moment) if self.moment is not None else frozenset()

    @cached_property
    def _shifts_of_group(self) -> dict[tuple[str, Role], tuple[Shift, ...]]:
        found: dict[tuple[str, Role], list[Shift]] = {}
        for person in self.people.values() if self.roster.shifts else ():
            if person.is_active and (own := self.roster.of(person.id, person.desk)):
                found.setdefault(_group(person), []).extend(own)
        return {group: tuple(sorted(shifts, key=lambda s: s.starts_at)) for group, shifts in found.items()}

    @cached_property
    def by_address(self) -> dict[Address, Person]:
        """Active and revoked people by each of their addresses."""
        return {a: p for p in self.people.values() for a in p.addresses}

    @cached_property
    def _by_desk(self) -> dict[str, tuple[Person, ...]]:
        desks: dict[str, list[Person]] = {}
        for person in self.people.values():
            if person.is_active and person.desk:
                desks.setdefault(person.desk, []).append(person)
        return {desk: tuple(members) for desk, members in desks.items()}

    @cached_property
    def _supervisors(self) -> dict[str, tuple[Person, ...]]:
        sides: dict[str, list[Person]] = {}
        for person in self.people.values():
            if person.is_active and person.role is Role.SUPERVISOR:
                sides.setdefault(person.party, []).append(person)
        return {party: tuple(members) for party, members in sides.items()}

    @cached_property
    def _by_room(self) -> dict[Address, frozenset[str]]:
        found: dict[Address, set[str]] = {}
        for person in self.people.values():
            for address in person.addresses if person.is_active else ():
                found.setdefault(address.room, set()).add(person.party)
        return {room: frozenset(parties) for room, parties in found.items()}

    def parties_in(self, room: Address) -> frozenset[str]:
        """The sides whose active people are written to in a chat, whatever the topic in it."""
        return self._by_room.get(room, frozenset())

    def members(self, desk: str) -> tuple[Person, ...]:
        """Active people of a desk."""
        return self._by_desk.get(desk, ())

    def supervisors(self, party: str) -> tuple[Person, ...]:
        """Active supervisors of a party."""
        return self._supervisors.get(party, ())

    def get(self, person_id: int | None) -> Person | None:
        """Look a person up by id."""
        return None if person_id is None else self.people.get(person_id)

    def named(self, text: str) -> Person | None:
        """Look a person up by their short name or their id, as typed."""
        return self.get(short_ids.find(text, self.people))

    def short(self, person: Person) -> str:
        """Write the short name by which people name somebody."""
        return short_ids.shown(person.id, self.people)

    def at(self, address: Address | None) -> Person | None:
        """Look a person up by one of their addresses."""
        return None if address is None else self.by_address.get(address)


def _group(person: Person) -> tuple[str, Role]:
    """Who shares a duty: people of one role at a desk; supervisors decide for their whole side."""
    return (person.party if person.role is Role.SUPERVISOR else person.desk, person.role)
