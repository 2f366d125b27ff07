"""That a database was restored from a backup: what it cannot know of, and for how long people are told so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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
