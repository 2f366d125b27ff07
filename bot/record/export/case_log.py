"""The case log as a file: streamed in flat memory, counted, hashed, and put in its place only when it is whole."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.agreement import Agreement
from bot.domain.case import Case
from bot.domain.errors import BridgeError
from bot.domain.fields import field
from bot.domain.frozen import replace
from bot.domain.people import Directory, Role
from bot.domain.subjects import only
from bot.ports.storage import Storage
from bot.protection import redaction_policy, standings
from bot.protection.seen_by import seen_by
from bot.record.atomic_files import sync, sync_folder
from bot.record.export.age import SealedFile
from bot.record.export.columns import Subject
from bot.record.export.dossier import Dossier, ExportReader
from bot.record.export.file_form import FileForm
from bot.record.export.layouts import Layout, layout_of
from bot.record.export.manifest import ExportRequest, Manifest, begin
from bot.record.export.writers import STREAMED, WRITERS, CaseFile
from bot.record.export.xlsx import steady

#: Is told after each chunk how many cases are read, and how many there were at the beginning.
Progress = Callable[[int, int], None]
#: Records each chunk of cases before what points to people in them is read. What it raises ends the export.
Included = Callable[[Sequence[Case]], Awaitable[None]]

#: Of the place only the province is ever written, which is as telling as a citizenship.
_PLACE = "area"
_MANIFEST = ".manifest.json"
_ENDINGS = {"htcds": "htcds.csv"}


@dataclass(frozen=True, slots=True)
class _Making:
    """An export under way."""

    storage: Storage
    order: ExportRequest
    layout: Layout
    now: datetime
    agreement: Agreement
    reader: ExportReader | None
    progress: Progress | None
    included: Included | None

    def open(self, path: Path) -> CaseFile:
        """Begin the file."""
        order, columns = self.order, self.layout.columns
        zone = order.zone if steady(order.zone, order.since, max(order.until, self.now)) else UTC
        form = FileForm(zone, has_mark=order.has_mark, since=order.since)
        if order.is_identified:
            return SealedFile(path, columns, order.format, order.recipient, form)
        return WRITERS[order.format](path, columns, form)

    async def gather(self, cases: Sequence[Case], directory: Directory) -> list[Dossier]:
        """Fetch what rows of these cases need."""
        subjects = [Subject(case, directory, self.now) for case in map(self._as_logged, cases)]
        if self.reader is None:
            return [Dossier(subject) for subject in subjects]
        return [await self._read(subject, self.reader) for subject in subjects]

    def _as_logged(self, case: Case) -> Case:
        """The case with the answers that every side for which the log is made may read."""
        if self.order.is_identified:
            return case  # its one reader gets more, by the same policy
        sides = self.order.parties or (case.reporting, case.requested)
        readers = [standings.Reader(side, Role.ADMIN) for side in sides if side in (case.reporting, case.requested)]
        for reader in readers:
            case = seen_by(case, reader.party, self.agreement)
        names = {*case.answers, *(name for own in case.apart.values() for name in own)}
        told = {n for n in names if all(self._is_told("citizenship" if n == _PLACE else n, case, r) for r in readers)}
        return only(case, told)

    def _is_told(self, name: str, case: Case, reader: standings.Reader) -> bool:
        return redaction_policy.may_read(field(name), case, reader, redaction_policy.Way.EXPORT, self.agreement)

    async def _read(self, subject: Subject, reader: ExportReader) -> Dossier:
        texts = (await self.storage.history(subject.case.id)).texts
        return Dossier(subject, reader, texts, tuple(await self.storage.secure_entries(subject.case.id)))


def file_name(order: ExportRequest, export_id: int) -> str:
    """Name an export: safe on any system, and tells nothing but the period."""
    days = (f"{moment.astimezone(order.zone):%Y%m%d}" for moment in (order.since, order.until))
    form = order.format.lower()
    ending = _ENDINGS.get(form) or re.sub(r"[^a-z0-9]", "", form)
    return f"casebridge-{'-'.join(days)}-{export_id}.{ending}{'.age' if order.is_identified else ''}"


async def export(  # noqa: PLR0913 - what an export is made of, by name
    storage: Storage,
    order: ExportRequest,
    target: Path,
    *,
    clock: Callable[[], datetime],
    agreement: Agreement,
    progress: Progress | None = None,
    reader: ExportReader | None = None,
    included: Included | None = None,
) -> Manifest:
    """Write the cases of an order to `target`, and the manifest beside it as ``<target>.manifest.json``.

    Both appear whole and readable by their owner only, or not at all. An order with a recipient is identified: it is
    encrypted to that recipient while it is written, holds what its `reader` may read, and `included` is told of every
    case in it. Raises `BridgeError`, with a sentence that says why, when the order is incomplete, the disk does not
    take it, or the count differs from the storage's own.
    """
    _check(order, reader)
    layout = layout_of(order.format, is_identified=order.is_identified)
    manifest = begin(order, target.name, clock(), layout.columns, layout.notes)
    making = _Making(storage, order, layout, clock(), agreement, reader, progress, included)
    try:
        # What is not whole yet lives in a folder of its own, on the same disk, that goes away however this ends.
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
            return await _make(making, manifest, target, Path(folder))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BridgeError(
            f"The export could not be written to {target.parent}: {why}. Nothing was left there."
        ) from error


def _check(order: ExportRequest, reader: ExportReader | None) -> None:
    forms = STREAMED if order.is_identified else WRITERS
    if order.format not in forms:
        what = "An identified export" if order.is_identified else "An export"
        raise BridgeError(f"{what} is made as one of {', '.join(forms)}.")
    if order.is_identified and (reader is None or order.parties != (reader.party,)):
        raise BridgeError("An identified export is made for one side, of its own cases.")


async def _make(making: _Making, manifest: Manifest, target: Path, folder: Path) -> Manifest:
    part = folder / "part"
    file = await asyncio.to_thread(making.open, part)
    try:
        manifest = manifest.counted(await _fill(making, file))
        await asyncio.to_thread(file.finish, manifest)
    finally:
        await asyncio.to_thread(file.abandon)
    return await asyncio.to_thread(_put_in_place, part, target, manifest)


async def _fill(making: _Making, file: CaseFile) -> int:
    """Write all cases and return how many, having compared them with the storage's own count before and after.

    The stream shows one moment between the two counts; they differ only when cases were opened in the meantime.
    """
    storage, order = making.storage, making.order
    wanted = (order.since, order.until, order.parties)
    directory = await storage.directory()
    before = await storage.count_cases(*wanted)
    read = written = 0
    async with aclosing(_chunks(storage.stream_cases(*wanted))) as chunks:
        async for cases in chunks:
            wished = [case for case in cases if order.only.takes(case)]
            if making.included is not None:
                await making.included(wished)
            dossiers = await making.gather(wished, directory)
            await asyncio.to_thread(_write, file, making.layout, dossiers)
            read, written = read + len(cases), written + len(wished)
            if making.progress is not None:
                making.progress(read, before)
    after = await storage.count_cases(*wanted)
    if not before <= read <= after:
        raise BridgeError(f"The export was given up: {read} cases were read, but {after} are stored. Please try again.")
    return written


async def _chunks(stream: AsyncIterator[list[Case]]) -> AsyncGenerator[list[Case]]:
    """Hand a stream on, and end it (and its transaction) as soon as nobody wants more."""
    try:
        async for cases in stream:
            yield cases
    finally:
        if (close := getattr(stream, "aclose", None)) is not None:
            await close()


def _write(file: CaseFile, layout: Layout, dossiers: Sequence[Dossier]) -> None:
    file.write(row for dossier in dossiers for row in layout.rows(dossier))


def _put_in_place(part: Path, target: Path, manifest: Manifest) -> Manifest:
    """Move the file and its manifest to where they belong, safe on disk; neither stays without the other."""
    whole = replace(manifest, sha256=sync(part))
    beside = target.with_name(target.name + _MANIFEST)
    note = part.with_name("manifest")
    note.write_text(whole.as_json(indent=2) + "\n", encoding="utf-8")
    sync(note)
    part.replace(target)
    try:
        note.replace(beside)
    except OSError:
        target.unlink()
        raise
    sync_folder(target.parent)
    return whole
