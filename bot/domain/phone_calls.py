"""Phone calls that wake somebody: what one says, its name for whoever makes it, what became of it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.button_data import from_base36, to_base36
from bot.domain.messages import Outgoing
from bot.domain.names import marked_exercise

_CALL = ":call:"  #: in the dedupe key of a call


class CallResult(StrEnum):
    """What became of a phone call."""

    ANSWERED = "answered"  #: somebody took it; whether they will act is another matter
    UNANSWERED = "unanswered"
    FAILED = "failed"  #: it could not be made: no such number, no line


@dataclass(frozen=True, slots=True)
class Spoken:
    """All that a phone call may say."""

    reference: str
    urgency: str  #: ``U1``
    act: str  #: ``please acknowledge``
    exercise: bool = False  #: nobody is in danger, and the call says so first

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        said = f"{self.reference}, {self.urgency}: {self.act}"
        return marked_exercise(said) if self.exercise else said


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """One call about one ping of a deadline, to one recipient."""

    outbox_id: int
    case_id: int
    deadline_id: int
    ping: int  #: which one it belongs to, from 1
    recipient: str  #: ``person:12`` or ``desk:cn-duty``

    @property
    def name(self) -> str:
        """Its name for whoever makes it, the same at every try; it comes back with what became of the call."""
        numbers = (self.outbox_id, self.case_id, self.deadline_id, self.ping)
        return ".".join([*map(to_base36, numbers), self.recipient])

    @classmethod
    def named(cls, name: str) -> PhoneCall | None:
        """The call of this name; None for what is no such name."""
        match [*map(from_base36, name.split(".", 4)[:4]), name.split(".", 4)[-1]]:
            case [int(outbox), int(case), int(deadline), int(ping), str(recipient)]:
                return cls(outbox, case, deadline, ping, recipient)
        return None

    @classmethod
    def of(cls, message: Outgoing) -> PhoneCall:
        """The call that an outbox row is. Raises ValueError for a row that is none."""
        ping = message.dedupe_key.partition(_CALL)[2].partition(":")[0]
        return cls(message.id, message.case_id or 0, message.deadline_id or 0, int(ping), message.recipient)

    @staticmethod
    def key(of_ping: str, ping: int, recipient: str) -> str:
        """The dedupe key of its outbox row, below that of its ping: whoever is not shown the one is not the other."""
        return f"{of_ping}{_CALL}{ping}:{recipient}"


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What whoever makes the calls said of one."""

    outbox_id: int
    result: CallResult
