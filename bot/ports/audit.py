"""What the auditor asks of the storage. Contracts, part of the `Storage` port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Sighted
from bot.domain.verify_journal import Head


class Audits(Protocol):
    """A second look at what is kept, by queries that nothing else uses. Raises only `StorageError`."""

    async def sighted(self, now: datetime, seen: Mapping[str, Head]) -> Sighted:
        """Look at what must hold at any moment, as of one moment; opens nothing that is sealed and writes nothing.

        `seen` are the heads of chains as they were when somebody last looked. Of each kind come at most
        `bot.domain.audit.MOST` rows, those that wait longest first. The cases named are read anew by the next `load`,
        not taken from memory.
        """

    async def set_free(self, outbox_ids: Sequence[int], now: datetime) -> int:
        """Let messages be due now that no process would take by itself; returns how many there were."""
