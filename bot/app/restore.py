"""Makes a database of a backup, in an empty place only; until the last step no bridge takes what is there for one."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.app.backup import count_findings, working
from bot.app.key_vault import vault_of
from bot.config.model import Settings
from bot.domain.audit import SEEN_HEADS
from bot.domain.errors import BridgeError, KeysUnusable
from bot.domain.restored import Restored
from bot.domain.time_words import as_utc
from bot.language.texts import tr
from bot.protection.sealing import Vault
from bot.record.age import Identity
from bot.record.atomic_files import sync, sync_folder
from bot.record.backup.archive import DATABASE, FILES, Manifest
from bot.record.backup.sealed_file import Progress, unpack
from storage import copying, migrate
from storage.restored import Marked, mark_restored
from storage.schema import SchemaState, knows, schema_state

_WORK = ".restore"  #: in the data folder
_ATTACHMENTS = "attachments"
_PLACING = "placing"  #: there once files are put in place: what stands there then is ours to replace


@dataclass(frozen=True, slots=True)
class Done:
    """A restored bridge."""

    restored: Restored
    marked: Marked
    files: int


def restore(settings: Settings, file: Path, identity: Path, now: datetime, progress: Progress) -> Done:
    """Restore a backup. Raises `BridgeError`, with a sentence that says why; then there is no database where none was.

    The database comes last, in one step: whatever ends this before leaves nothing that is taken for one.
    """
    url, data = settings.database.url.get_secret_value(), settings.bridge.data_dir
    copying.require_empty(url)
    with working(data / _WORK, keeps=_PLACING) as folder:
        _require_no_files(data / _ATTACHMENTS, folder)
        with _undone(url, data / _ATTACHMENTS):
            done = _restore(settings, _Order(file, identity, now), folder, progress)
    (data / SEEN_HEADS).unlink(missing_ok=True)  # the record is as long as it was when the backup was made
    return done


@dataclass(frozen=True, slots=True)
class _Order:
    file: Path
    identity: Path
    now: datetime


def _restore(settings: Settings, order: _Order, folder: Path, progress: Progress) -> Done:
    url = settings.database.url.get_secret_value()
    manifest = _unpacked(order.file, order.identity, folder, progress)
    vault = _fitting_vault(settings, manifest)
    restored = Restored(datetime.fromisoformat(manifest.made_at).astimezone(UTC), order.now)
    work = copying.load(url, folder / DATABASE)
    files = _place_files(folder, settings.bridge.data_dir / _ATTACHMENTS)
    marked = mark_restored(work, vault, restored, _repeat(restored))
    migrate(work, vault)
    _check_record(work, vault, manifest)
    copying.put_in_place(url, folder / DATABASE)
    return Done(restored, marked, files)


@contextlib.contextmanager
def _undone(url: str, folder: Path) -> Iterator[None]:
    """Take the files away again when what follows fails before there is a database that names them."""
    try:
        yield
    except BaseException:
        if schema_state(url) is SchemaState.EMPTY:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _require_no_files(folder: Path, work: Path) -> None:
    if (work / _PLACING).exists():
        shutil.rmtree(folder, ignore_errors=True)
    elif folder.exists() and any(folder.iterdir()):
        raise BridgeError(f"There are files already in {folder}. Restore into an empty place only.")


def _unpacked(file: Path, identity: Path, folder: Path, progress: Progress) -> Manifest:
    opener = Identity.read(identity)
    with progress("Unpacked", file.stat().st_size) as advance, file.open("rb") as sealed:
        manifest = unpack(sealed, opener, folder, advance)
    if not manifest.engine:
        raise BridgeError("No database is in this backup, only files: restore the database by the dump made with it.")
    if not knows(manifest.schema):
        raise BridgeError("The backup was made by a newer program: use a newer program.")
    return manifest


def _fitting_vault(settings: Settings, manifest: Manifest) -> Vault:
    """The keys at hand, when they are those of the backup."""
    named = f"the key file {manifest.key_file} with key {', '.join(manifest.key_ids)}"
    try:
        vault = vault_of(settings)
    except KeysUnusable as error:
        raise BridgeError(f"{error} The backup does not hold the keys: it needs {named}.") from None
    if missing := set(manifest.key_ids) - set(vault.ring.ids):
        raise BridgeError(
            f"The keys at hand are others: {vault.source.name} has no key {', '.join(sorted(missing))}. The backup "
            f"does not hold the keys: it needs {named}. Nothing was changed."
        )
    return vault


def _place_files(work: Path, target: Path) -> int:
    """Put the contents of files where they are kept, by hash."""
    (work / _PLACING).touch()
    files = sorted((work / FILES).glob("*")) if (work / FILES).exists() else []
    for file in files:
        folder = target / file.name[:2] / file.name[2:4]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(file)
        file.rename(folder / file.name)
        sync_folder(folder)
    return len(files)


def _repeat(restored: Restored) -> str:
    """What a message says that may have been sent before."""
    return tr(
        "en",
        "This may be a repeat: the bridge was restored from a backup of {moment}.",
        moment=as_utc(restored.made_at),
    )


def _check_record(url: str, vault: Vault, manifest: Manifest) -> None:
    if count_findings(url, vault) != manifest.findings:
        raise BridgeError("The record in the backup is not what it was when the backup was made. Use an older backup.")
