"""Web chat as a messenger: what is sent is in the outbox already, and the page reads it there."""

from __future__ import annotations

from bot.domain.errors import StorageError
from bot.domain.messages import Capabilities, Delivery, Inbound
from bot.ports.messengers import Receipt, Receive

#: No limit of its own; the length of a page is only a matter of taste.
_CAPABILITIES = Capabilities(text_limit=100_000, edits=True, files=True, file_limit=1 << 30)


class WebAdapter:
    """The messenger ``web``; its addresses are ``web:<person id>``."""

    messenger = "web"
    capabilities = _CAPABILITIES

    def __init__(self) -> None:
        """Make it; nothing is received before `start`."""
        self._receive: Receive | None = None

    async def start(self, receive: Receive) -> None:
        """Hand what people write to `receive` from now on."""
        self._receive = receive

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:  # noqa: ARG002  # the port's signature
        """Say under which id the page knows the message; it is there as soon as it is stored."""
        return delivery.edits or str(delivery.message.id)

    async def stop(self) -> None:
        """Take nothing more."""
        self._receive = None

    async def receive(self, message: Inbound) -> Receipt:
        """Store what somebody wrote on a page. Raises StorageError when it was not stored."""
        if self._receive is None:
            raise StorageError("the bridge takes no messages at the moment")
        return await self._receive(message)
