"""What a database error means, in one sentence without any parameter of a statement."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bot.domain.errors import Stale, StorageError

#: Words of SQLite and PostgreSQL (all in English, both in lower case here) and what to tell a person.
_MEANINGS = (
    ("is full", "The database has no room left: free some disk space, then it goes on by itself."),
    ("no space left", "The database has no room left: free some disk space, then it goes on by itself."),
    ("readonly", "The database may not be written to: check the permissions of its file and folder."),
    ("read-only", "The database may not be written to: check its permissions."),
    ("is locked", "Another program has locked the database: stop it, or wait until it is done."),
    ("unable to open", "The database file cannot be opened: check that its folder exists and may be written to."),
    ("disk i/o", "The disk under the database reports an error: check the disk."),
    ("malformed", "The database file is damaged: restore it from a backup."),
    ("not a database", "The database file is not a database of this program."),
    ("no such table", "The database has no tables of this program: run `casebridge migrate`."),
    ("does not exist", "The database or one of its tables does not exist: create it, then run `casebridge migrate`."),
    ("authentication", "The database refuses this user or password: check the key database.url."),
)
#: Two nodes wanted the same rows at once; what they read is old.
_COLLISIONS = ("deadlock detected", "could not serialize", "uq_journal_chain_sequence", "journal.chain")


def storage_error(error: Exception) -> StorageError:
    """Say what happened. The original is not chained: it holds statements and parameters."""
    if not isinstance(error, SQLAlchemyError):
        return StorageError("A row does not fit: one of its values cannot be stored.")
    words = str(getattr(error, "orig", None) or error).lower()
    if any(collision in words for collision in _COLLISIONS):
        return Stale("Somebody else wrote at the same moment.")
    if isinstance(error, IntegrityError):
        return StorageError("A row does not fit: it is stored already, or what it belongs to is not stored.")
    for word, meaning in _MEANINGS:
        if word in words:
            return StorageError(meaning)
    if isinstance(error, DBAPIError) and not error.connection_invalidated and "connect" not in words:
        return StorageError(f"The database refused a statement ({type(error.orig).__name__}).")
    return StorageError("The database cannot be reached: check that it runs and that the key database.url is right.")
