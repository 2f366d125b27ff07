"""What waits in memory for one address, in the order in which it was written. No I/O and no clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from bot.domain.messages import KNOCK_FAILED, Address, Delivery, Outgoing, OutgoingKind, Priority
from bot.domain.turn import Mark

Key = tuple[int, int]  #: what goes first at an address: rank, then outbox id

#: How long later messages wait for one whose retry is due but was not claimed yet.
GRACE = timedelta(seconds=3)
LAST: Key = (99, 0)
_IN_TURN = 9  #: the rank of what keeps its place
#: So many wait at most where people write and are answered; answers beyond them are paced like everything else.
_CONVERSING = 4


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One look at several rows in the storage."""

    at: datetime
    found: asyncio.Future[Any]  #: what was found, by outbox id


@dataclass(slots=True, eq=False)
class LaneRow:
    """An outbox row in memory, leased to this process."""

    delivery: Delivery
    leased_until: datetime
    join_at: datetime | None = None  #: when the next address joins; None when it did or there is none
    joined: Outgoing | None = None  #: said again with every mark: one of them may be written over by the next
    checks: dict[object, Check] = field(default_factory=dict)  #: the newest look of each kind, perhaps under way
    is_paced: bool = False  #: counted against the pace already, and not sent yet
    moves: int = 0
    knock: str = ""  #: the knock that was just sent for it, to be said with the next marks

    @property
    def id(self) -> int:
        """The outbox id."""
        return self.delivery.message.id

    @property
    def is_knocked(self) -> bool:
        """Whether its recipient was asked to tap and may still do so: the next address joins in its time."""
        return (self.knock or self.delivery.knock) not in ("", KNOCK_FAILED)

    @property
    def key(self) -> Key:
        """Its place at its address: as it was written, but urgent alerts and pings before all else."""
        message = self.delivery.message
        return (message.priority if message.passes else _IN_TURN, message.id)


@dataclass(slots=True, eq=False)
class Lane:
    """What waits for one address. One message of it is under way at a time."""

    address: Address
    rows: list[tuple[Key, LaneRow]] = field(default_factory=list)  #: a heap
    levels: Counter[Priority] = field(default_factory=Counter)  #: how many rows of each
    is_busy: bool = False
    queued_as: Key = LAST  #: its live entry among the ready ones: urgency, and its turn among those
    held_until: datetime | None = None
    held_from: Key = LAST  #: what is more urgent than this passes the hold
    awaits: int = 0  #: the outbox id that the hold was for
    left_until: datetime | None = None  #: some that came before were left in the outbox; until then new ones follow
    put_back: list[Mark] = field(default_factory=list)  #: what the hold keeps in the outbox, some of it

    def holds(self, row: LaneRow, now: datetime) -> datetime | None:
        """Until when a message must stay in the outbox; None when it may come in."""
        if self.held_until is not None and now < self.held_until and row.key >= self.held_from:
            return self.held_until
        return None

    @property
    def urgency(self) -> int:
        """How urgent its most urgent row is."""
        return min((level for level, number in self.levels.items() if number), default=LAST[0])

    def push(self, row: LaneRow) -> None:
        """Take a row in."""
        heappush(self.rows, (row.key, row))
        self.levels[row.delivery.message.priority] += 1

    def pop(self) -> LaneRow:
        """Take the first row out."""
        _, row = heappop(self.rows)
        self.levels[row.delivery.message.priority] -= 1
        return row

    def cut(self, start: Key) -> list[LaneRow]:
        """Take the rows from `start` on out, in their order."""
        waiting = sorted(self.rows)
        self.rows = [entry for entry in waiting if entry[0] < start]
        taken = [row for key, row in waiting if key >= start]
        self.levels.subtract(row.delivery.message.priority for row in taken)
        return taken

    def is_answering(self, row: LaneRow) -> bool:
        """Whether somebody who just wrote gets an answer: that does not wait for the chat's pace."""
        return row.delivery.message.kind is OutgoingKind.REPLY and len(self.rows) <= _CONVERSING

    def takes(self, row: LaneRow, longest: int, now: datetime, *, is_new: bool) -> bool:
        """Whether there is room for a row; what passes the others finds it nearly always.

        A new one follows those that were left in the outbox before it. What was claimed is known to be in order.
        """
        if row.delivery.message.passes:
            return len(self.rows) < 2 * longest
        if not is_new:
            self.left_until = None
        follows = self.left_until is not None and now < self.left_until
        if not follows and len(self.rows) < longest:
            return True
        self.left_until = now + GRACE
        return False

    def opens_at(self, now: datetime) -> datetime | None:
        """When its first message may go, if that is later than now: one that failed before it comes back first."""
        if self.held_until is None or not self.awaits or self.rows[0][0] < self.held_from:
            return None
        opens = self.held_until + GRACE
        return opens if now < opens else None

    def comes_back(self, row: LaneRow, now: datetime) -> None:
        """Note that a row is here again; the one that the hold was for ends it, unless it is early for its joining."""
        self.put_back = [mark for mark in self.put_back if mark.outbox_id != row.id]
        if self.awaits == row.id and self.held_until is not None and self.held_until <= now:
            self.held_until, self.awaits = None, 0

    def is_idle(self, now: datetime) -> bool:
        """Whether it can be forgotten."""
        ends = [until for until in (self.held_until, self.left_until) if until is not None]
        return not self.rows and not self.is_busy and all(now >= until + GRACE for until in ends)
