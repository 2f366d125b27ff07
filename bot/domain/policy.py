"""What one level of urgency means for the clock: how long each act may take, and whom a missed one climbs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.closed_sets import for_each
from bot.domain.frozen import replace
from bot.domain.office_hours import Office


class Group(StrEnum):
    """A group that a ping goes to, named by its side in the case."""

    REQUESTED_DUTY = "requested duty desk"
    REQUESTED_NEXT = "next on duty at the requested desk"
    REQUESTED_SUPERVISOR = "requested supervisor"
    REPORTING_DUTY = "reporting duty desk"
    REPORTING_SUPERVISOR = "reporting supervisor"
    SECRETARIATS = "both secretariats"
    CHANNEL_DESK = "desk that it was handed to"
    ASKED_DUTY = "duty desk that was asked"
    ASKED_SUPERVISOR = "supervisor of the side that was asked"


#: The words of the configuration for whom a ladder may climb to: nobody who would learn of the case only by it.
WORDS = for_each(
    Group,
    {
        Group.REQUESTED_DUTY: "duty",
        Group.REQUESTED_NEXT: "next",
        Group.REQUESTED_SUPERVISOR: "supervisor",
        Group.REPORTING_DUTY: "reporting-duty",
        Group.REPORTING_SUPERVISOR: "reporting-supervisor",
        Group.SECRETARIATS: "secretariat",
    },
    but={Group.CHANNEL_DESK, Group.ASKED_DUTY, Group.ASKED_SUPERVISOR},
)
BY_WORD: Mapping[str, Group] = MappingProxyType({word: group for group, word in WORDS.items()})


class By(StrEnum):
    """How a rung gets hold of people."""

    MESSAGE = "message"
    CALL = "call"  #: somebody rings them, and the message says what it is about


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder."""

    who: Group
    after: timedelta  #: since the deadline passed
    every: timedelta  #: from then on again and again, until somebody acts
    by: By = By.MESSAGE
    messengers: tuple[str, ...] = ()  #: tried before all others, in this order; empty: as whoever is told prefers


Ladder = tuple[Rung, ...]

#: The ladder of a missed acknowledgment where none is agreed: a further group at each repeat.
_FIXED = ((Group.REQUESTED_DUTY,), (Group.REQUESTED_SUPERVISOR,), (Group.SECRETARIATS,))


def stepped(groups: tuple[tuple[Group, ...], ...], repeat: timedelta) -> Ladder:
    """Make the ladder whose next groups are added at each repeat."""
    return tuple(Rung(each, at * repeat, repeat) for at, together in enumerate(groups) for each in together)


@dataclass(frozen=True, slots=True)
class LevelPolicy:
    """The deadlines of one urgency level, and the ladder of a missed acknowledgment."""

    acknowledge: timedelta
    police: timedelta
    diplomatic: timedelta
    written: timedelta  #: after each acceptance
    review: timedelta  #: after the requested side's last act
    repeat: timedelta  #: between pings about a missed deadline; the fixed ladder's step
    answer: timedelta  #: after a hand-off or a question: accepted, returned, answered
    ladder: Ladder = ()  #: in the order of time; empty: the fixed one
    offices: Mapping[str, Office] = field(default_factory=dict)  #: by party, of a level that waits until they open

    @property
    def rungs(self) -> Ladder:
        """The ladder that holds."""
        return self.ladder or stepped(_FIXED, self.repeat)

    def faster(self, times: int) -> LevelPolicy:
        """The same for a clock that runs so many times faster, that of an exercise: no office is waited for."""
        spans = {each.name: getattr(self, each.name) for each in fields(self)}
        shorter = {name: span / times for name, span in spans.items() if isinstance(span, timedelta)}
        ladder = tuple(replace(rung, after=rung.after / times, every=rung.every / times) for rung in self.ladder)
        return replace(self, **shorter, ladder=ladder, offices={})
