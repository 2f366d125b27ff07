"""Whether the keys at hand are those that the database is sealed with."""

from __future__ import annotations

import hmac

from sqlalchemy import Connection, delete, inspect, select

from bot.domain.errors import KeysUnusable, SealBroken
from bot.protection.keys import INDEX
from bot.protection.sealing import Vault
from storage.sealed import place
from storage.sql.statements import T, statements_of

_KNOWN = b"casebridge"
_REMEDY = "Restore the keys that belong to this database from your copy."


def check_keys(connection: Connection, vault: Vault) -> None:
    """Raise `KeysUnusable` when the database is sealed with a key that is not at hand; note the current one."""
    table = T["key_checks"]
    noted = {row.key_id: row.sealed for row in connection.execute(select(table).order_by(table.c.key_id))}
    for key_id, sealed in noted.items():
        _check(vault, key_id, sealed)
    current = vault.current
    marks = {INDEX: _index_mark(vault), current: vault.seal(_KNOWN, place("key_checks", current))}
    note = statements_of(connection.dialect.name).insert(table).on_conflict_do_nothing()
    for key_id in sorted(marks.keys() - noted.keys()):
        connection.execute(note, {"key_id": key_id, "sealed": marks[key_id]})


def _check(vault: Vault, key_id: str, sealed: bytes) -> None:
    where = vault.source.name
    if key_id == INDEX:
        if not hmac.compare_digest(sealed, _index_mark(vault)):
            raise KeysUnusable(f"The index key of the database is another than that in {where}.", _REMEDY)
    elif key_id not in vault.ring.ids:
        raise KeysUnusable(f"The database is sealed with key {key_id}, which is not in {where}.", _REMEDY)
    else:
        try:
            vault.open(sealed, place("key_checks", key_id))
        except SealBroken:
            problem = f"The database is sealed with another key {key_id} than that in {where}."
            raise KeysUnusable(problem, _REMEDY) from None


def _index_mark(vault: Vault) -> bytes:
    return vault.token("key_checks", INDEX)


def noted_keys(connection: Connection) -> frozenset[str]:
    """The ids of the keys that the database is sealed with."""
    table = T["key_checks"]
    if not inspect(connection).has_table(table.name):
        return frozenset()
    return frozenset(connection.execute(select(table.c.key_id)).scalars()) - {INDEX}


def forget_others(connection: Connection, vault: Vault) -> None:
    """Forget the keys that nothing is sealed with any more, so that they may be taken out of the file."""
    table = T["key_checks"]
    connection.execute(delete(table).where(table.c.key_id.not_in([INDEX, vault.current])))
