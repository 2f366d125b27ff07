"""Work that waits to be written, and which of it goes into the next batch. No I/O."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.delivery.reply_in_call import InCall
from bot.domain.messages import Address
from bot.domain.turn import Turn
from bot.line.message_work import Message
from bot.line.work import Work
from bot.ports.messengers import Receipt
from bot.ports.reads import Try

WAITING = 20_000  #: most pieces of work that wait; beyond that the messenger is asked to come again
OF_ONE = 500  #: most of one person, likewise
OF_ITS_OWN = 2_000  #: more of what the bridge itself has to do
_REMEMBERED = 10_000  #: people with a case of U1


@dataclass(eq=False, slots=True)
class QueuedWork:
    """A piece of work on its way, and whoever waits for its commit."""

    work: Work
    done: asyncio.Future[Receipt]
    turn: Turn | None = None
    ahead: Turn | None = None  #: what its sender's album changes, which is answered before it
    errors: list[str] = field(default_factory=list)
    tries: dict[Try, int] | None = None  #: counted once, however often the turn is computed
    call: InCall | None = None  #: what of the answer goes back in the call that brought the message

    @property
    def sender(self) -> Address | None:
        """Whoever wrote, for messages."""
        return self.work.inbound.sender if isinstance(self.work, Message) else None


class Waiting:
    """What the bridge itself has to do goes first, then people take turns, those with a case of U1 before the others.

    So a flood from one person slows that person only. What one person wrote keeps its order; and a number waits until
    what its sender wrote before it is answered.
    """

    def __init__(self, may_pick: Callable[[Work], bool]) -> None:
        """Take what tells whether a piece of work may be a number that stands for a choice."""
        self._may_pick = may_pick
        self._own: deque[QueuedWork] = deque()
        self._of: dict[Address, deque[QueuedWork]] = {}
        self._turns: dict[bool, deque[Address]] = {True: deque(), False: deque()}  #: by urgency
        self._urgent: OrderedDict[Address, None] = OrderedDict()
        self._number = 0

    def __len__(self) -> int:
        """Count what waits."""
        return self._number

    def has_room(self, entry: QueuedWork) -> bool:
        """Whether one more may wait: so many in all, so many of one person, and some more of what the bridge does."""
        if entry.sender is None:
            return self._number < WAITING + OF_ITS_OWN
        return self._number < WAITING and len(self._of.get(entry.sender, ())) < OF_ONE

    def note(self, sender: Address, *, is_urgent: bool) -> None:
        """Let what somebody writes go first from now on, or no longer."""
        self._urgent.pop(sender, None)
        if is_urgent:
            self._urgent[sender] = None
        if len(self._urgent) > _REMEMBERED:
            self._urgent.popitem(last=False)

    def add(self, entry: QueuedWork) -> None:
        """Put an entry behind what its sender wrote before."""
        self._number += 1
        sender = entry.sender
        if sender is None:
            self._own.append(entry)
        elif sender in self._of:
            self._of[sender].append(entry)
        else:
            self._of[sender] = deque([entry])
            self._turns[sender in self._urgent].append(sender)

    def take(self, most: int) -> list[QueuedWork]:
        """Take the next batch; what must wait for it keeps its place."""
        batch = [self._own.popleft() for _ in range(min(most, len(self._own)))]
        # Some room is left for others, however much the urgent write.
        self._take_turns(batch, most - most // 4, urgent=True)
        self._take_turns(batch, most, urgent=False)
        self._take_turns(batch, most, urgent=True)
        self._number -= len(batch)
        return batch

    def drain(self) -> list[QueuedWork]:
        """Take all that waits."""
        entries = [*self._own, *(entry for waiting in self._of.values() for entry in waiting)]
        self._own.clear()
        self._of.clear()
        self._turns = {True: deque(), False: deque()}
        self._number = 0
        return entries

    def _take_turns(self, batch: list[QueuedWork], most: int, *, urgent: bool) -> None:
        turns = self._turns[urgent]
        later: list[Address] = []
        taken = {entry.sender for entry in batch}
        while turns and len(batch) < most:
            sender = turns.popleft()
            waiting = self._of[sender]
            if sender in taken and self._may_pick(waiting[0].work):
                later.append(sender)  # the question that it answers may be what the batch is about to ask
                continue
            batch.append(waiting.popleft())
            taken.add(sender)
            if waiting:
                self._turns[sender in self._urgent].append(sender)
            else:
                del self._of[sender]
        turns.extendleft(reversed(later))
