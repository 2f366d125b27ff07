"""Commands about the journal: its check, and its export for a check elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.cli.database import opened, write
from bot.config.model import Settings
from bot.domain.errors import BridgeError
from bot.domain.journal_acts import JournalAct
from bot.domain.verify_journal import Finding, Summary, Witness, examine, read_witnesses
from bot.record.journal_check import verify
from bot.record.journal_file import Exported, JournalExport, export_journal
from bot.turns.composer import Composer

Say = Callable[[object], None]


def witnesses_of(words: Sequence[str]) -> list[Witness]:
    """Read what digests told, or files of it."""
    try:
        return read_witnesses(words)
    except ValueError as error:
        raise BridgeError(str(error)) from error


async def verify_database(settings: Settings, words: Sequence[str], say: Say) -> None:
    """Check every chain of the database. Raises `BridgeError` when there was a finding, after all were told."""
    witnesses = witnesses_of(words)
    told = _Told(say)
    async with opened(settings) as storage:
        async for said in verify(storage, witnesses):
            told.one(said)
    told.conclude()


def verify_file(file: Path, words: Sequence[str], say: Say) -> None:
    """Check an exported file, like the database."""
    witnesses = witnesses_of(words)
    told = _Told(say)
    with file.open(encoding="utf-8", errors="replace") as lines:
        for said in examine(lines, witnesses):
            told.one(said)
    told.conclude()


class _Told:
    """Tells what is found as it is found, and counts."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._lines = self._findings = 0

    def one(self, said: Finding | Summary) -> None:
        self._say(said)
        self._lines += 1
        self._findings += isinstance(said, Finding)

    def conclude(self) -> None:
        if self._findings:
            raise BridgeError(f"The record does not hold. Findings: {self._findings}.")
        if not self._lines:
            self._say("The journal is empty.")


async def export(settings: Settings, order: JournalExport, by: str) -> str:
    """Write the journal to a file, and journal that it was written."""
    async with opened(settings) as storage:

        async def record(exported: Exported) -> None:
            def act(c: Composer) -> None:
                c.journal(
                    JournalAct.JOURNAL_EXPORTED,
                    entries=exported.entries,
                    sha256=exported.sha256,
                    withholds_details=order.withholds,
                )

            await write(settings, storage, by, act)

        exported = await export_journal(storage, order, record)
    return f"{exported.entries} entries written to {order.target}, SHA-256 {exported.sha256}."
