"""How the databases take away what is kept no longer, in short transactions that account for themselves."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select, update

from bot.journal import PURGED, Entry
from storage.sql.apply import write_journal
from storage.sql.statements import Statements, T


def purge_details(connection: Connection, statements: Statements, case_id: int, record: Entry, limit: int) -> int:
    """Take the details of some of a case's entries away, and record it."""
    journal = T["journal"]
    is_purgeable = (journal.c.case_id == case_id, journal.c.details.is_not(None), journal.c.act != PURGED)
    found = select(journal.c.id).where(*is_purgeable).order_by(journal.c.sequence).limit(limit)
    entries = list(connection.execute(found.with_for_update()).scalars())
    if entries:
        connection.execute(update(journal).where(journal.c.id.in_(entries)).values(details=None, salt=""))
        details = {**(record.details or {}), "case": case_id, "entries": len(entries)}
        write_journal(connection, statements, [replace(record, details=details)])
    return len(entries)
