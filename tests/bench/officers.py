"""Two hundred officers who each report one case after another, and a stopwatch on every reply."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from tests.bench.webhook import Webhook
from tests.fakes.updates import update
from tests.kit.story import FIRST_CHAT

_PATIENCE = 60  #: seconds without a reply until a run is given up


@dataclass(slots=True)
class Measured:
    """What one run showed."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  #: seconds from the webhook call to the reply
    cpu: float = 0.0  #: seconds of processor time that the side took; 0 where the system does not say

    @property
    def replies(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Replies a second."""
        return self.replies / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that this share of the replies stays under, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


class Officers:
    """Everybody who writes. `replied` is what the Bot API calls for each message of the bot."""

    def __init__(self, messages: Sequence[str]) -> None:
        self._messages = messages
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._update_ids = itertools.count(1)
        self.surplus = 0  #: messages to officers that nobody waited for

    def replied(self, chat: int) -> None:
        """Take a message of the bot to a chat."""
        waiting = self._waiting.pop(chat, None)
        if waiting is not None:
            waiting.set_result(None)
        elif chat >= FIRST_CHAT:
            self.surplus += 1

    async def play(self, webhook: Webhook, chats: Sequence[int], at_once: int) -> Measured:
        """Let every chat tell the whole story, so many at once."""
        measured = Measured()
        following = iter(chats)
        started = perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(self._shift(webhook, following, measured))
        measured.seconds = perf_counter() - started
        return measured

    async def _shift(self, webhook: Webhook, chats: Iterator[int], measured: Measured) -> None:
        loop = asyncio.get_running_loop()
        for chat in chats:
            for text in self._messages:
                reply = self._waiting[chat] = loop.create_future()
                started = perf_counter()
                await webhook.post(update(next(self._update_ids), chat, text))
                async with asyncio.timeout(_PATIENCE):
                    await reply
                measured.latencies.append(perf_counter() - started)
