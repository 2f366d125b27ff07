"""Where an adapter hands over what came in, in place of the core: it remembers, and can refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import StorageError
from bot.domain.messages import Inbound
from bot.ports.messengers import Receipt


@dataclass
class Inbox:
    """Takes messages as the core would, and can be out of order."""

    taken: list[Inbound] = field(default_factory=list)
    refuses: Callable[[Inbound], bool] = lambda _: False
    tries: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, message: Inbound) -> Receipt:
        self.tries += 1
        self.changed.set()
        if self.refuses(message):
            raise StorageError("the disk is full")
        is_new = message.key not in {known.key for known in self.taken}
        if is_new:
            self.taken.append(message)
        return Receipt(is_new)

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.taken]
