"""Where an adapter hands over what came in, in place of the core: it remembers, and can refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import StorageError
from bot.domain.messages import Inbound
from bot.ports.messengers import Receipt
from tests.kit.waiting import News


@dataclass
class Inbox:
    """Takes messages as the core would, and can be out of order."""

    taken: list[Inbound] = field(default_factory=list)
    refuses: Callable[[Inbound], bool] = lambda _: False
    tries: int = 0
    news: News = field(default_factory=News)

    async def __call__(self, message: Inbound) -> Receipt:
        self.tries += 1
        self.news.happened()
        if self.refuses(message):
            raise StorageError("the disk is full")
        is_new = message.key not in {known.key for known in self.taken}
        if is_new:
            self.taken.append(message)
        return Receipt(is_new)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so; looked at whenever a message comes."""
        await self.news.until(condition)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.taken]
