"""Exports that were asked for in a chat: made after the commit, then told to whoever asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.errors import BridgeError, StorageError
from bot.domain.export_orders import IdentifiedOrder, is_alive
from bot.domain.journal import Filed
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Address, Outgoing, OutgoingKind
from bot.domain.turn import ExportOrder
from bot.language.texts import tr
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.storage import Storage
from bot.record.export.case_log import export, file_name
from bot.record.export.dossier import ExportReader
from bot.record.export.manifest import ExportRequest, Manifest
from bot.record.export.progress import ProgressFile
from bot.turns.composer import Composer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever asked is told, and where."""

    person_id: int
    place: Address
    words: str
    file: str = ""  #: sent with it
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Exports:
    """Makes the files of orders."""

    storage: Storage
    line: Line
    agreement: Agreement
    folder: Path
    public_url: str
    new_id: Callable[[], int]
    clock: Callable[[], datetime]

    async def make(self, order: ExportOrder | IdentifiedOrder) -> None:
        """Make the file that was asked for and tell so, or why not. Raises nothing."""
        if isinstance(order, IdentifiedOrder):
            await self._identified(order)
        else:
            await self._plain(order)

    async def _plain(self, order: ExportOrder) -> None:
        person = (await self.storage.directory()).get(order.person_id)
        language = person.language if person else "en"
        request = ExportRequest(
            format=order.format,
            since=order.since,
            until=order.until,
            parties=(person.party,) if person else (),
            exporter=f"person:{order.person_id}",
            reason=order.reason,
            only=order.only,
            has_mark=order.has_mark,
            zone=self.agreement.zone_of(person.party if person else ""),
        )
        number = self.new_id()
        name = file_name(request, number)
        progress = await asyncio.to_thread(ProgressFile, self.folder, number, order.person_id, self.clock())
        manifest, why = await self._made(
            lambda: export(
                self.storage,
                request,
                self.folder / name,
                clock=self.clock,
                agreement=self.agreement,
                progress=lambda done, of: progress.told(done, of, self.clock()),
            )
        )
        await asyncio.to_thread(*((progress.failed, self.clock()) if manifest is None else (progress.finished,)))
        if manifest is None:
            await self._tell(Told(order.person_id, order.place, _failed(why, language)))
            return
        words = tr(
            language,
            "Cases in the file: {count}. De-identified. SHA-256 {digest}. For 24 hours: {link}",
            count=manifest.count,
            digest=manifest.sha256,
            link=self._link(name),
        )
        await self._tell(Told(order.person_id, order.place, words, name, order.reason))

    async def _identified(self, order: IdentifiedOrder) -> None:
        """Make the file of an approved order; it leaves on no messenger, only its page is named."""
        person = (await self.storage.directory()).get(order.person_id)
        if person is None or not is_alive(order, person):
            log.warning("identified export not made: who asked for it may not any more", order=order.id)
            return
        request = ExportRequest(
            format=order.format,
            since=order.since,
            until=order.until,
            parties=(order.party,),
            exporter=f"person:{order.person_id}",
            reason=order.reason,
            recipient=order.recipient,
            approved_by=f"person:{order.decided_by}",
            number=order.number,
        )
        name = file_name(request, self.new_id())
        reader = ExportReader(order.party, self.agreement)

        async def included(cases: Sequence[Case]) -> None:
            await self._journal_reads(order, cases)

        manifest, why = await self._made(
            lambda: export(
                self.storage,
                request,
                self.folder / name,
                clock=self.clock,
                agreement=self.agreement,
                reader=reader,
                included=included,
            )
        )
        place = order.place or next(iter(person.in_order), None)
        if manifest is not None:
            await self._journal_made(order, manifest)
        if place is not None:
            words = self._sealed(order, manifest, person.language) if manifest else _failed(why, person.language)
            await self._tell(Told(order.person_id, place, words))

    async def _made(self, make: Callable[[], Awaitable[Manifest]]) -> tuple[Manifest | None, str]:
        """The manifest of what was made, or None and why nothing was."""
        try:
            return await make(), ""
        except BridgeError as error:
            return None, str(error)
        except Exception as error:  # noqa: BLE001 - its text may hold what somebody wrote: only its type is logged
            log.error("export failed", error=type(error).__name__)  # noqa: TRY400 - see above
            return None, ""

    def _sealed(self, order: IdentifiedOrder, manifest: Manifest, language: str) -> str:
        return tr(
            language,
            "Identified export {number} is made. Cases in the file: {count}. Encrypted to {recipient}; only you can "
            "fetch it: {link} SHA-256 {digest}.",
            number=order.number,
            count=manifest.count,
            recipient=f"{order.recipient[:12]}...",
            link=self._link(manifest.file),
            digest=manifest.sha256,
        )

    def _link(self, name: str) -> str:
        return f"{self.public_url.rstrip('/')}/exports/{name}"

    async def _journal_reads(self, order: IdentifiedOrder, cases: Sequence[Filed]) -> None:
        """Record that cases were read and why, before they are; without that nothing is read."""

        def act(c: Composer) -> None:
            for case in cases:
                c.journal(JournalAct.EXPORT_READ, case, order=order.number, reason=order.reason)

        await self.line.submit(Order(act, actor=f"person:{order.person_id}"))

    async def _journal_made(self, order: IdentifiedOrder, manifest: Manifest) -> None:
        def act(c: Composer) -> None:
            c.journal(
                JournalAct.EXPORT_MADE,
                order=order.number,
                file=manifest.file,
                count=manifest.count,
                sha256=manifest.sha256,
                approved_by=order.decided_by,
            )

        try:
            await self.line.submit(Order(act, actor=f"person:{order.person_id}"))
        except StorageError:
            log.exception("identified export made, but not journalled as made", order=order.id)

    async def _tell(self, told: Told) -> None:
        def act(c: Composer) -> None:
            if told.file:
                c.journal(JournalAct.EXPORTED, file=told.file, person=told.person_id, reason=told.reason)
            c.send(
                Outgoing(
                    id=c.context.new_id(),
                    dedupe_key=f"export:{c.inbox_id}",
                    kind=OutgoingKind.FILE if told.file else OutgoingKind.REPLY,
                    recipient=f"person:{told.person_id}",
                    address=told.place,
                    text=told.words,
                    file=told.file,
                )
            )

        try:
            await self.line.submit(Order(act, actor=f"person:{told.person_id}"))
        except StorageError:
            log.exception("export made, but its message was not stored")


def _failed(why: str, language: str) -> str:
    if not why:
        return tr(language, "The export failed, nothing was made. Please try again.")
    return tr(language, "The export failed, nothing was made: {reason}", reason=why)
