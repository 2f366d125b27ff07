"""Tells supervisors, and admins, past the outbox: for what must be said when nothing can be stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from bot.domain.errors import SendError, StorageError
from bot.domain.messages import Address, Delivery, Outgoing, OutgoingKind
from bot.domain.people import Directory, Person, Role
from bot.ports.messengers import Adapter
from bot.ports.storage import Storage

_TOLD = frozenset({Role.ADMIN, Role.SUPERVISOR})
#: Its messages are read from the very database that is not there.
_OURS = "web"

log = structlog.get_logger(__name__)


class PastOutbox:
    """Says something at once, once, to whoever a messenger reaches; what is not taken is not tried again."""

    def __init__(self, storage: Storage, adapters: Mapping[str, Adapter], new_id: Callable[[], int]) -> None:
        """Take the storage, who sends, and where ids come from."""
        self._storage = storage
        self._adapters = {name: adapter for name, adapter in adapters.items() if name != _OURS}
        self._new_id = new_id

    async def tell(self, words: str) -> None:
        """Tell everybody who looks after the bridge."""
        for person in (await self._directory()).people.values():
            if person.is_active and person.role in _TOLD:
                await self._tell_one(person, words)

    async def _directory(self) -> Directory:
        try:
            return await self._storage.directory()
        except StorageError:
            return Directory()

    async def _tell_one(self, person: Person, words: str) -> None:
        """Try the addresses of a person until one takes it."""
        for address in person.in_order:
            adapter = self._adapters.get(address.messenger)
            if adapter is None:
                continue
            try:
                await adapter.send(self._delivery(person, address, words), words, is_last=True)
            except SendError as error:
                log.warning("Not told that nothing can be stored.", person=person.id, error=type(error).__name__)
            else:
                return

    def _delivery(self, person: Person, address: Address, words: str) -> Delivery:
        number, recipient = self._new_id(), f"person:{person.id}"
        message = Outgoing(number, f"lost:{number}", OutgoingKind.TOLD, recipient, address, text=words)
        return Delivery(message)
