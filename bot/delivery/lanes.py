"""Messages of one messenger that wait in memory: in order within an address, most urgent first between them.

No I/O and no clock: it is told the time, and tells which message goes next and when to look again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count, islice

from bot.delivery.pacing import Pace
from bot.domain.messages import KNOCK_FAILED, Address, Delivery, Outgoing
from bot.domain.turn import Mark

Key = tuple[int, int]  #: priority and outbox id: what goes first

#: How long later messages wait for one whose retry is due but was not claimed yet.
GRACE = timedelta(seconds=3)
_LAST: Key = (99, 0)
_REMEMBERED = 64


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One look for several rows whether they are still needed."""

    at: datetime
    needless: asyncio.Future[dict[int, str]]  #: why a row need not be sent any more, by outbox id


@dataclass(slots=True, eq=False)
class LaneRow:
    """An outbox row in memory, leased to this process."""

    delivery: Delivery
    leased_until: datetime
    join_at: datetime | None = None  #: when the next address joins; None when it did or there is none
    joined: Outgoing | None = None  #: said again with every mark: one of them may be written over by the next
    check: Check | None = None  #: the newest look whether it is still needed, perhaps under way
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
        """Its place in the order."""
        return (self.delivery.message.priority, self.delivery.message.id)


@dataclass(slots=True, eq=False)
class Lane:
    """What waits for one address. One message of it is under way at a time."""

    address: Address
    rows: list[tuple[Key, LaneRow]] = field(default_factory=list)  #: a heap
    is_busy: bool = False
    queued_as: Key = _LAST  #: its live entry among the ready ones
    held_until: datetime | None = None
    held_from: Key = _LAST  #: what is more urgent than this passes the hold
    awaits: int = 0  #: the outbox id that the hold was for
    full_until: datetime | None = None  #: later messages were put back and come first until then
    full_from: Key = _LAST
    put_back: list[Mark] = field(default_factory=list)  #: what the hold keeps in the outbox, some of it

    def holds(self, row: LaneRow, now: datetime) -> datetime | None:
        """Until when a message must stay in the outbox; None when it may come in."""
        if self.held_until is not None and now < self.held_until and row.key >= self.held_from:
            return self.held_until
        if self.full_until is not None and now < self.full_until and row.key >= self.full_from:
            return self.full_until
        return None

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
        ends = [until for until in (self.held_until, self.full_until) if until is not None]
        return not self.rows and not self.is_busy and all(now >= until + GRACE for until in ends)


class Lanes:
    """The lanes of one messenger, at most `capacity` rows of which one lane takes a quarter."""

    def __init__(self, pace: Pace, capacity: int) -> None:
        """Begin empty."""
        self._pace = pace
        self._capacity = capacity
        self._longest = max(1, capacity // 4)
        self._lanes: dict[Address, Lane] = {}
        self._ready: list[tuple[Key, int, Lane]] = []
        self._waiting: list[tuple[datetime, int, Lane]] = []
        self._numbers = count()
        self._rows: dict[int, LaneRow] = {}  #: waiting and under way
        self.look_again: datetime | None = None  #: when the messenger-wide limit lets the next one go

    @property
    def room(self) -> int:
        """How many more rows fit."""
        return max(0, self._capacity - len(self._rows))

    @property
    def has_ready(self) -> bool:
        """Whether something may be there to be sent now."""
        return bool(self._ready) and self.look_again is None

    def row(self, outbox_id: int) -> LaneRow | None:
        """The row with this id, when it is in memory."""
        return self._rows.get(outbox_id)

    def rows(self) -> list[LaneRow]:
        """All rows in memory, also those under way."""
        return list(self._rows.values())

    def lane(self, address: Address) -> Lane:
        """The lane of an address."""
        lane = self._lanes.get(address)
        if lane is None:
            lane = self._lanes[address] = Lane(address)
        return lane

    def add(self, row: LaneRow, now: datetime) -> datetime | None:
        """Take a row in; or answer until when it must stay in the outbox instead."""
        lane = self.lane(row.delivery.message.address)
        if lane.held_until is not None:
            lane.comes_back(row, now)
        until = lane.holds(row, now) or self._overflow(lane, row, now)
        if until is not None:
            return until
        self._rows[row.id] = row
        heappush(lane.rows, (row.key, row))
        self._queue(lane, now)
        return None

    def _overflow(self, lane: Lane, row: LaneRow, now: datetime) -> datetime | None:
        if len(lane.rows) < self._longest or row.key < lane.rows[0][0]:
            return None
        wait = self._pace.delay(lane.address.peer, now.timestamp(), ahead=self._longest)
        until = now + timedelta(seconds=max(2.0, wait))
        if lane.full_until is None or now >= lane.full_until:
            lane.full_from = row.key
        lane.full_from = min(lane.full_from, row.key)
        lane.full_until = until
        return until

    def _queue(self, lane: Lane, now: datetime) -> None:
        """Put a lane where it is looked for: among the ready ones, or those whose moment comes."""
        if lane.is_busy or not lane.rows:
            return
        opens = lane.opens_at(now)
        key = lane.rows[0][0]
        if opens is not None:
            heappush(self._waiting, (opens, next(self._numbers), lane))
        elif key < lane.queued_as:
            lane.queued_as = key
            heappush(self._ready, (key, next(self._numbers), lane))

    def take(self, now: datetime) -> LaneRow | None:
        """Take the most urgent row that may go now; its lane is busy until `done`."""
        self.wake(now)
        while self._ready:
            if self._must_wait(now):
                return None
            key, _, lane = heappop(self._ready)
            if key != lane.queued_as or lane.is_busy:
                continue  # an entry that a more urgent one overtook
            lane.queued_as = _LAST
            row = self._first(lane, now)
            if row is not None:
                return row
        return None

    def wake(self, now: datetime) -> None:
        """Look at what waited until now."""
        self.look_again = None
        while self._waiting and self._waiting[0][0] <= now:
            self._queue(heappop(self._waiting)[2], now)

    def _must_wait(self, now: datetime) -> bool:
        if not self._pace.is_limited:
            return False
        wait = self._pace.total_delay(now.timestamp())
        self.look_again = now + timedelta(seconds=wait) if wait else None
        return wait > 0

    def _first(self, lane: Lane, now: datetime) -> LaneRow | None:
        while lane.rows and lane.rows[0][1].leased_until <= now:
            self._rows.pop(heappop(lane.rows)[1].id)  # somebody else may have it by now; a claim brings it again
        if not lane.rows:
            self._forget(lane, now)
            return None
        (priority, _), row = lane.rows[0]
        wait = 0.0
        if self._pace.is_limited:
            wait = self._pace.delay(lane.address.peer, now.timestamp(), is_answer=priority == 0)
        if wait:
            heappush(self._waiting, (now + timedelta(seconds=wait), next(self._numbers), lane))
            return None
        heappop(lane.rows)
        lane.is_busy = True
        if self._pace.is_limited:  # counted now: others may ask before this one is on its way
            self._pace.take(lane.address.peer, now.timestamp())
            row.is_paced = True
        return row

    def done(self, row: LaneRow, lane: Lane, now: datetime) -> None:
        """Let the next message of the lane go."""
        lane.is_busy = False
        if row.is_paced:
            self._pace.give_back(lane.address.peer)
            row.is_paced = False
        if row.delivery.message.address == lane.address:  # else it went on to where the chat moved
            self._rows.pop(row.id, None)
        if lane.rows:
            self._queue(lane, now)
        else:
            self._forget(lane, now)

    def _forget(self, lane: Lane, now: datetime) -> None:
        if lane.is_idle(now):
            self._lanes.pop(lane.address, None)

    def leave(self, row: LaneRow) -> None:
        """Forget a row that is under way and goes elsewhere."""
        self._rows.pop(row.id, None)

    def hold(self, lane: Lane, row: LaneRow, until: datetime, *, everything: bool) -> list[LaneRow]:
        """Let later messages of a lane wait for a row that failed; returns those to put back into the outbox."""
        lane.held_until, lane.awaits = until, row.id
        lane.held_from = (-1, 0) if everything else row.key
        return self.empty(lane, lane.held_from)

    def empty(self, lane: Lane, start: Key = (-1, 0)) -> list[LaneRow]:
        """Take the waiting rows from `start` on out of a lane."""
        taken = [row for key, row in lane.rows if key >= start]
        lane.rows = sorted(entry for entry in lane.rows if entry[0] < start)
        lane.queued_as = _LAST
        for row in taken:
            self._rows.pop(row.id)
        return sorted(taken, key=lambda row: row.key)

    def empty_all(self) -> list[LaneRow]:
        """Take all waiting rows out of all lanes; what is under way stays."""
        return [row for lane in list(self._lanes.values()) for row in self.empty(lane)]

    def remember(self, address: Address, mark: Mark) -> None:
        """Remember what a hold keeps in the outbox, so that it can be brought forward."""
        lane = self._lanes.get(address)
        if lane is not None and len(lane.put_back) < _REMEMBERED:
            lane.put_back.append(mark)

    def release(self, lane: Lane, now: datetime) -> list[Mark]:
        """Shorten a hold, since the address takes messages again; returns what waits in the outbox."""
        if lane.held_until is None or lane.held_until <= now:
            return []
        marks, lane.put_back = lane.put_back, []
        lane.held_until = now
        return [mark for mark in marks if mark.next_attempt_at is not None and mark.next_attempt_at > now]

    def upcoming(self, most: int) -> Iterator[LaneRow]:
        """Rows that will go soon, in no strict order."""
        return (lane.rows[0][1] for _, _, lane in islice(self._ready, most) if lane.rows)

    def next_look(self) -> datetime | None:
        """When something that waits may go."""
        looks = [self._waiting[0][0]] if self._waiting else []
        looks += [self.look_again] if self.look_again is not None else []
        return min(looks, default=None)

    def tidy(self, now: datetime) -> None:
        """Forget lanes whose hold is over."""
        for lane in [lane for lane in self._lanes.values() if lane.is_idle(now)]:
            del self._lanes[lane.address]
