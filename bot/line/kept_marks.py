"""What is to be said of outbox rows and is not stored yet: the last word on each row, tried until it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice

import structlog

from bot.domain.messages import DeliveryState
from bot.domain.turn import Mark

_FIRST_REST, _LONGEST_REST = 0.1, 2.0  #: seconds
_TAKEN = (DeliveryState.SENT, DeliveryState.SEEN)
_NAMED = 20  #: rows that are named in the log
_REFUSED_AT_MOST = 3  #: marks, each tried alone, until the rest of them is tried later

log = structlog.get_logger(__name__)


class KeptMarks:
    """The marks on their way to the database; after a failure they rest a little, each time for longer."""

    def __init__(self, sleep: Callable[[float], Awaitable[object]], wake: Callable[[], None]) -> None:
        """Begin with none; `wake` is called when there is something to be stored."""
        self._sleep = sleep
        self._wake = wake
        self._marks: dict[int, Mark] = {}
        self._failures = 0
        self._rest: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Count what is not stored."""
        return len(self._marks)

    @property
    def unstored(self) -> Mapping[int, Mark]:
        """By outbox id, what is not stored yet."""
        return self._marks

    @property
    def can_be_stored(self) -> bool:
        """Whether something is there, and it is time to try."""
        return bool(self._marks) and self._rest is None

    def add(self, mark: Mark) -> None:
        """Keep a mark in place of an earlier one of its row; what a messenger took stays taken."""
        before = self._marks.get(mark.outbox_id)
        if before is None or before.state not in _TAKEN or mark.state in _TAKEN:
            self._marks[mark.outbox_id] = mark
        self._wake()

    def due(self, most: int) -> list[Mark]:
        """What is to be stored now; it stays here until it is."""
        return list(islice(self._marks.values(), most)) if self._rest is None else []

    def stored(self, marks: Sequence[Mark]) -> None:
        """Let go of what is stored; what was said of the same rows since stays."""
        if marks:
            self._failures = 0
        for mark in marks:
            if self._marks.get(mark.outbox_id) is mark:
                del self._marks[mark.outbox_id]

    def failed(self, error: Exception, marks: Sequence[Mark]) -> None:
        """Try again in a while, others first."""
        if not marks:
            return
        for mark in marks:
            if self._marks.get(mark.outbox_id) is mark:
                self._marks[mark.outbox_id] = self._marks.pop(mark.outbox_id)
        if not self._failures:
            log.warning(
                "Delivery marks could not be stored; they are kept.", marks=len(self), error=type(error).__name__
            )
        seconds = min(_LONGEST_REST, _FIRST_REST * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        if self._rest is None:
            self._rest = asyncio.create_task(self._wait(seconds), name="marks rest")

    async def store(self, marks: Sequence[Mark], apply: Callable[[Sequence[Mark]], Awaitable[object]]) -> None:
        """Store what can be stored: all at once, or else each alone; the rest is kept."""
        if not marks or await self._is_stored(marks, apply):
            return
        refused = 0
        for mark in marks:
            refused += not await self._is_stored([mark], apply)
            if refused >= _REFUSED_AT_MOST:
                return

    async def _is_stored(self, marks: Sequence[Mark], apply: Callable[[Sequence[Mark]], Awaitable[object]]) -> bool:
        try:
            await apply(marks)
        except Exception as error:  # noqa: BLE001 - whatever it is, the marks are kept and the line goes on
            self.failed(error, marks)
            return False
        self.stored(marks)
        return True

    async def _wait(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._rest = None
        self._wake()

    def give_up(self) -> None:
        """Say in the log what could not be stored in the end: it may be sent once more."""
        if self._marks:
            ids = sorted(self._marks)[:_NAMED]
            log.error("Delivery marks were not stored; messages may come twice.", marks=len(self), outbox=ids)
        self._marks.clear()
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        self._wake()
