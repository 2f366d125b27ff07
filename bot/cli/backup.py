"""Commands about backups: one file with all that is kept but the keys, and a bridge made of such a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.app import essentials
from bot.app.backup import Backup, BackupOrder
from bot.app.backup import back_up as make_backup
from bot.app.restore import restore as make_bridge
from bot.cli.database import opened, write
from bot.config.model import Settings
from bot.domain.errors import BridgeError
from bot.domain.time_words import as_utc
from bot.jobs.restored import tell_restored
from bot.record.age import is_recipient
from bot.turns.composer import Composer

_NO_DATABASE = (
    "The database is NOT in it: pg_dump is not installed here. Install the client programs of PostgreSQL and call this "
    "again, or copy the database itself, all its tables, by pg_dump or point-in-time recovery."
)
_NO_RECIPIENT = (
    "A backup is encrypted to an age recipient: name it with --to, or in backup.recipient. `age-keygen` makes a pair; "
    "the recipient begins with age1, and its secret half is kept away from this machine."
)
#: Exit codes of a backup that was made and is not all that one wants.
_RECORD_BROKEN, _ONLY_FILES = 1, 3


@contextmanager
def _shown(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """Show how far it is, to a person."""
    is_seen = sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=not is_seen) as bar:
        yield bar.update


async def back_up(settings: Settings, target: Path, to: str, by: str) -> tuple[list[str], int]:
    """Make a backup while the bridge runs, or while it does not; returns what to say and the exit code."""
    order = BackupOrder(target, to or settings.backup.recipient, essentials.clock())
    if not is_recipient(order.recipient):
        raise BridgeError(_NO_RECIPIENT)
    async with opened(settings) as storage:

        async def record(act: Callable[[Composer], None]) -> None:
            await write(settings, storage, by, act)

        backup = await make_backup(settings, storage, order, record, _shown)
    return _said(backup, target)


def _said(backup: Backup, target: Path) -> tuple[list[str], int]:
    lines = [
        f"{target}: backup of {as_utc(backup.made_at)}, files {backup.files}, read back, SHA-256 {backup.sha256}.",
        f"To restore it you also need the key file {backup.key_file}, which is not in it, and the identity of "
        "the recipient.",
    ]
    if backup.findings:
        lines.append(f"The record in it does not hold, findings: {backup.findings}. See: casebridge journal verify")
        return lines, _RECORD_BROKEN
    if not backup.has_database:
        return [*lines, _NO_DATABASE], _ONLY_FILES
    return lines, 0


async def restore(settings: Settings, file: Path, identity: Path) -> list[str]:
    """Make a bridge of a backup, and record that this was done."""
    done = await asyncio.to_thread(make_bridge, settings, file, identity, essentials.clock(), _shown)
    async with opened(settings) as storage:
        await tell_restored(storage, lambda act: write(settings, storage, "restore", act))
    return [
        f"Restored as of {as_utc(done.restored.made_at)}, files {done.files}; the record holds.",
        f"Messages that waited: {done.marked.again} go out and say that they may be repeats, {done.marked.parked} are "
        "parked (casebridge outbox list).",
        "Sign-in links, sessions and unused codes ended. Cut off again whoever was cut off since: casebridge revoke ID",
    ]
