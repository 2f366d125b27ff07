"""Work that waits to be written, and which of it goes into the next batch. No I/O."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.delivery.reply_in_call import InCall
from bot.domain.messages import Address
from bot.domain.turn import Turn
from bot.line.message_work import Message
from bot.line.work import Work
from bot.ports.messengers import Receipt
from bot.ports.reads import Try


@dataclass(eq=False, slots=True)
class QueuedWork:
    """A piece of work on its way, and whoever waits for its commit."""

    work: Work
    done: asyncio.Future[Receipt]
    turn: Turn | None = None
    errors: list[str] = field(default_factory=list)
    tries: dict[Try, int] | None = None  #: counted once, however often the turn is computed
    call: InCall | None = None  #: what of the answer goes back in the call that brought the message

    @property
    def sender(self) -> Address | None:
        """Whoever wrote, for messages."""
        return self.work.inbound.sender if isinstance(self.work, Message) else None


class Waiting:
    """First come, first written; but a number waits until what its sender wrote before it is answered."""

    def __init__(self, may_pick: Callable[[Work], bool]) -> None:
        """Take what tells whether a piece of work may be a number that stands for a choice."""
        self._may_pick = may_pick
        self._entries: deque[QueuedWork] = deque()

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._entries)

    def add(self, entry: QueuedWork) -> None:
        """Put an entry at the end."""
        self._entries.append(entry)

    def take(self, most: int) -> list[QueuedWork]:
        """Take the next batch; what must wait for it keeps its place."""
        batch: list[QueuedWork] = []
        later: list[QueuedWork] = []
        while self._entries and len(batch) < most:
            entry = self._entries.popleft()
            (later if self._must_wait(entry, batch, later) else batch).append(entry)
        self._entries.extendleft(reversed(later))
        return batch

    def drain(self) -> list[QueuedWork]:
        """Take all that waits."""
        entries, self._entries = list(self._entries), deque()
        return entries

    def _must_wait(self, entry: QueuedWork, batch: list[QueuedWork], later: list[QueuedWork]) -> bool:
        sender = entry.sender
        if later and sender is not None and any(other.sender == sender for other in later):
            return True
        # The question that it answers may be what the batch is about to ask.
        return self._may_pick(entry.work) and any(other.sender == sender for other in batch)
