"""What happened in a run of several nodes, by the ticks of a witness. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tests.faults.evidence import Words

SECOND = 10  #: ticks that a second has on a quiet machine; on a busy one it has fewer


class Kind(StrEnum):
    """What was done."""

    KILL = "kill -9"
    STOP = "stopped past its leases"
    STOP_INSIDE = "stopped inside a transaction"
    CUT = "cut off from the database"
    SWALLOW = "its words to the database swallowed"
    RESTART = "database restarted"
    TERMINATE = "connections terminated"
    CLOCK = "clock set by an hour"
    THROTTLE = "messenger answers 429"
    DOWN = "messenger answers 500"
    HOLD = "messenger takes and does not answer"


OF_A_NODE = (Kind.KILL, Kind.STOP, Kind.STOP_INSIDE, Kind.CUT, Kind.SWALLOW)
OF_THE_DATABASE = (Kind.RESTART, Kind.TERMINATE)
OF_THE_MESSENGER = (Kind.THROTTLE, Kind.DOWN, Kind.HOLD)
#: After these nobody can say whether a send was noted.
DISTURBING = (*OF_A_NODE, *OF_THE_DATABASE)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault, from its first tick to the tick at which its cause was gone."""

    kind: Kind
    began: int
    ended: int
    node: int | None = None  #: None: all nodes

    def meets(self, node: int, first: int, last: int) -> bool:
        """Whether it was there for this node at some time between two ticks."""
        return self.node in (None, node) and self.began <= last and first <= self.ended


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that reached its messenger, from which node; `is_answered`: the node was told so."""

    words: Words
    node: int
    tick: int
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class Called:
    """A call of the webhook of a node."""

    node: int
    began: int
    ended: int
    is_taken: bool  #: the node answered 200


@dataclass(frozen=True, slots=True)
class InCall:
    """What a node answered in the call that brought a message; None: the call was broken."""

    update_id: str
    answer: str | None
    node: int
    tick: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What the desk did to a case: when it began to, and when the closing was acknowledged."""

    reference: str
    began: int
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All of it; silence counts from the first tick to the last."""

    nodes: int
    first: int
    last: int
    arrivals: tuple[Arrival, ...] = ()  #: in their order
    calls: tuple[Called, ...] = ()
    in_calls: tuple[InCall, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    ended: tuple[Ended, ...] = ()
