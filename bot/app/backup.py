"""Makes a backup of what the configuration names: a copy of the database, the contents of files, no keys."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import __version__
from bot.app.key_vault import files_of, vault_of
from bot.config.model import Settings
from bot.domain.backups import LAST_GOOD
from bot.domain.errors import BridgeError
from bot.domain.journal_acts import JournalAct
from bot.domain.time_words import as_utc
from bot.domain.verify_journal import Finding
from bot.jobs.nightly_backup import NightlyBackup, NightlyPlan
from bot.language.texts import tr
from bot.line.line import Line
from bot.line.message_work import Order
from bot.ports.storage import Storage
from bot.protection.sealing import Vault
from bot.record.backup import sealed_file
from bot.record.backup.archive import DATABASE, Manifest
from bot.record.backup.sealed_file import Parts, Progress
from bot.record.journal_check import verify
from bot.turns.composer import Composer
from storage import copying, open_storage
from storage.schema import head, require_head

_WORK = ".backup"  #: in the data folder: a copy of the database while it is encrypted


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """Where a backup goes, who alone can open it, and which moment it is made at."""

    target: Path
    recipient: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written and read back."""

    made_at: datetime
    sha256: str
    files: int
    has_database: bool
    findings: int  #: what is wrong with the record in it
    key_file: str  #: what it cannot be used without


#: Journals that a backup was made, after it was read back and before it has its name.
Record = Callable[[Callable[[Composer], None]], Awaitable[object]]


async def back_up(
    settings: Settings, storage: Storage, order: BackupOrder, record: Record, progress: Progress
) -> Backup:
    """Make a backup that appears whole, checked and journalled, or not at all; the work is done in a thread.

    Raises `BridgeError` when the database cannot be copied, the copy is damaged or the file is not what was written.
    """
    part = order.target.with_name(f".{order.target.name}.{os.getpid()}.part")
    stopped = threading.Event()
    try:
        backup = await asyncio.to_thread(_make, settings, order, part, _until(stopped, progress))
        await record(lambda c: _journal(c, backup, order))
        await asyncio.to_thread(sealed_file.place, part, order.target)
    finally:
        stopped.set()
        part.unlink(missing_ok=True)
    if backup.has_database and not backup.findings:
        await storage.save_cursor(LAST_GOOD, int(order.now.timestamp()))
    return backup


def _until(stopped: threading.Event, progress: Progress) -> Progress:
    """Let the work end at its next step once nobody waits for it, so that the program need not wait to stop."""

    @contextlib.contextmanager
    def watched(label: str, length: int) -> Iterator[Callable[[int], object]]:
        with progress(label, length) as advance:

            def step(done: int) -> None:
                if stopped.is_set():
                    raise BridgeError("The backup was given up, because the bridge stops.")
                advance(done)

            yield step

    return watched


def _journal(c: Composer, backup: Backup, order: BackupOrder) -> None:
    c.journal(
        JournalAct.BACKED_UP,
        sha256=backup.sha256,
        recipient=order.recipient,
        files=backup.files,
        has_database=backup.has_database,
        findings=backup.findings,
    )


def _make(settings: Settings, order: BackupOrder, part: Path, progress: Progress) -> Backup:
    url, vault = settings.database.url.get_secret_value(), vault_of(settings)
    require_head(url)
    with working(settings.bridge.data_dir / _WORK) as folder:
        copy = folder / DATABASE
        engine, findings = _copy(url, vault, copy, progress)
        files = files_of(settings, vault).paths()
        manifest = Manifest(
            as_utc(order.now), __version__, head(), engine, vault.ring.ids, Path(vault.source.name).name, findings
        )
        parts = Parts(manifest, copy if engine else None, files)
        sha256 = sealed_file.write(part, parts, order.recipient, progress)
    return Backup(order.now, sha256, len(files), bool(engine), findings, vault.source.name)


def _copy(url: str, vault: Vault, copy: Path, progress: Progress) -> tuple[str, int]:
    """Copy the database and check the record in it; returns its engine (empty when not copied) and the findings."""
    source = copying.file_of(url)
    if source is None:
        findings = count_findings(url, vault)
        with progress("Copied", 0) as advance:
            return "postgresql" if copying.copy_database(url, copy, advance) else "", findings
    with progress("Copied", source.stat().st_size) as advance:
        copying.copy_database(url, copy, advance)
    findings = count_findings(copying.url_of(copy), vault)
    copying.settle(copy)
    return "sqlite", findings


def _no_clock() -> datetime:
    """Whoever only reads the record asks for no time."""
    raise LookupError("no time is told here")


def count_findings(url: str, vault: Vault) -> int:
    """Check the record of a database, in a loop of this thread."""

    async def count() -> int:
        storage = open_storage(url, clock=_no_clock, owner="backup", vault=vault)
        await storage.start()
        try:
            return sum([isinstance(said, Finding) async for said in verify(storage)])
        finally:
            await storage.stop()

    return asyncio.run(count())


@contextlib.contextmanager
def working(folder: Path, *, keeps: str = "") -> Iterator[Path]:
    """A folder for work in progress, for its owner and for one at a time; what an interrupted one left goes first.

    Of that a file named `keeps` stays.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise BridgeError("Another backup or restore is under way here; nothing was changed.") from None
    try:
        _clear(folder, keeps)
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def _clear(folder: Path, keeps: str) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != keeps:
            path.unlink()


def nightly_backup(settings: Settings, storage: Storage, line: Line, clock: Callable[[], datetime]) -> NightlyBackup:
    """Make what backs up every night, as the configuration says."""

    async def make(target: Path) -> str:
        order = BackupOrder(target, settings.backup.recipient, clock())
        backup = await back_up(settings, storage, order, lambda act: line.submit(Order(act, actor="clock")), _unseen)
        if backup.findings:
            return tr("en", "The record in the nightly backup does not hold: casebridge journal verify")
        if not backup.has_database:
            return tr("en", "The nightly backup holds no database, only files: pg_dump is not installed.")
        return ""

    folder = Path(settings.backup.folder) if settings.backup.folder else settings.bridge.data_dir / "backups"
    plan = NightlyPlan(settings.backup.at, folder, settings.backup.keep)
    return NightlyBackup(storage, line, clock, plan, make, f"backup:{os.getpid()}")


@contextlib.contextmanager
def _unseen(_label: str, _length: int) -> Iterator[Callable[[int], object]]:
    """Show nobody how far it is."""
    yield lambda _done: None
