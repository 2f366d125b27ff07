"""What is remembered of backups, by whoever makes them and whoever looks how old the last one is."""

from __future__ import annotations

from datetime import timedelta

#: Cursor with the moment of the last backup with the database and a whole record, in seconds since 1970.
LAST_GOOD = "backup-good"
#: A last good one that is older than a night and some time to make it.
OLD = timedelta(hours=26)
