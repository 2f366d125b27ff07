"""Messages on their way into the storage, each once however often WeChat brings it meanwhile. Stores nothing itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.messages import Inbound
from bot.ports.messengers import Receipt

LAST = 3  #: how often WeChat brings a message that nobody acknowledged
_REMEMBERED = timedelta(seconds=30)  #: all its tries are over by then


@dataclass(slots=True)
class Storing:
    """One message under way."""

    task: asyncio.Task[Receipt]
    since: datetime
    calls: int = 0  #: how often WeChat brought it
    is_late: bool = False  #: it took longer than WeChat waits


class Tries:
    """What is being stored, and what was a moment ago when that came too late for a call."""

    def __init__(self, store: Callable[[Inbound], Awaitable[Receipt]], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, str, str], Storing] = {}

    def take(self, message: Inbound) -> Storing:
        """Begin to store a message, or join in when that has begun; one that failed is stored anew."""
        self._forget()
        known = self._known.get(message.key)
        if known is None:
            known = self._known[message.key] = Storing(self._begin(message), self._clock())
        elif known.task.done() and known.task.exception() is not None:
            known.task = self._begin(message)
        known.calls += 1
        return known

    def done(self, message: Inbound, storing: Storing) -> None:
        """Forget what was stored in time; what was late may be brought once more."""
        if not storing.is_late:
            self._known.pop(message.key, None)

    async def stop(self, seconds: float) -> None:
        """Let what is under way end."""
        tasks = [storing.task for storing in self._known.values() if not storing.task.done()]
        self._known.clear()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()

    def _begin(self, message: Inbound) -> asyncio.Task[Receipt]:
        async def store() -> Receipt:
            return await self._store(message)

        task = asyncio.create_task(store())
        task.add_done_callback(_look_at)
        return task

    def _forget(self) -> None:
        if not self._known:
            return
        now = self._clock()
        over = [k for k, s in self._known.items() if s.task.done() and now - s.since > _REMEMBERED]
        for key in over:
            del self._known[key]


def _look_at(task: asyncio.Task[Receipt]) -> None:
    """Take note of a failure that no call waits for any more: the next try stores the message anew."""
    if not task.cancelled():
        task.exception()
