"""The journal as a file for whoever checks it elsewhere: streamed, and put in its place only when it is whole."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.domain.errors import BridgeError
from bot.domain.journal import Link, row_of
from bot.domain.verify_journal import PURGED, Head, Row, manifest_line, row_line
from bot.ports.storage import Storage
from bot.record.atomic_files import sync, sync_folder

_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class JournalExport:
    """What is exported."""

    target: Path
    chains: tuple[str, ...] = ()  #: all when empty
    withholds: bool = False  #: leave the details out, for somebody who may only verify


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported."""

    entries: int
    sha256: str


#: Records the export, after the file was made and before it appears.
Record = Callable[[Exported], Awaitable[None]]


async def export_journal(storage: Storage, order: JournalExport, record: Record) -> Exported:
    """Write chains up to their present heads. The file appears whole and recorded, or not at all.

    Raises `BridgeError` for a chain that there is not, and when the disk does not take the file.
    """
    chains = await storage.chains()
    unknown = sorted(set(order.chains) - set(chains))
    if unknown:
        raise BridgeError(f"There is no chain {unknown[0]}. There are: {', '.join(chains) or 'none yet'}.")
    folder = order.target.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".journal-", dir=folder) as work:
            made = Path(work) / "whole"
            exported = await _make(storage, order, order.chains or chains, made)
            await record(exported)
            await asyncio.to_thread(_place, made, order.target)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BridgeError(f"The journal could not be written to {folder}: {why}. Nothing was left there.") from error
    return exported


async def _make(storage: Storage, order: JournalExport, chains: Sequence[str], made: Path) -> Exported:
    rows = made.with_name("rows")
    heads: dict[str, Head] = {}
    entries: dict[str, int] = {}
    with await asyncio.to_thread(rows.open, "w", encoding="utf-8") as file:
        for chain in chains:
            before = (await storage.heads()).get(chain)
            entries[chain], last = await _write_chain(storage, chain, file, withholds=order.withholds)
            head = _head_of(before, last, (await storage.heads()).get(chain))
            heads |= {} if head is None else {chain: head}
    first = manifest_line(heads, entries, withholds=order.withholds)
    digest = await asyncio.to_thread(_join, first, rows, made)
    return Exported(sum(entries.values()), digest)


async def _write_chain(storage: Storage, chain: str, file: IO[str], *, withholds: bool) -> tuple[int, Head | None]:
    written, last = 0, None
    async for links in storage.stream_journal(chain):
        await asyncio.to_thread(_write, file, links, withholds)
        written += len(links)
        last = Head(links[-1].sequence, links[-1].hash)
    return written, last


def _head_of(before: Head | None, last: Head | None, after: Head | None) -> Head | None:
    """The stored head as of the moment that the entries are of: entries may be added while they are written.

    Where the last entry lies outside of what was stored before and after, the file tells it as the database does.
    """
    if before is None or last is None or after is None:
        return before or after
    if last.sequence <= before.sequence:
        return before
    return last if last.sequence < after.sequence else after


def _write(file: IO[str], links: Sequence[Link], withholds: bool) -> None:
    rows = (row_of(link) for link in links)
    file.writelines(f"{row_line(_withheld(row) if withholds else row)}\n" for row in rows)


def _withheld(row: Row) -> Row:
    """Leave details and salt out; records of purges hold counts only and say why others have none."""
    has_own = row.details is not None and row.act != PURGED
    return row._replace(details=None, salt=None) if has_own else row


def _join(first: str, rows: Path, made: Path) -> str:
    with made.open("wb") as whole, rows.open("rb") as body:
        whole.write(f"{first}\n".encode())
        shutil.copyfileobj(body, whole, _COPY_BYTES)
    return sync(made)


def _place(made: Path, target: Path) -> None:
    made.replace(target)
    sync_folder(target.parent)
