"""The line: everything that changes something goes through here, in batches, one transaction each.

A message is stored before it is acknowledged, and an answer before it is sent. The writer takes what waits, reads what
it touches, lets the pure core compute a turn for each, and storage writes them all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import structlog

from bot.delivery.reply_in_call import InCall
from bot.domain.errors import AlreadySeen, Behind, Held, Stale, StorageError, Unwritable
from bot.domain.ids import Ids
from bot.domain.messages import Capabilities, Inbound, Kind
from bot.domain.storable import storable
from bot.domain.turn import Mark, Turn
from bot.line.computing import Computing, is_pressing
from bot.line.kept_marks import KeptMarks
from bot.line.message_work import Message
from bot.line.work import Work
from bot.line.work_queue import QueuedWork, Waiting
from bot.ports.messengers import Receipt
from bot.ports.storage import Storage
from bot.turns.context import Context

BATCH = 100  #: most pieces of work in one transaction
_MARKS = 5  #: for each piece of work in a transaction, at most
_TRIES = 5
DRAIN_SECONDS = 10.0  #: how long what was delivered is still tried to be noted at the end

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LineRules:
    """What is asked of a line."""

    answer_within: timedelta | None = None  #: what waits is stored or refused by then; None: as long as it takes
    sends: bool = True  #: False: this process sends nothing, and messages are due at once for those that do


class Line:
    """Takes work from everywhere and writes it, a batch at a time."""

    def __init__(
        self,
        storage: Storage,
        context: Callable[[], Context],
        *,
        committed: Callable[[Sequence[Turn], frozenset[int]], None],
        capabilities: Mapping[str, Capabilities] | None = None,
        noted: Callable[[Unwritable | None], None] = lambda _error: None,
        rules: LineRules = LineRules(),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Take the storage, a maker of contexts, who is told of commits (and ids left out), what messengers can do.

        `noted` hears of each commit, and why there was none.
        """
        self._storage = storage
        self._context = context
        self._computing = Computing(storage, context, capabilities or {}, sends=rules.sends)
        self._committed = committed
        self._noted = noted
        self._batch_within = None if rules.answer_within is None else 0.9 * rules.answer_within.total_seconds()
        self._most = BATCH  #: fewer after a batch that took too long, so that on a slow machine some go through
        self._held: Held | None = None  #: what the batch under way met first
        self._waiting = Waiting(self._computing.may_pick)
        self._wake = asyncio.Event()
        self._sleep = sleep
        self._marks = KeptMarks(sleep, self._wake.set)
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="line")

    async def stop(self) -> None:
        """Write what waits, then stop, after 10 s also with marks that could not be stored; may be called twice."""
        self._is_stopping = True
        self._wake.set()
        if self._task is not None:
            limit = asyncio.create_task(self._drain_ends())
            await self._task
            limit.cancel()
            self._task = None

    async def _drain_ends(self) -> None:
        await self._sleep(DRAIN_SECONDS)
        self._marks.give_up()

    async def receive(self, message: Inbound) -> Receipt:
        """Store a verified message and compute its answer; returns after the commit."""
        message = storable(message)
        receipt = await self.submit(Message(message))
        if message.kind is Kind.MOVED and message.place is not None and message.moved_to is not None:
            await self._storage.readdress(message.place, message.moved_to)
        return receipt

    async def submit(self, work: Work) -> Receipt:
        """Put work in the line and wait for its commit. Raises `StorageError` when it was not stored."""
        entry = QueuedWork(work, asyncio.get_running_loop().create_future())
        if self._is_stopping or not self._waiting.has_room(entry):
            raise StorageError("The bridge is stopping or has too much waiting; please send again.")
        self._waiting.add(entry)
        self._idle.clear()
        self._wake.set()
        return await entry.done

    def mark(self, mark: Mark) -> None:
        """Let what the deliverer says of an outbox row ride the next commit; it is tried until it is stored."""
        self._idle.clear()
        self._marks.add(mark)

    def unstored(self) -> Mapping[int, Mark]:
        """What was said of outbox rows and is not stored yet, by outbox id."""
        return self._marks.unstored

    async def settled(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()

    async def _run(self) -> None:
        while not (self._is_stopping and not self._waiting and not self._marks):
            if not self._waiting and not self._marks:
                self._idle.set()
            if not self._waiting and not self._marks.can_be_stored:
                await self._wake.wait()
            self._wake.clear()
            batch, marks = self._waiting.take(self._most), self._marks.due(self._most * _MARKS)
            if batch or marks:
                await self._in_time(batch, marks)
        self._idle.set()

    async def _in_time(self, batch: list[QueuedWork], marks: list[Mark]) -> None:
        """Write, or let everybody who waits know in time that nothing is written."""
        self._held, most = None, self._most
        try:
            async with asyncio.timeout(self._batch_within):
                await self._write_or_fail(batch, marks)
            if self._most == most:
                self._most = min(most * 2, BATCH)
        except TimeoutError:
            self._refuse_all(batch, marks, self._why_late())

    def _why_late(self) -> Unwritable:
        return self._held or Unwritable("the database does not answer")

    async def _write_or_fail(self, batch: list[QueuedWork], marks: list[Mark]) -> None:
        try:
            await self._write(batch, marks)
        except Held as error:
            self._held = error
            if len(batch) > 1:  # one row of it, perhaps: the others may go on
                self._noted(error)
                await self._one_by_one(batch, marks, error)
                batch, marks = [], []
            self._refuse_all(batch, marks, error)
        except Unwritable as error:
            self._refuse_all(batch, marks, error)
        except StorageError as error:
            log.warning("batch not stored", entries=len(batch), error=type(error).__name__)
            await self._one_by_one(batch, marks, error)
        except Exception as error:
            log.exception("line failed", entries=len(batch))
            await self._one_by_one(batch, marks, StorageError(f"internal error: {type(error).__name__}"))

    def _refuse_all(self, batch: Sequence[QueuedWork], marks: list[Mark], error: StorageError) -> None:
        """Nothing can be written: whoever waits hears it now, since waiting longer helps nobody."""
        self._most = max(len(batch) // 4, 1)
        self._marks.failed(error, marks)
        if isinstance(error, Unwritable):
            self._noted(error)
        for entry in (*batch, *self._waiting.drain()):
            _refuse(entry, error)

    async def _write(self, batch: list[QueuedWork], marks: Sequence[Mark]) -> None:
        for attempt in range(_TRIES):
            fresh, seen = await self._computing.computed(batch)
            turns = [turn for entry in fresh for turn in (entry.ahead, entry.turn) if turn is not None]
            left_out: frozenset[int] = frozenset()
            try:
                if turns or marks:
                    left_out = await self._storage.apply(turns, marks)
            except (AlreadySeen, Stale) as error:
                if attempt == _TRIES - 1:
                    raise
                self._catch_up(error)
                continue
            self._marks.stored(marks)
            if turns or marks:
                self._noted(None)
            self._finish(batch, fresh, turns, left_out, seen)
            return

    def _catch_up(self, error: StorageError) -> None:
        new_id = self._context().new_id
        if isinstance(error, Behind) and isinstance(new_id, Ids):
            new_id.go_beyond(error.newest)

    def _receipt(self, entry: QueuedWork, replies: Mapping[tuple[str, str, str], str], *, is_new: bool) -> Receipt:
        if entry.call is not None and is_new:
            return Receipt(is_new=True, reply=entry.call.reply, went=partial(self._went, entry.call))
        key = entry.work.inbound.key if isinstance(entry.work, Message) else ("", "", "")
        return Receipt(is_new=is_new, reply="" if is_new else replies.get(key, ""))

    def _went(self, call: InCall) -> None:
        for mark in call.marks(self._context().now):
            self.mark(mark)

    def _finish(
        self,
        batch: Sequence[QueuedWork],
        fresh: Sequence[QueuedWork],
        turns: Sequence[Turn],
        left_out: frozenset[int] = frozenset(),
        seen: Mapping[tuple[str, str, str], str] = MappingProxyType({}),
    ) -> None:
        is_new = {id(entry) for entry in fresh}
        replies = {**seen, **{turn.inbox.message.key: turn.inbox.reply for turn in turns if turn.inbox}}
        for entry in batch:
            if entry.sender is not None and entry.turn is not None and entry.turn.cases:
                self._waiting.note(entry.sender, is_urgent=any(map(is_pressing, entry.turn.cases)))
            if not entry.done.done():
                entry.done.set_result(self._receipt(entry, replies, is_new=id(entry) in is_new))
        try:
            self._committed(turns, left_out)
        except Exception:
            # What was committed stays; its outbox rows are sent when their lease has run out.
            log.exception("committed turns not handed on")

    async def _one_by_one(self, batch: Sequence[QueuedWork], marks: list[Mark], error: StorageError) -> None:
        """Find what does not fit: each entry alone, then marked failed. When nothing can be written, say so to all."""
        if not await self._storage.is_ready():
            self._refuse_all(batch, marks, error)
            return
        await self._marks.store(marks, lambda some: self._storage.apply([], some))
        for entry in batch:
            await self._alone(entry)

    async def _alone(self, entry: QueuedWork) -> None:
        try:
            await self._write([entry], ())
            return
        except Unwritable as error:
            self._noted(error)
            _refuse(entry, error)
            return
        except StorageError as error:
            entry.errors.append(type(error).__name__)
            log.warning("turn does not fit", work=type(entry.work).__name__, error=str(error))
        except Exception as error:
            entry.errors.append(type(error).__name__)
            log.exception("turn does not fit", work=type(entry.work).__name__)
        await self._keep_failed(entry)

    async def _keep_failed(self, entry: QueuedWork) -> None:
        entry.call = None  # it said what is not stored
        try:
            failed = self._computing.failed(entry)
            await self._storage.apply([failed])
            self._finish([entry], [entry], [failed])
        except AlreadySeen:
            self._finish([entry], [], [])
        except StorageError as error:
            _refuse(entry, error)
        except Exception as error:  # noqa: BLE001 - the line must never die; whoever waits is told
            _refuse(entry, StorageError(f"not stored: {type(error).__name__}"))


def _refuse(entry: QueuedWork, error: StorageError) -> None:
    if not entry.done.done():
        entry.done.set_exception(error)
