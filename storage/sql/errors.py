"""What a database error means, in one sentence without any parameter of a statement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from bot.domain.errors import Held, Stale, StorageError, Unwritable

_FULL = partial(
    Unwritable, "disk full", "The database has no room left: free some disk space, then it goes on by itself."
)
_READ_ONLY = partial(
    Unwritable,
    "read-only",
    "The database may not be written to: check the permissions of its file and folder, or if its server only reads.",
)
_SLOW = partial(Held, "the database is too slow", "The database took too long for a statement: see what keeps it busy.")
_HELD = partial(
    Held, "locked by another process", "Somebody else holds what is to be written: see who keeps a transaction open."
)
_NO_CONNECTION = partial(Unwritable, "no connection is free", "The database has no connection left: see who uses them.")
_SILENT = partial(Unwritable, "the database does not answer", "The database does not answer: check that it runs.")
_UNREACHED = partial(
    Unwritable,
    "the database cannot be reached",
    "The database cannot be reached: check that it runs and that the key database.url is right.",
)

_Meaning = Callable[[], StorageError]
#: What PostgreSQL says by its code, in whatever language its words are.
_CODES: dict[str, _Meaning] = {
    "25006": _READ_ONLY,
    "25P04": _SLOW,
    "53100": _FULL,
    "53300": _NO_CONNECTION,
    "55P03": _HELD,
    "57014": _SLOW,
}
#: Words of SQLite and PostgreSQL (all in English, both in lower case here) and what to tell a person.
_MEANINGS: tuple[tuple[str, _Meaning], ...] = (
    ("is full", _FULL),
    ("no space left", _FULL),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    (
        "is locked",
        partial(
            Unwritable,
            "locked by another process",
            "Another program has locked the database: stop it, or wait until it is done.",
        ),
    ),
    (
        "unable to open",
        partial(
            Unwritable,
            "the file cannot be opened",
            "The database file cannot be opened: check that its folder exists and may be written to.",
        ),
    ),
    ("disk i/o", partial(Unwritable, "disk error", "The disk under the database reports an error: check the disk.")),
    (
        "malformed",
        partial(Unwritable, "the file is damaged", "The database file is damaged: restore it from a backup."),
    ),
    ("not a database", partial(StorageError, "The database file is not a database of this program.")),
    ("no such table", partial(StorageError, "The database has no tables of this program: run `casebridge migrate`.")),
    (
        "does not exist",
        partial(
            StorageError, "The database or one of its tables does not exist: create it, then run `casebridge migrate`."
        ),
    ),
    (
        "authentication",
        partial(
            Unwritable,
            "the database refuses us",
            "The database refuses this user or password: check the key database.url.",
        ),
    ),
    ("idle-in-transaction", partial(Held, "this node stood still", "This node stood still, and others went on.")),
    ("too many clients", _NO_CONNECTION),
    ("too many connections", _NO_CONNECTION),
    ("connection slots", _NO_CONNECTION),
    ("queuepool limit", _NO_CONNECTION),
    ("no more connections", _NO_CONNECTION),
    ("does not answer", _SILENT),
    ("timeout expired", _SILENT),
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
    known = _CODES.get(str(getattr(getattr(error, "orig", None), "sqlstate", "")))
    found = known or next((meaning for word, meaning in _MEANINGS if word in words), None)
    if found is not None:
        return found()
    if isinstance(error, DBAPIError) and not error.connection_invalidated and "connect" not in words:
        return StorageError(f"The database refused a statement ({type(error.orig).__name__}).")
    return _UNREACHED()
