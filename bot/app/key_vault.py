"""Where the configuration and the keys meet: the vault of a bridge, and the key file of the embedded default."""

from __future__ import annotations

from datetime import datetime

from bot.config.model import Settings
from bot.protection.keys import KeyFile
from bot.protection.sealing import Vault
from storage import noted_keys
from storage.files import FileStore


def vault_of(settings: Settings) -> Vault:
    """Read the keys that the configuration names. Raises `KeysUnusable`."""
    return Vault(settings.security.source)


def files_of(settings: Settings, vault: Vault) -> FileStore:
    """Find where contents of files are kept."""
    return FileStore(settings.bridge.data_dir / "attachments", vault)


def make_missing_keys(settings: Settings, now: datetime) -> None:
    """Make the key file of the embedded default at its first run; never for a database that is sealed already."""
    source = settings.security.source
    if not isinstance(source, KeyFile) or source.path.exists():
        return
    if not noted_keys(settings.database.url.get_secret_value()):
        source.make(now)
