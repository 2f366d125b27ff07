"""The line: everything that changes something goes through here, in batches, one transaction each.

A message is stored before it is acknowledged, and an answer before it is sent. The writer takes what waits, reads what
it touches, lets the pure core compute a turn for each, and storage writes them all.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

import structlog

from bot.delivery.reply_in_call import InCall, ride
from bot.domain.errors import AlreadySeen, Stale, StorageError
from bot.domain.messages import Capabilities, Inbound, Kind, storable
from bot.domain.people import Directory
from bot.domain.turn import Mark, Turn
from bot.line.batch_loader import Loader
from bot.line.message_work import Message
from bot.line.work import Work
from bot.line.work_queue import QueuedWork, Waiting
from bot.ports.messengers import Receipt
from bot.ports.reads import Loaded
from bot.ports.storage import Storage
from bot.turns.context import Context
from bot.turns.view import View

BATCH = 100  #: most pieces of work in one transaction
WAITING = 20_000  #: most pieces of work that wait; beyond that the messenger is asked to come again
_TRIES = 5
_MARKS_AT_MOST = 500
_PLACES = 5  #: of a failed turn that are logged

log = structlog.get_logger(__name__)


class Line:
    """Takes work from everywhere and writes it, a batch at a time."""

    def __init__(
        self,
        storage: Storage,
        context: Callable[[], Context],
        *,
        committed: Callable[[Sequence[Turn], frozenset[int]], None],
        capabilities: Mapping[str, Capabilities] | None = None,
        sends: bool = True,
    ) -> None:
        """Take the storage, a maker of contexts, who is told of commits (and ids left out), what messengers can do.

        Where this process sends nothing, messages are due at once for those that do.
        """
        self._storage = storage
        self._sends = sends
        self._capabilities = capabilities or {}
        self._loader = Loader(storage, self._capabilities)
        self._context = context
        self._committed = committed
        self._waiting = Waiting(self._loader.may_pick)
        self._marks: list[Mark] = []
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="line")

    async def stop(self) -> None:
        """Write what waits, then stop; may be called twice."""
        self._is_stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def receive(self, message: Inbound) -> Receipt:
        """Store a verified message and compute its answer; returns after the commit."""
        message = storable(message)
        receipt = await self.submit(Message(message))
        if message.kind is Kind.MOVED and message.place is not None and message.moved_to is not None:
            await self._storage.readdress(message.place, message.moved_to)
        return receipt

    async def submit(self, work: Work) -> Receipt:
        """Put work in the line and wait for its commit. Raises `StorageError` when it was not stored."""
        if self._is_stopping or len(self._waiting) >= WAITING:
            raise StorageError("The bridge is stopping or has too much waiting; please send again.")
        entry = QueuedWork(work, asyncio.get_running_loop().create_future())
        self._waiting.add(entry)
        self._idle.clear()
        self._wake.set()
        return await entry.done

    def mark(self, mark: Mark) -> None:
        """Let what the deliverer says of an outbox row ride the next commit."""
        self._marks.append(mark)
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Wait until nothing waits."""
        await self._idle.wait()

    async def _run(self) -> None:
        while not (self._is_stopping and not self._waiting and not self._marks):
            if not self._waiting and not self._marks:
                self._idle.set()
                await self._wake.wait()
            self._wake.clear()
            batch = self._waiting.take(BATCH)
            marks, self._marks = self._marks[:_MARKS_AT_MOST], self._marks[_MARKS_AT_MOST:]
            if batch or marks:
                await self._write_or_fail(batch, marks)
        self._idle.set()

    async def _write_or_fail(self, batch: list[QueuedWork], marks: list[Mark]) -> None:
        try:
            await self._write(batch, marks)
        except StorageError as error:
            log.warning("batch not stored", entries=len(batch), error=type(error).__name__)
            await self._one_by_one(batch, marks, error)
        except Exception as error:
            log.exception("line failed", entries=len(batch))
            await self._one_by_one(batch, marks, StorageError(f"internal error: {type(error).__name__}"))

    async def _write(self, batch: list[QueuedWork], marks: Sequence[Mark]) -> None:
        for attempt in range(_TRIES):
            directory = await self._storage.directory()
            loaded = await self._load(batch, directory)
            view = View(directory, loaded)
            await self._count(batch, view)
            fresh = self._compute(batch, view, loaded)
            turns = [entry.turn for entry in fresh if entry.turn is not None]
            left_out: frozenset[int] = frozenset()
            try:
                if turns or marks:
                    left_out = await self._storage.apply(turns, marks)
            except (AlreadySeen, Stale):
                if attempt == _TRIES - 1:
                    raise
                continue
            self._finish(batch, fresh, turns, left_out, loaded.seen)
            return

    async def _load(self, batch: Sequence[QueuedWork], directory: Directory) -> Loaded:
        works = await self._loader.understood([entry.work for entry in batch], directory)
        for entry, work in zip(batch, works, strict=True):
            entry.work = work
        return await self._loader.load(works, directory, self._context().agreement)

    async def _count(self, batch: Sequence[QueuedWork], view: View) -> None:
        """Count the guesses among new messages, once each; what is right is no guess and costs nothing."""
        context = self._context()
        now = context.now
        for entry in batch:
            work = entry.work
            if not isinstance(work, Message) or work.inbound.key in view.seen:
                continue
            if entry.tries is None:
                asked = work.tries(view, context)
                entry.tries = {t: await self._storage.count_attempt(t.kind, t.key, now, t.window) for t in asked}
            view.counted(entry.tries)

    def _compute(self, batch: Sequence[QueuedWork], view: View, loaded: Loaded) -> list[QueuedWork]:
        """Compute the turns of all messages that are new; the first of two equal keys counts."""
        context = self._context()
        keys = set(loaded.seen)
        fresh: list[QueuedWork] = []
        for entry in batch:
            entry.turn = None
            key = entry.work.inbound.key if isinstance(entry.work, Message) else None
            if key is not None and key in keys:
                continue
            if key is not None:
                keys.add(key)
            turn = self._in_call(entry, _turn_of(entry, view, context), context)
            entry.turn = turn if self._sends else _for_others(turn, context.now)
            view.absorb(entry.turn)
            fresh.append(entry)
        return fresh

    def _in_call(self, entry: QueuedWork, turn: Turn, context: Context) -> Turn:
        message = entry.work.inbound if isinstance(entry.work, Message) else None
        can = self._capabilities.get(message.messenger) if message is not None else None
        if message is None or can is None or not can.answers_in_call:
            return turn
        turn, entry.call = ride(turn, message, can, context.now)
        return turn

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
            self._marks = marks + self._marks
            for entry in batch:
                _refuse(entry, error)
            await asyncio.sleep(0)
            return
        await self._keep_marks(marks)
        for entry in batch:
            await self._alone(entry)

    async def _keep_marks(self, marks: Sequence[Mark]) -> None:
        for mark in marks:
            try:
                await self._storage.apply([], [mark])
            except StorageError:
                log.exception("delivery mark not stored", outbox=mark.outbox_id)

    async def _alone(self, entry: QueuedWork) -> None:
        try:
            await self._write([entry], ())
            return
        except Exception as error:
            entry.errors.append(type(error).__name__)
            log.exception("turn does not fit", work=type(entry.work).__name__)
        await self._keep_failed(entry)

    async def _keep_failed(self, entry: QueuedWork) -> None:
        entry.call = None  # it said what is not stored
        try:
            context = self._context()
            failed = entry.work.failed(context, entry.errors[-1])
            failed = failed if self._sends else _for_others(failed, context.now)
            await self._storage.apply([failed])
            self._finish([entry], [entry], [failed])
        except AlreadySeen:
            self._finish([entry], [], [])
        except StorageError as error:
            _refuse(entry, error)
        except Exception as error:  # noqa: BLE001 - the line must never die; whoever waits is told
            _refuse(entry, StorageError(f"not stored: {type(error).__name__}"))


def _for_others(turn: Turn, now: datetime) -> Turn:
    """Leave what is due at once to processes that send."""
    due = (o if o.not_before is not None else replace(o, not_before=now) for o in turn.outgoing)
    return replace(turn, outgoing=tuple(due))


def _turn_of(entry: QueuedWork, view: View, context: Context) -> Turn:
    try:
        return entry.work.turn(view, context)
    except Exception as error:  # noqa: BLE001 - one bad message never stops the line
        kind = type(error).__name__
        # Its text may hold what somebody wrote: only the places in the program that it came through are logged.
        failed = entry.work.failed(context, kind)
        inbox = failed.inbox.id if failed.inbox else None
        log.error("turn failed", inbox=inbox, work=type(entry.work).__name__, error=kind, at=_places(error))  # noqa: TRY400
        return failed


def _places(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def _refuse(entry: QueuedWork, error: StorageError) -> None:
    if not entry.done.done():
        entry.done.set_exception(error)
