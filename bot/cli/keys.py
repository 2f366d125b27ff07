"""Commands about keys: make the file, rotate, say what is under which key."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping

import click

import storage as stores
from bot.app import essentials, key_vault
from bot.config.model import Settings
from bot.domain.errors import BridgeError, StorageError
from bot.protection.keys import KeyFile
from bot.protection.sealing import Vault
from storage.schema import require_head

_BACK_UP = "Keep a copy of it apart from the copies of the database: without it nobody can read the cases again."


def new(settings: Settings) -> str:
    """Make the key file that the configuration names."""
    file = _file(settings)
    with contextlib.suppress(StorageError):  # keys may be made before there is a database, or a way to it
        if stores.noted_keys(_url(settings)):
            raise BridgeError("The database is sealed with keys already: restore those. Nothing was changed.")
    try:
        ring = file.make(essentials.clock())
    except FileExistsError:
        raise BridgeError(f"{file.path} is there already; nothing was changed.") from None
    return f"Key {ring.current.id} is in {file.path}. {_BACK_UP}"


def push(settings: Settings) -> str:
    """Add the key for browsers' push services to a key file that was made before there was one."""
    file = _file(settings)
    try:
        with file.held():
            file.add_push(essentials.clock())
    except FileExistsError:
        raise BridgeError(f"{file.path} has a key for push services already; nothing was changed.") from None
    except BlockingIOError:
        raise BridgeError(f"A rotation of {file.path} is under way; nothing was changed.") from None
    return f"{file.path} has a key for push services now. Start all nodes anew, and copy the file again."


def status(settings: Settings) -> list[str]:
    """List the keys, oldest first, with how many fields are under each."""
    require_head(_url(settings))
    vault = key_vault.vault_of(settings)
    counted = dict(_counted(settings))
    lines = [_line(vault, key.id, f"made {key.created:%Y-%m-%d}", counted.pop(key.id, 0)) for key in vault.ring.keys]
    lines += [_line(vault, key_id or "none", "not in the keys", count) for key_id, count in sorted(counted.items())]
    return lines


def _line(vault: Vault, key_id: str, about: str, count: int) -> str:
    return f"{key_id}  {about}  {count} fields{'  current' if key_id == vault.current else ''}"


def rotate(settings: Settings) -> str:
    """Seal everything with a new key; where an earlier rotation was interrupted, with the one it added."""
    require_head(_url(settings))
    vault, source = key_vault.vault_of(settings), settings.security.source
    if not isinstance(source, KeyFile):
        return _reseal(settings, vault)
    try:
        with source.held():
            _begin(settings, vault, source)
            return _reseal(settings, vault)
    except BlockingIOError:
        raise BridgeError(f"Another rotation of {source.path} is under way; nothing was changed.") from None


def _begin(settings: Settings, vault: Vault, file: KeyFile) -> None:
    vault.refresh()
    if stores.noted_keys(_url(settings)) - {vault.current}:
        click.echo(f"An earlier rotation to key {vault.current} goes on.")
    else:
        file.add(essentials.clock())
        vault.refresh()
        click.echo(f"Key {vault.current} is added to {file.path} and seals from now on.")


def _reseal(settings: Settings, vault: Vault) -> str:
    left = _left(settings, vault)
    with click.progressbar(length=left, label="Fields sealed again") as bar:
        # Files first: a rotation that is killed goes on until the database has forgotten the older keys. Then once
        # more: a running bridge may have kept some with the key before.
        key_vault.files_of(settings, vault).reseal(bar.update)
        done = stores.reseal(_url(settings), vault, bar.update)
        broken = done.broken + key_vault.files_of(settings, vault).reseal(bar.update)
    if broken:
        raise BridgeError(
            f"{len(broken)} fields do not open with any key and stay as they are; the first is {broken[0]}. "
            f"Everything else is under key {vault.current}."
        )
    return (
        f"{done.count} fields were sealed again; everything is under key {vault.current}. Copy {vault.source.name} "
        "again: its older keys are needed only for older copies of the database."
    )


def _counted(settings: Settings) -> Mapping[str, int]:
    files = key_vault.files_of(settings, key_vault.vault_of(settings)).by_key()
    return files + Counter(stores.fields_by_key(_url(settings)))


def _left(settings: Settings, vault: Vault) -> int:
    return sum(count for key_id, count in _counted(settings).items() if key_id != vault.current)


def _url(settings: Settings) -> str:
    return settings.database.url.get_secret_value()


def _file(settings: Settings) -> KeyFile:
    source = settings.security.source
    if not isinstance(source, KeyFile):
        raise BridgeError("The keys stand in security.key already; nothing was made.")
    if not settings.security.key_file:
        raise BridgeError("security.key_file names no file: write in the configuration where it shall be.")
    return source
