"""Sends what waits for one messenger: a few workers, each with one message under way. Knows only ports."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.delivery import phoning, retries, window_rules
from bot.delivery.knocking import Knocker
from bot.delivery.lane import Lane, LaneRow
from bot.delivery.lanes import Lanes
from bot.delivery.marking import Office, warn
from bot.delivery.outage import Outage
from bot.delivery.pacing import Pace
from bot.delivery.recheck import Recheck
from bot.delivery.sending import Sending
from bot.domain.errors import (
    Moved,
    SendError,
    StorageError,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from bot.domain.frozen import replace
from bot.domain.messages import Address, DeliveryState, OutgoingKind, Priority
from bot.ports.messengers import Adapter
from bot.ports.reads import Room

log = structlog.get_logger()

_STORAGE_RETRY = timedelta(seconds=2)
_MOST_MOVES = 3
_WAITS = "waits for its turn"


class Dispatcher:
    """One messenger's share of the outbox."""

    def __init__(self, adapter: Adapter, office: Office, *, capacity: int, workers: int) -> None:
        """Begin idle; nothing runs while nothing waits."""
        self._office = office
        self._capabilities = adapter.capabilities
        self._pace = Pace(adapter.capabilities)
        self._lanes = Lanes(self._pace, capacity)
        self._outage = Outage()
        self._sending = Sending(adapter, office, self._pace)
        self._knocker = Knocker(adapter, office)
        self._recheck = Recheck(office, self._lanes)
        self._most_workers = workers
        self._workers: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._is_stopping = False
        self._left: set[Address] = set()  #: where something was put back since the last claim began

    def claim_begins(self) -> None:
        """Note from now on where something is put back: what a claim brings there was taken before that was known."""
        self._left.clear()

    def leaves(self, address: Address) -> None:
        """Note that something there goes back to the outbox: what a claim brings after it goes back too."""
        self._left.add(address)

    def room_for(self, *, urgent: bool = False) -> int:
        """How many more rows it takes when they are urgent, or not."""
        return self._lanes.room_for(urgent=urgent)

    def asks(self) -> Room:
        """What of each address it asks for."""
        return self._lanes.asks()

    @property
    def workers(self) -> frozenset[asyncio.Task[None]]:
        """The sends under way."""
        return frozenset(self._workers)

    def row(self, outbox_id: int) -> LaneRow | None:
        """The row with this id, when it is in memory."""
        return self._lanes.row(outbox_id)

    def rows(self) -> list[LaneRow]:
        """All rows in memory, also those under way."""
        return self._lanes.rows()

    def add(self, row: LaneRow, *, is_new: bool = False) -> None:
        """Take a row, or give it back to the outbox with its moment. Call `run` after the last one."""
        message = row.delivery.message
        if message.replaces and not self._capabilities.edits:
            self._office.end(row, DeliveryState.DROPPED, "this messenger cannot change a sent message")
            return
        now = self._office.clock()
        self._outage.came_back(row.id)
        has_room = self.room_for(urgent=message.priority <= Priority.U2) > 0
        follows = not is_new and not message.passes and message.address in self._left
        is_in = has_room and not follows
        until = self._outage.until(now) or (self._lanes.add(row, now, is_new=is_new) if is_in else now)
        if until is not None:
            self._put_back(row, until)

    def _put_back(self, row: LaneRow, until: datetime) -> None:
        message = row.delivery.message
        keeps_its_place = not message.passes and row.delivery.state is DeliveryState.QUEUED
        mark = self._office.put_back(row, until, row.delivery.reason or _WAITS, holds=keeps_its_place)
        self._left.add(message.address)
        self._lanes.remember(message.address, mark)
        self._outage.remember(message.priority, mark)

    def run(self) -> None:
        """See that somebody sends what can be sent now, and looks again when the rest can."""
        if self._is_stopping:
            return
        if self._lanes.has_ready and len(self._workers) < self._most_workers:
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._ended)
        look = self._lanes.next_look()
        if look is not None and (self._alarm_at is None or look < self._alarm_at):
            self._set_alarm(look)

    def _ended(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        error = None if worker.cancelled() else worker.exception()
        if error is not None:
            log.error("A message could not be accounted for.", error=type(error).__name__)
            self.run()

    def _set_alarm(self, at: datetime) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.create_task(self._ring(at))

    async def _ring(self, at: datetime) -> None:
        await self._office.sleep(max(0.0, (at - self._office.clock()).total_seconds()))
        self._alarm, self._alarm_at = None, None
        self._lanes.wake(self._office.clock())
        self.run()

    async def _work(self) -> None:
        lanes, clock = self._lanes, self._office.clock
        while not self._is_stopping and (row := self._take()) is not None:
            self.run()  # the next worker, should there be more
            lane = lanes.lane(row.delivery.message.address)
            try:
                await self._deliver(row, lane)
            finally:
                lanes.done(row, lane, clock())
        self.run()

    def _take(self) -> LaneRow | None:
        now = self._office.clock()
        row = self._lanes.take(now)
        for given_up in self._lanes.given_up():
            self._put_back(given_up, now)
        return row

    async def _deliver(self, row: LaneRow, lane: Lane) -> None:
        try:
            if not await self._is_needed(row) or self._is_left(row, lane):
                return
            if retries.wakes(row.delivery):
                self._office.on_waking(row.delivery.message)
            parts, external_id = await self._send_or_knock(row)
        except Moved as moved:
            await self._follow(row, lane, moved)
        except SendError as error:
            self._failed(row, lane, error)
        except StorageError as error:
            warn(error, "The storage could not be asked about a message; it is tried again.", row)
            self._ask_again(row, lane)
        except Exception as error:  # noqa: BLE001 - one bad row never stops the loop, whatever an adapter raises
            kind = type(error).__name__
            log.error("An adapter failed in a way it should not.", outbox_id=row.id, error=kind)  # noqa: TRY400 - no texts
            self._failed(row, lane, Unavailable(f"the adapter failed ({kind})"), is_known=False)
        else:
            self._office.sent(row, parts, external_id)
            self._took(lane)
            await self._knocker.answered(row)

    def _is_left(self, row: LaneRow, lane: Lane) -> bool:
        """Whether this node stood still while it looked: what somebody else may have by now is left in the outbox."""
        now = self._office.clock()
        if not self._lanes.is_given_up(row, now):
            return False
        for one in (row, *self._lanes.empty(lane)):
            self._put_back(one, now)
        return True

    async def _is_needed(self, row: LaneRow) -> bool:
        if not retries.is_plain(row.delivery.message) and not await self._recheck.is_due(row):
            return False
        return not retries.is_reread(row.delivery, self._office.clock()) or await self._recheck.still_says(row)

    def _ask_again(self, row: LaneRow, lane: Lane) -> None:
        """Put a message back for a moment, with what comes after it at its address; urgent alerts and pings pass."""
        until = self._office.clock() + _STORAGE_RETRY
        row.delivery = replace(row.delivery, reason="the storage did not answer")
        held = [] if row.delivery.message.passes else self._lanes.hold(lane, row, until, everything=False)
        for waiting in (row, *held):
            self._put_back(waiting, until)

    async def _send_or_knock(self, row: LaneRow) -> tuple[int, str]:
        try:
            return await self._sending.send(row)
        except WindowClosed:
            await self._knocker.knock(row)
            raise

    def _took(self, lane: Lane) -> None:
        now = self._office.clock()
        freed = self._outage.ended(now)
        if lane.held_until is not None:
            freed = [*freed, *self._lanes.release(lane, now)]
        for mark in freed:
            self._office.mark(replace(mark, at=now, next_attempt_at=now))

    def _failed(self, row: LaneRow, lane: Lane, error: SendError, *, is_known: bool = True) -> None:
        if row.delivery.message.kind is OutgoingKind.CALL:
            phoning.not_made(row, error, self._office)
        else:
            self._rule(row, lane, error, is_known=is_known)

    def _rule(self, row: LaneRow, lane: Lane, error: SendError, *, is_known: bool) -> None:
        office, now, delivery = self._office, self._office.clock(), row.delivery
        age = now - retries.born(delivery.message, now)
        urgent = delivery.message.priority <= Priority.U2
        ruling = retries.judge(error, delivery.attempts, age, office.jitter(), urgent=urgent)
        if isinstance(error, Unreachable):
            office.on_unreachable(lane.address)
        if isinstance(error, WindowClosed) and window_rules.is_needless_when_closed(delivery.message):
            office.end(row, DeliveryState.DROPPED, ruling.reason)
            return
        if ruling.wait is None:
            office.end(row, ruling.state, ruling.reason, is_attempt=True)
            return
        until = now + ruling.wait
        held = self._lanes.hold(lane, row, until, everything=ruling.holds_all) if ruling.holds and is_known else []
        reason = (
            f"{ruling.reason}, asked to tap" if isinstance(error, WindowClosed) and row.is_knocked else ruling.reason
        )
        mark = office.put_back(
            row,
            until,
            reason,
            state=ruling.state,
            is_attempt=ruling.is_attempt,
            joins=ruling.joins and not row.is_knocked,
            holds=ruling.holds and is_known,
        )
        self._left.add(lane.address)
        if ruling.holds:
            self._outage.remember(delivery.message.priority, mark)
        if ruling.state is not DeliveryState.WINDOW_CLOSED:  # that is brought forward by the window, wherever it opens
            self._lanes.remember(lane.address, mark)
        for waiting in held:
            self._put_back(waiting, until)
        if is_known and ruling.is_attempt and ruling.holds:
            self._note_outage(lane.address, now)

    def _note_outage(self, address: Address, now: datetime) -> None:
        until = self._outage.failed(address, now)
        if until is not None:
            log.warning("A messenger takes nothing; its messages wait in the outbox.", messenger=address.messenger)
            for row in self._lanes.empty_all():
                self._put_back(row, until)

    async def _follow(self, row: LaneRow, lane: Lane, moved: Moved) -> None:
        """Go where a chat went, with all that waits for it."""
        row.moves += 1
        if row.moves > _MOST_MOVES or moved.to == lane.address:
            self._failed(row, lane, Unavailable("the chat keeps moving"))
            return
        try:
            await self._office.storage.readdress(lane.address, moved.to)
        except StorageError:
            self._failed(row, lane, Unavailable("the new address could not be stored"))
            return
        self._office.moved[lane.address] = moved.to
        self._lanes.leave(row)
        for one in [row, *self._lanes.empty(lane)]:
            one.delivery = replace(one.delivery, message=replace(one.delivery.message, address=moved.to))
            self.add(one)

    def look_for_joining(self, now: datetime) -> None:
        """Let the next address join in for what is not sent in time, wherever it waits; then go on."""
        for row in self._lanes.rows():
            if self._office.join_if_due(row, now):
                self._office.keep(row, now)
        self._lanes.tidy(now)
        self.run()

    def stop(self) -> None:
        """Begin nothing new."""
        self._is_stopping = True
        if self._alarm is not None:
            self._alarm.cancel()
