"""What a bridge does first on a restored database: it records the restore once, and tells who must know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.domain.journal_acts import JournalAct
from bot.domain.recipients import admins, supervisors, unique
from bot.domain.restored import AT, FROM, TOLD, Restored
from bot.domain.time_words import as_utc
from bot.language.texts import tr
from bot.ports.storage import Storage
from bot.turns.composer import Composer

#: Puts one act through a line.
Write = Callable[[Callable[[Composer], None]], Awaitable[object]]


async def restored_of(storage: Storage) -> Restored | None:
    """Say from when the database is, if it was restored."""
    made_at, at = await storage.cursor(FROM), await storage.cursor(AT)
    return None if made_at is None or at is None else Restored(_moment(made_at), _moment(at))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


async def tell_restored(storage: Storage, write: Write) -> None:
    """Journal the last restore and tell admins and supervisors of it, unless that was done."""
    restored, told = await restored_of(storage), await storage.cursor(TOLD)
    if restored is None or told == await storage.cursor(AT):
        return
    await write(lambda c: _tell(c, restored))
    await storage.save_cursor(TOLD, int(restored.at.timestamp()))


def _tell(c: Composer, restored: Restored) -> None:
    made_at, at = as_utc(restored.made_at), as_utc(restored.at)
    c.journal(JournalAct.RESTORED, made_at=made_at, restored_at=at)
    directory, parties = c.view.directory, c.context.agreement.parties
    everybody = unique(r for p in parties for r in (*admins(directory, p), *supervisors(directory, p)))
    words = tr(
        "en",
        "The bridge was restored at {at} from a backup of {made_at}. What was written in between is lost: cases opened "
        "then must be written again, and acts done again. Whoever was cut off since must be cut off again, and who was "
        "enrolled since needs a new code. Messages that may have been sent before are parked or say that they may be "
        "repeats.",
        at=at,
        made_at=made_at,
    )
    c.tell(everybody, f"restored:{at}", words)
