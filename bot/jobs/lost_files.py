"""Says loudly that the database is not at its place any more: past the outbox, since nothing can be stored then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import SendError, StorageError
from bot.domain.messages import Address, Delivery, Outgoing, OutgoingKind
from bot.domain.people import Directory, Person, Role
from bot.language.texts import tr
from bot.ports.messengers import Adapter
from bot.ports.storage import Storage

_AGAIN = timedelta(minutes=1)  #: between two lines in the log
_TOLD = frozenset({Role.ADMIN, Role.SUPERVISOR})
#: Its messages are read from the very database that is gone.
_OURS = "web"

log = structlog.get_logger(__name__)


class FileWatch:
    """Looks every few seconds; tells admins and supervisors once, the log once a minute."""

    def __init__(
        self,
        storage: Storage,
        adapters: Mapping[str, Adapter],
        clock: Callable[[], datetime],
        new_id: Callable[[], int],
    ) -> None:
        """Take the storage, who sends, the clock, and where ids come from."""
        self._storage = storage
        self._adapters = {name: adapter for name, adapter in adapters.items() if name != _OURS}
        self._clock = clock
        self._new_id = new_id
        self._since: datetime | None = None  #: when it was first seen to be gone
        self._logged: datetime | None = None

    async def tick(self) -> bool:
        """Look; returns whether something is missing."""
        missing, now = self._storage.missing(), self._clock()
        if not missing:
            self._since = self._logged = None
            return False
        if self._logged is None or now - self._logged >= _AGAIN:
            log.error("The database is not at its place any more.", missing=missing)
            self._logged = now
        if self._since is None:
            self._since = now
            await self._tell(missing)
        return True

    async def _tell(self, missing: str) -> None:
        words = tr(
            "en",
            "The bridge cannot store anything and takes no messages: {missing} Please call whoever runs the machine, "
            "and pass urgent cases on by telephone.",
            missing=missing,
        )
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
                log.warning("Not told that the database is gone.", person=person.id, error=type(error).__name__)
            else:
                return

    def _delivery(self, person: Person, address: Address, words: str) -> Delivery:
        number, recipient = self._new_id(), f"person:{person.id}"
        message = Outgoing(number, f"lost:{number}", OutgoingKind.TOLD, recipient, address, text=words)
        return Delivery(message)
