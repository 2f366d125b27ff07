"""Computes the turns of a batch: what it touches is read once, and one bad message never stops the line."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from bot.clock import standing_pings
from bot.conversation.albums import ends_with
from bot.delivery.reply_in_call import ride
from bot.domain.agreement import Urgency
from bot.domain.albums import gathered
from bot.domain.case import Case
from bot.domain.frozen import replace
from bot.domain.messages import Capabilities
from bot.domain.people import Directory
from bot.domain.turn import Turn
from bot.line.batch_loader import Loader
from bot.line.message_work import Gathered, Message
from bot.line.work import Work
from bot.line.work_queue import QueuedWork
from bot.ports.reads import Loaded
from bot.ports.storage import Storage
from bot.turns.context import Context
from bot.turns.view import View

Key = tuple[str, str, str]  #: of a message: messenger, account, its own id
_PLACES = 5  #: of a failed turn that are logged

log = structlog.get_logger(__name__)


class Computing:
    """Loads what a batch needs and computes its turns, one after the other, each on what those before it leave."""

    def __init__(
        self,
        storage: Storage,
        context: Callable[[], Context],
        capabilities: Mapping[str, Capabilities],
        *,
        sends: bool,
    ) -> None:
        """Take what to read from, a maker of contexts, what messengers can do, and whether this process sends."""
        self._storage = storage
        self._context = context
        self._capabilities = capabilities
        self._sends = sends
        self._directory = Directory()  #: as it was when the last batch was read
        self._loader = Loader(storage, capabilities)
        self.may_pick = self._loader.may_pick

    async def computed(self, batch: Sequence[QueuedWork]) -> tuple[list[QueuedWork], Mapping[Key, str]]:
        """Compute; returns what of the batch is new, with its turn, and the replies to what was there before."""
        if not batch:
            return [], {}
        directory, loaded = await self._read(batch)
        view = View(directory, loaded, self._context().now)
        await self._count(batch, view)
        return self._compute(batch, view, loaded), loaded.seen

    def failed(self, entry: QueuedWork) -> Turn:
        """The turn that keeps a piece of work which cannot be stored as it was computed."""
        context = self._context()
        return self._for_whom(entry.work.failed(context, entry.errors[-1]), context)

    def _for_whom(self, turn: Turn, context: Context) -> Turn:
        return turn if self._sends else _left_to_others(turn, context.now)

    async def _read(self, batch: Sequence[QueuedWork]) -> tuple[Directory, Loaded]:
        """Read who is enrolled and what the batch touches, both as of one moment: who was cut off since is unknown."""
        loaded = await self._load(batch, self._directory)
        while loaded.people_version != self._directory.version:
            self._directory = await self._storage.directory()
            loaded = await self._load(batch, self._directory)
        return self._directory, loaded

    async def _load(self, batch: Sequence[QueuedWork], directory: Directory) -> Loaded:
        works = await self._loader.understood([entry.work for entry in batch], directory)
        for entry, work in zip(batch, works, strict=True):
            entry.work = work
        agreement = self._context().agreement
        loaded = await self._loader.load(works, directory, agreement)
        kept = (gathered(conversation.gathering) for conversation in loaded.conversations.values())
        waiting = [Gathered(album) for album in kept if album is not None]
        return await self._loader.load([*works, *waiting], directory, agreement) if waiting else loaded

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
            entry.turn = entry.ahead = None
            key = entry.work.inbound.key if isinstance(entry.work, Message) else None
            if key is not None and key in keys:
                continue
            if key is not None:
                keys.add(key)
            entry.ahead = self._ahead(entry.work, view, context)
            turn = self._in_call(entry, _turn_of(entry.work, view, context), context)
            entry.turn = self._for_whom(turn, context)
            view.absorb(entry.turn)
            fresh.append(entry)
        return fresh

    def _ahead(self, work: Work, view: View, context: Context) -> Turn | None:
        """Answer somebody's album before what they send next, also when no more of it would have come."""
        if not isinstance(work, Message):
            return None
        person = view.directory.at(work.inbound.sender)
        if person is None or not ends_with(work.inbound, person, view):
            return None
        whole = gathered(view.conversation(person.id).gathering)
        if whole is None:
            return None
        turn = self._for_whom(_turn_of(Gathered(whole), view, context), context)
        view.absorb(turn)
        return turn

    def _in_call(self, entry: QueuedWork, turn: Turn, context: Context) -> Turn:
        message = entry.work.inbound if isinstance(entry.work, Message) else None
        can = self._capabilities.get(message.messenger) if message is not None else None
        if message is None or can is None or not can.answers_in_call:
            return turn
        turn, entry.call = ride(turn, message, can, context.now)
        return turn


def is_pressing(case: Case) -> bool:
    """Whether what is written about a case goes before what others write."""
    return case.is_open and case.urgency is Urgency.U1


def _left_to_others(turn: Turn, now: datetime) -> Turn:
    """Leave what is due at once to processes that send."""
    due = (o if o.not_before is not None else replace(o, not_before=now) for o in turn.outgoing)
    return replace(turn, outgoing=tuple(due))


def _turn_of(work: Work, view: View, context: Context) -> Turn:
    """Compute the turn of a piece of work; when that fails, the turn that keeps it as failed."""
    try:
        return standing_pings.kept_true(work.turn(view, context), view, context)
    except Exception as error:  # noqa: BLE001 - one bad message never stops the line
        kind = type(error).__name__
        # Its text may hold what somebody wrote: only the places in the program that it came through are logged.
        failed = work.failed(context, kind)
        inbox = failed.inbox.id if failed.inbox else None
        log.error("turn failed", inbox=inbox, work=type(work).__name__, error=kind, at=_places(error))  # noqa: TRY400
        return failed


def _places(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
