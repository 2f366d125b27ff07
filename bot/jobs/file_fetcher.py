"""Fetches files from where they were left, after the commit; retries, then parks visibly. Knows only ports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.attachments import LIMIT, FileState, StoredFile, failed, stored
from bot.domain.errors import Refused, SendError, StorageError, Unavailable
from bot.domain.file_types import sniff
from bot.domain.journal_acts import JournalAct
from bot.line.message_work import Order
from bot.line.work import Work
from bot.ports.messengers import FileSource
from bot.ports.reads import Wanted
from bot.ports.storage import Files, Storage
from bot.turns.composer import Composer

AT_ONCE = 3  #: files of one messenger in memory at a time
LEASE = timedelta(minutes=5)  #: longer than any try; a crash makes a file late by no more than this

log = structlog.get_logger(__name__)


class Fetcher:
    """One tick a second for each messenger, so that a slow one keeps no other waiting: files that wait."""

    def __init__(
        self,
        storage: Storage,
        sources: Mapping[str, FileSource],
        files: Files,
        *,
        submit: Callable[[Work], Awaitable[object]],
        clock: Callable[[], datetime],
    ) -> None:
        """Take the storage, the messengers that can be asked, the content store, the line and the clock."""
        self._storage = storage
        self._sources = sources
        self._files = files
        self._submit = submit
        self._clock = clock

    @property
    def messengers(self) -> tuple[str, ...]:
        """From where files are fetched."""
        return tuple(self._sources)

    async def tick(self, *messengers: str) -> int:
        """Try some of what is due; returns how many there were. One bad file never stops the others."""
        claimed = await self._storage.claim_files(messengers or self.messengers, self._clock(), AT_ONCE, LEASE)
        await asyncio.gather(*(self._one(file) for file in claimed))
        return len(claimed)

    async def _one(self, file: StoredFile) -> None:
        outcome = await self._tried(file)
        order = Order(partial(_note, outcome), actor="bridge", wanted=Wanted(cases=(file.case_id,)))
        try:
            await self._submit(order)
        except StorageError:
            log.warning("what became of a file was not stored, it is fetched again", file=file.id)

    async def _tried(self, file: StoredFile) -> StoredFile:
        try:
            content = _checked(await self._sources[file.messenger].fetch(file.file_id, LIMIT))
            return stored(file, await self._files.put(content), sniff(content), len(content))
        except SendError as error:
            log.info("file not fetched", file=file.id, kind=type(error).__name__, attempt=file.attempts + 1)
            return failed(file, error, self._clock())
        except Exception as error:  # noqa: BLE001 - one bad file never stops the loop; its text may hold anything
            log.error("file not fetched", file=file.id, kind=type(error).__name__)  # noqa: TRY400 - see above
            return failed(file, Unavailable("The file could not be fetched or kept."), self._clock())


def _checked(content: bytes) -> bytes:
    if not content:
        raise Refused("The file is empty.")
    if len(content) > LIMIT:
        raise Refused("The file is too large.")
    return content


def _note(file: StoredFile, c: Composer) -> None:
    case = c.case(file.case_id)
    if case is None:
        return
    c.kept.put_file(file)
    if file.state is FileState.STORED:
        c.journal(
            JournalAct.FILE_STORED, case, file=file.id, sha256=file.sha256, media_type=file.media_type, size=file.size
        )
    elif file.state is FileState.PARKED:
        c.journal(JournalAct.FILE_PARKED, case, file=file.id, reason=file.reason)
