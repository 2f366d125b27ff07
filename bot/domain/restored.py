"""That a database was restored from a backup: what it cannot know of, and what people are told of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.time_words import as_utc
from bot.language.texts import tr

#: Cursors that hold, in seconds since 1970: the moment of the backup, of the restore, and of the restore last told of.
FROM, AT, TOLD = "restored-from", "restored-at", "restored-told"
#: Whoever names a case that is not there is told for so long that it may have been lost.
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was written between two moments is not there."""

    made_at: datetime  #: when the backup was made
    at: datetime  #: when it was restored

    def is_felt(self, now: datetime) -> bool:
        """Whether somebody may still come with what was lost."""
        return now - self.at < REMEMBERED

    def is_in_gap(self, moment: datetime) -> bool:
        """Whether what was planned for this moment may have been done already, by what was lost."""
        return self.made_at <= moment <= self.at


def no_such_case(language: str, restored: Restored | None, now: datetime) -> str:
    """Say that there is no such case: in the same words whether it is somebody else's or was never there."""
    words = tr(language, "No such case.")
    if restored is None or not restored.is_felt(now):
        return words
    lost = tr(
        language,
        "What was written between {made_at} and {at} was lost: the bridge was restored from a backup. A case opened "
        "then must be written again: just write what happened.",
        made_at=as_utc(restored.made_at),
        at=as_utc(restored.at),
    )
    return f"{words} {lost}"
