"""Where an adapter hands in what came: stored before anybody is told that it arrived. Verifies and parses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from bot.domain.errors import StorageError
from bot.domain.messages import Inbound
from bot.ports.messengers import Receipt, Receive

_log = structlog.get_logger()


class Entrance:
    """The way of one messenger's verified messages into the bridge. Whatever goes wrong is a `StorageError`."""

    def __init__(self, messenger: str) -> None:
        self._messenger = messenger
        self._receive: Receive | None = None

    def open(self, receive: Receive) -> None:
        """Let messages in; each goes to `receive`."""
        self._receive = receive

    def close(self) -> None:
        """Let nothing in any more."""
        self._receive = None

    async def take(self, message: Inbound) -> Receipt:
        """Have one message stored; returns after the commit."""
        if self._receive is None:
            raise StorageError("the bridge takes no messages yet")
        try:
            return await self._receive(message)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the message is not stored
            _log.error("A message could not be stored.", messenger=self._messenger, error=type(error).__name__)
            raise StorageError("not stored") from None

    async def take_all(self, messages: Sequence[Inbound]) -> None:
        """Have several messages of one call stored, in their order; raises when one of them was not.

        The others are stored then, too: when the call comes again, they are known by their keys.
        """
        # Tasks start in the order of their making, so the core sees each chat's messages in order.
        outcomes = await asyncio.gather(*map(self.take, messages), return_exceptions=True)
        if any(isinstance(outcome, BaseException) for outcome in outcomes):
            raise StorageError("some messages were not stored")
