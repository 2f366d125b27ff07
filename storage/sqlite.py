"""SQLite storage: one file, one writer, readers that never wait for it."""

from __future__ import annotations

import asyncio
import os

from bot.domain.errors import Unwritable
from storage.copying import file_of
from storage.sql.store import SqlStorage
from storage.watched_files import WatchedFiles


class SqliteStorage(SqlStorage):
    """Storage in an SQLite file of one machine. Into a file that is not at its place any more nothing is written."""

    by_database = False
    _files: WatchedFiles | None = None

    async def start(self) -> None:
        await super().start()
        file = file_of(self._url)
        if self._files is None and file is not None:
            self._files = await asyncio.to_thread(WatchedFiles, file)

    def missing(self) -> str:
        name = self._files.lost() if self._files else ""
        if not name:
            return ""
        return (
            f"{name} was removed or replaced while the bridge runs, so nothing is stored any more. Do not stop the "
            f"bridge: until then what it held can be taken out of /proc/{os.getpid()}/fd, as its handbook says."
        )

    def _require_there(self) -> None:
        if missing := self.missing():
            raise Unwritable("its file is gone", missing)
