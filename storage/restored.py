"""What is changed in a restored database before anybody uses it: what may have happened since the copy was made."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, inspect, select, text, update

from bot.domain.frozen import replace
from bot.domain.messages import OutgoingKind
from bot.domain.restored import AT, FROM, Restored
from bot.protection.sealing import Vault
from storage.postgres_tools import HIDDEN
from storage.rows.messages import outgoing_of, said_row
from storage.sql.checks import check_keys
from storage.sql.claims import is_unsent
from storage.sql.engine_threads import transact
from storage.sql.engines import writing_engine
from storage.sql.query_parts import rows
from storage.sql.statements import WAITING, T, statements_of

PARKED = "maybe sent before the restore"
#: What is worth more twice than never, and says that it may be a repeat. Everything else that waited is parked.
_AGAIN = frozenset({OutgoingKind.ALERT, OutgoingKind.PING, OutgoingKind.TOLD, OutgoingKind.RELAY})
#: Messages there are read from this database itself, so none was sent by another copy of it.
_OURS = "web"


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of the messages that waited when the copy was made."""

    again: int  #: go out, perhaps once more, and say so
    parked: int  #: are listed by `casebridge outbox list`


def mark_restored(url: str, vault: Vault, restored: Restored, repeat: str) -> Marked:
    """Change in one transaction what a restored database must not do as if nothing had happened.

    Messages that waited were probably sent meanwhile: alerts, pings, news and relayed words go again under the sentence
    `repeat`, everything else is parked. Sign-in links, sessions and codes that nobody used yet end: they may have been
    used, or their people cut off. Raises `KeysUnusable` when it is sealed with other keys than the vault's.
    """
    engine = writing_engine(url)
    try:
        return transact(engine, lambda connection: _mark(connection, vault, restored, repeat))
    finally:
        engine.dispose()


def _mark(connection: Connection, vault: Vault, restored: Restored, repeat: str) -> Marked:
    _unhide(connection)
    check_keys(connection, vault)
    upsert = statements_of(connection.dialect.name).upsert("cursors")
    moments = {FROM: restored.made_at, AT: restored.at}
    connection.execute(upsert, [{"name": name, "value": int(at.timestamp())} for name, at in moments.items()])
    for name in ("sign_ins", "sessions", "handoff_links", "push_subscriptions", "leases"):
        connection.execute(delete(T[name]))
    invites = T["invites"]
    still_open = (invites.c.used_at.is_(None), invites.c.expires_at > restored.at)
    connection.execute(update(invites).where(*still_open).values(expires_at=restored.at))
    return _settle_outbox(connection, vault, repeat)


def _unhide(connection: Connection) -> None:
    if inspect(connection).has_table(HIDDEN):
        connection.execute(text(f"ALTER TABLE {HIDDEN} RENAME TO alembic_version"))


def _settle_outbox(connection: Connection, vault: Vault, repeat: str) -> Marked:
    outbox = T["outbox"]
    unsent = is_unsent(), outbox.c.state.in_(WAITING), outbox.c.messenger != _OURS
    waiting = rows(connection, select(outbox).where(*unsent).order_by(outbox.c.id))
    again = [row for row in waiting if OutgoingKind(row["kind"]) in _AGAIN]
    for row in again:
        _say_again(connection, vault, row, repeat)
    parked = [row["id"] for row in waiting if OutgoingKind(row["kind"]) not in _AGAIN]
    given_up = {"state": "parked", "next_attempt_at": None, "leased_until": None, "reason": PARKED}
    for start in range(0, len(parked), 500):
        connection.execute(update(outbox).where(outbox.c.id.in_(parked[start : start + 500])).values(given_up))
    return Marked(len(again), len(parked))


def _say_again(connection: Connection, vault: Vault, row: RowMapping, repeat: str) -> None:
    """Let a message say that it may be a repeat; one of whose parts some were sent begins anew."""
    outbox, message = T["outbox"], outgoing_of(vault, row)
    said = said_row(vault, replace(message, text=f"{repeat}\n{message.text}"))
    anew = {"parts_done": 0, "leased_until": None, **said}
    connection.execute(update(outbox).where(outbox.c.id == message.id).values(anew))
