"""What the parties agreed: parties, corridors, desks and the deadlines of each urgency. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.closed_sets import for_each
from bot.domain.messages import Address
from bot.domain.office_hours import Office
from bot.domain.policies import Policies
from bot.domain.policy import LevelPolicy

#: Zones whose city is not the capital by which the other side knows the time.
_CAPITALS = {
    "Asia/Shanghai": "Beijing",
    "Asia/Chongqing": "Beijing",
    "Asia/Ho_Chi_Minh": "Ha Noi",
    "Asia/Saigon": "Ha Noi",
    "Asia/Bangkok": "Bangkok",
}


class Urgency(StrEnum):
    """How fast a case must move; `U1` is the highest."""

    U1 = "U1"  #: immediate: life, limb, being moved; a child held or out of contact
    U2 = "U2"  #: urgent: held or in danger but stable; any child
    U3 = "U3"  #: priority: an adult in a safe place or with authorities
    U4 = "U4"  #: routine requests

    def is_above(self, other: Urgency) -> bool:
        """Whether this is more urgent than the other."""
        return self.value < other.value


class DeskRole(StrEnum):
    """What a desk is told for."""

    DUTY = "duty"
    SECRETARIAT = "secretariat"
    POLICE = "police"
    DIPLOMATIC = "diplomatic"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Party:
    """A side of an agreement."""

    code: str
    name: str
    timezone: str
    languages: tuple[str, ...] = ("en",)
    countries: tuple[str, ...] = ()
    office: Office | None = None  #: None: its offices are open day and night

    @property
    def zone(self) -> ZoneInfo:
        """The party's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def city(self) -> str:
        """The name by which its local time is shown: ``Phnom Penh``."""
        return city_of(self.timezone)


def city_of(timezone: str) -> str:
    """Give the name by which the local time of a zone is shown: ``Phnom Penh``."""
    return _CAPITALS.get(timezone, timezone.rpartition("/")[2].replace("_", " "))


@dataclass(frozen=True, slots=True)
class Corridor:
    """Two parties with an agreement."""

    code: str
    parties: tuple[str, str]
    urgency: Mapping[Urgency, LevelPolicy] = field(default_factory=dict)  #: overrides

    def other(self, party: str) -> str:
        """The other side."""
        one, two = self.parties
        return two if party == one else one


@dataclass(frozen=True, slots=True)
class Desk:
    """A unit that is told things."""

    id: str
    party: str
    role: DeskRole
    name: str
    addresses: tuple[Address, ...] = ()
    age: str = ""  #: age recipient that papers mailed to it are encrypted to; empty: none with anybody's identity is
    seat: str = ""  #: country where it sits, of an embassy or a consulate; empty: at home
    is_independent: bool = False  #: of a support desk: run by nobody that belongs to the State, as a shelter of an NGO


def _hours(acknowledge: float, police: float, diplomatic: float, **others: float) -> LevelPolicy:
    hours = {"acknowledge": acknowledge, "police": police, "diplomatic": diplomatic, **others}
    times: dict[str, Any] = {name: timedelta(hours=each) for name, each in hours.items()}
    return LevelPolicy(**times)


#: Proposals that both sides sign off; ``[urgency.*]`` in the configuration changes them.
DEFAULT_LEVELS: Mapping[Urgency, LevelPolicy] = for_each(
    Urgency,
    {
        Urgency.U1: _hours(1 / 4, 1, 3, written=24, review=6, repeat=1 / 6, answer=1 / 2),
        Urgency.U2: _hours(1, 8, 24, written=72, review=24, repeat=1 / 2, answer=2),
        Urgency.U3: _hours(4, 72, 168, written=120, review=72, repeat=4, answer=24),
        Urgency.U4: _hours(24, 168, 720, written=120, review=168, repeat=24, answer=72),
    },
)


@dataclass(frozen=True)
class Agreement:
    """All parties, corridors and desks of one deployment."""

    parties: Mapping[str, Party]
    corridors: Mapping[str, Corridor]
    desks: Mapping[str, Desk]
    levels: Mapping[Urgency, LevelPolicy] = field(default_factory=lambda: dict(DEFAULT_LEVELS))

    def zone_of(self, party: str) -> ZoneInfo:
        """The time zone of a side, in which its people write times and mean days; UTC for none of ours."""
        found = self.parties.get(party)
        return found.zone if found else ZoneInfo("UTC")

    def corridors_of(self, party: str) -> tuple[Corridor, ...]:
        """The corridors a party is a side of, in configured order."""
        return tuple(c for c in self.corridors.values() if party in c.parties)

    def corridor_between(self, one: str, two: str) -> Corridor | None:
        """The corridor of two parties, if they have one."""
        return self._between.get(frozenset((one, two)))

    @cached_property
    def _between(self) -> Mapping[frozenset[str], Corridor]:
        return {frozenset(c.parties): c for c in reversed(list(self.corridors.values()))}

    def desks_of(self, party: str, role: DeskRole) -> tuple[Desk, ...]:
        """All desks of a party with a role, in configured order."""
        return tuple(d for d in self.desks.values() if d.party == party and d.role is role)

    @cached_property
    def policies(self) -> Policies:
        """What a case that is opened now is bound by."""
        return Policies(
            levels={level.value: policy for level, policy in self.levels.items()},
            corridors={
                code: {level.value: policy for level, policy in corridor.urgency.items()}
                for code, corridor in self.corridors.items()
                if corridor.urgency
            },
            offices={code: party.office for code, party in self.parties.items() if party.office is not None},
        )
