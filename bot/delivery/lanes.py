"""Messages of one messenger that wait in memory: in order within an address, the most urgent addresses first.

No I/O and no clock: it is told the time, and tells which message goes next and when to look again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import chain, count, islice

from bot.delivery.lane import LAST, Key, Lane, LaneRow
from bot.delivery.pacing import Pace
from bot.domain.messages import Address
from bot.domain.turn import Mark
from bot.ports.reads import Room

#: A row is not sent in the last moments of its lease: somebody else could have it before the messenger answers.
_MARGIN = timedelta(seconds=5)
_REMEMBERED = 64


class Lanes:
    """The lanes of one messenger, at most `capacity` rows of which one lane takes a quarter.

    Lanes of the same urgency take turns, so that a flood for one address slows that address only. Beyond the capacity
    there is room for a quarter more of what is urgent.
    """

    def __init__(self, pace: Pace, capacity: int) -> None:
        """Begin empty."""
        self._pace = pace
        self._capacity = capacity
        self._longest = max(1, capacity // 4)
        self._lanes: dict[Address, Lane] = {}
        self._ready: list[tuple[Key, Lane]] = []
        self._waiting: list[tuple[datetime, int, Lane]] = []
        self._numbers = count()
        self._rows: dict[int, LaneRow] = {}  #: waiting and under way
        self._given_up: list[LaneRow] = []
        self.look_again: datetime | None = None  #: when the messenger-wide limit lets the next one go

    @property
    def room(self) -> int:
        """How many more rows fit."""
        return max(0, self._capacity - len(self._rows))

    def room_for(self, *, urgent: bool) -> int:
        """How many more rows fit when they are urgent, or not."""
        return max(0, self._capacity + urgent * self._longest - len(self._rows))

    def asks(self) -> Room:
        """What of each address is asked for; of those that are nearly full nothing more is."""
        each = max(1, self._longest // 2)
        full = tuple(lane.address for lane in self._lanes.values() if len(lane.rows) + each > self._longest)
        return Room(full, each)

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

    def add(self, row: LaneRow, now: datetime, *, is_new: bool = False) -> datetime | None:
        """Take a row in; or answer until when it must stay in the outbox instead."""
        lane = self.lane(row.delivery.message.address)
        if lane.held_until is not None:
            lane.comes_back(row, now)
        until = lane.holds(row, now)
        if until is not None:
            return until
        if not lane.takes(row, self._longest, now, is_new=is_new):
            return now
        self._rows[row.id] = row
        lane.push(row)
        self._queue(lane, now)
        return None

    def _queue(self, lane: Lane, now: datetime) -> None:
        """Put a lane where it is looked for: among the ready ones, or those whose moment comes."""
        if lane.is_busy or not lane.rows:
            return
        opens, urgency = lane.opens_at(now), lane.urgency
        if opens is not None:
            heappush(self._waiting, (opens, next(self._numbers), lane))
        elif urgency < lane.queued_as[0]:
            lane.queued_as = (urgency, next(self._numbers))
            heappush(self._ready, (lane.queued_as, lane))

    def take(self, now: datetime) -> LaneRow | None:
        """Take the most urgent row that may go now; its lane is busy until `done`."""
        self.wake(now)
        while self._ready:
            if self._must_wait(now):
                return None
            key, lane = heappop(self._ready)
            if key != lane.queued_as or lane.is_busy:
                continue  # an entry that a more urgent one overtook
            lane.queued_as = LAST
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

    def is_given_up(self, row: LaneRow, now: datetime) -> bool:
        """Whether somebody else may have a row by now."""
        return row.leased_until <= now + _MARGIN

    def given_up(self) -> list[LaneRow]:
        """Take what left memory because its lease is nearly over, with all that comes after it at its address."""
        given_up, self._given_up = self._given_up, []
        return given_up

    def _first(self, lane: Lane, now: datetime) -> LaneRow | None:
        if lane.rows and self.is_given_up(lane.rows[0][1], now):
            self._given_up += self.empty(lane)
        if not lane.rows:
            self._forget(lane, now)
            return None
        row = lane.rows[0][1]
        wait = 0.0
        if self._pace.is_limited:
            wait = self._pace.delay(lane.address.peer, now.timestamp(), is_answer=lane.is_answering(row))
        if wait:
            heappush(self._waiting, (now + timedelta(seconds=wait), next(self._numbers), lane))
            return None
        lane.pop()
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
        taken = lane.cut(start)
        lane.queued_as = LAST
        for row in taken:
            self._rows.pop(row.id)
        return taken

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

    def upcoming(self, row: LaneRow, most: int) -> Iterator[LaneRow]:
        """Rows that will go soon, in no strict order: of the lane of this one, and the first of others."""
        own = self._lanes.get(row.delivery.message.address)
        firsts = (lane.rows[0][1] for _, lane in self._ready if lane.rows)
        return islice(chain((one for _, one in own.rows) if own else (), firsts), most)

    def next_look(self) -> datetime | None:
        """When something that waits may go."""
        looks = [self._waiting[0][0]] if self._waiting else []
        looks += [self.look_again] if self.look_again is not None else []
        return min(looks, default=None)

    def tidy(self, now: datetime) -> None:
        """Forget lanes whose hold is over."""
        for lane in [lane for lane in self._lanes.values() if lane.is_idle(now)]:
            del self._lanes[lane.address]
