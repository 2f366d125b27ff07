"""Everything that is kept: one port, two implementations. Table rows never leave this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.audit import Sighted
    from bot.domain.verify_journal import Head
    from bot.ports.storage import Storage
    from bot.protection.sealing import Vault
    from storage.rotation import Resealed
    from storage.schema import SchemaState


def open_storage(
    url: str,
    *,
    clock: Callable[[], datetime],
    vault: Vault,
    owner: str = "bridge",
    answer_within: timedelta = timedelta(seconds=5),
) -> Storage:
    """Choose a storage by its URL; `start` opens it. `owner` names this process to whoever looks at the server.

    Nothing that somebody waits for takes longer than `answer_within`: it raises `Unwritable` then.
    What is sensitive is sealed by `vault`; `start` raises `KeysUnusable` when the database is sealed with other keys.
    """
    from storage.postgres import PostgresStorage
    from storage.sql.engines import is_sqlite
    from storage.sqlite import SqliteStorage

    kind = SqliteStorage if is_sqlite(url) else PostgresStorage
    return kind(url, clock=clock, owner=owner, vault=vault, answer_within=answer_within)


def migrate(url: str, vault: Vault) -> str:
    """Bring a database to this program's schema and say in one sentence what was done."""
    from storage.schema import migrate

    return migrate(url, vault)


def schema_state(url: str) -> SchemaState:
    """Say whether a database's schema is this program's (``head``), ``older``, ``newer`` or ``empty``."""
    from storage.schema import schema_state

    return schema_state(url)


def noted_keys(url: str) -> frozenset[str]:
    """Name the keys that a database is sealed with; none for one that is not there yet or holds plain text."""
    from storage.schema import keys_of

    return keys_of(url)


def look_at(url: str, clock: Callable[[], datetime], seen: Mapping[str, Head]) -> Sighted:
    """Look at what must hold at any moment, without keys and without a write. Raises only `StorageError`."""
    from storage.looking import look_at

    return look_at(url, clock, seen)


def fields_by_key(url: str) -> Mapping[str, int]:
    """Count the sealed fields by the id of their key."""
    from storage.rotation import fields_by_key

    return fields_by_key(url)


def reseal(url: str, vault: Vault, advance: Callable[[int], object]) -> Resealed:
    """Seal again whatever is not under the current key, also while a bridge runs."""
    from storage.rotation import reseal

    return reseal(url, vault, advance)
