"""How the memory storage takes away what is kept no longer: the same steps as the databases."""

from __future__ import annotations

from dataclasses import replace

from bot.journal import PURGED, Entry, Link
from storage.memory.apply import write_entry
from storage.memory.rows import Tables


def purge_details(tables: Tables, case_id: int, record: Entry, limit: int) -> int:
    """Take the details of some of a case's entries away, and record it."""
    found = [link for link in tables.journal.values() if link.entry.case_id == case_id and _is_purgeable(link)]
    taken = sorted(found, key=lambda link: link.sequence)[:limit]
    for link in taken:
        entry = replace(link.entry, details=None, salt="")
        tables.journal[entry.chain, link.sequence] = replace(link, entry=entry)
    if taken:
        details = {**(record.details or {}), "case": case_id, "entries": len(taken)}
        write_entry(tables, replace(record, details=details))
    return len(taken)


def _is_purgeable(link: Link) -> bool:
    return link.entry.details is not None and link.entry.act != PURGED
