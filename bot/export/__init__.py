"""The case log as a file: streamed in flat memory, counted, hashed, and put in its place only when it is whole."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.case import Case
from bot.errors import BridgeError
from bot.export.manifest import ExportRequest, Manifest, begin
from bot.export.rows import Subject, row
from bot.export.writers import WRITERS, CaseFile
from bot.people import Directory
from bot.placing import sync, sync_folder
from bot.ports import Storage

__all__ = ["ExportRequest", "Manifest", "Progress", "export", "file_name"]

#: Is told after each chunk how many cases are written, and how many there were at the beginning.
Progress = Callable[[int, int], None]

_MANIFEST = ".manifest.json"


def file_name(order: ExportRequest, export_id: int) -> str:
    """Name an export: safe on any system, and tells nothing but the period."""
    days = (f"{moment.astimezone(UTC):%Y%m%d}" for moment in (order.since, order.until))
    ending = re.sub(r"[^a-z0-9]", "", order.format.lower())
    return f"casebridge-{'-'.join(days)}-{export_id}.{ending}"


async def export(
    storage: Storage,
    order: ExportRequest,
    target: Path,
    *,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Manifest:
    """Write the cases of an order to `target`, and the manifest beside it as ``<target>.manifest.json``.

    Both appear whole and readable by their owner only, or not at all. Raises `BridgeError`, with a sentence that says
    why, when the order is incomplete, the disk does not take it, or the count differs from the storage's own.
    """
    if order.format not in WRITERS:
        raise BridgeError(f"An export is made as one of {', '.join(WRITERS)}.")
    manifest = begin(order, target.name, clock())
    try:
        # What is not whole yet lives in a folder of its own, on the same disk, that goes away however this ends.
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
            return await _make(storage, order, manifest, target, Path(folder), clock(), progress)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BridgeError(
            f"The export could not be written to {target.parent}: {why}. Nothing was left there."
        ) from error


async def _make(
    storage: Storage,
    order: ExportRequest,
    manifest: Manifest,
    target: Path,
    folder: Path,
    now: datetime,
    progress: Progress | None,
) -> Manifest:
    part = folder / "part"
    file = await asyncio.to_thread(WRITERS[order.format], part)
    try:
        count = await _fill(storage, order, file, now, progress)
        manifest = manifest.counted(count)
        await asyncio.to_thread(file.finish, manifest)
    finally:
        await asyncio.to_thread(file.abandon)
    return await asyncio.to_thread(_put_in_place, part, target, manifest)


async def _fill(
    storage: Storage, order: ExportRequest, file: CaseFile, now: datetime, progress: Progress | None
) -> int:
    """Write all cases and return how many, having compared them with the storage's own count before and after.

    The stream shows one moment between the two counts; they differ only when cases were opened in the meantime.
    """
    wanted = (order.since, order.until, order.parties)
    directory = await storage.directory()
    before = await storage.count_cases(*wanted)
    written = 0
    async with aclosing(_chunks(storage.stream_cases(*wanted))) as chunks:
        async for cases in chunks:
            await asyncio.to_thread(_write, file, cases, directory, now)
            written += len(cases)
            if progress is not None:
                progress(written, before)
    after = await storage.count_cases(*wanted)
    if not before <= written <= after:
        raise BridgeError(
            f"The export was given up: {written} cases were read, but {after} are stored. Please try again."
        )
    return written


async def _chunks(stream: AsyncIterator[list[Case]]) -> AsyncGenerator[list[Case]]:
    """Hand a stream on, and end it (and its transaction) as soon as nobody wants more."""
    try:
        async for cases in stream:
            yield cases
    finally:
        if (close := getattr(stream, "aclose", None)) is not None:
            await close()


def _write(file: CaseFile, cases: list[Case], directory: Directory, now: datetime) -> None:
    file.write(row(Subject(case, directory, now)) for case in cases)


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
