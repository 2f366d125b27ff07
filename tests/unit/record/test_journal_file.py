"""The exported journal is one moment of the record, whatever happens while it is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.errors import BridgeError
from bot.domain.journal import Entry, Link
from bot.domain.turn import Turn
from bot.domain.verify_journal import Finding, examine
from bot.record.journal_file import Exported, JournalExport, export_journal
from tests.kit.database import KeptStorage

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)


class _Busy(KeptStorage):
    """Others write just before and just after the journal is read."""

    async def stream_journal(self, chain: str) -> AsyncIterator[list[Link]]:
        await self.add(chain, 3)
        async for links in super().stream_journal(chain):
            yield links
        await self.add(chain, 2)

    async def add(self, chain: str, number: int) -> None:
        entries = [Entry(len(self.kept.journal) + n, chain, NOW, "clock", "pinged") for n in range(number)]
        await self.apply([Turn(journal=tuple(entries))])


async def _recorded(_exported: Exported) -> None: ...


async def _findings(kept: KeptStorage, folder: Path) -> list[str]:
    target = folder / "journal.jsonl"
    await export_journal(kept, JournalExport(target), _recorded)
    return [str(said) for said in examine(_lines(target)) if isinstance(said, Finding)]


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines(keepends=True)


async def test_what_is_added_while_it_is_written_is_whole_in_it_or_not_at_all(tmp_path: Path) -> None:
    kept = _Busy()
    await kept.add("KC", 4)
    assert await _findings(kept, tmp_path) == []
    assert len(_lines(tmp_path / "journal.jsonl")) == 1 + 7
    assert await _findings(kept, tmp_path) == []


async def test_a_record_that_was_cut_is_exported_as_it_is_and_the_file_shows_it(tmp_path: Path) -> None:
    kept = KeptStorage()
    await kept.apply([Turn(journal=tuple(Entry(n, "KC", NOW, "clock", "pinged") for n in range(5)))])
    kept.kept.change("DELETE FROM journal WHERE sequence = 5")
    assert await _findings(kept, tmp_path) == ["Journal KC, entry 5: the end is cut off: the stored head is entry 5."]


async def test_a_record_longer_than_its_head_is_exported_as_it_is_and_the_file_shows_it(tmp_path: Path) -> None:
    kept = KeptStorage()
    await kept.apply([Turn(journal=tuple(Entry(n, "KC", NOW, "clock", "pinged") for n in range(5)))])
    kept.kept.change("UPDATE chain_heads SET sequence = 4, hash = (SELECT hash FROM journal WHERE sequence = 4)")
    assert await _findings(kept, tmp_path) == ["Journal KC, entry 5: it was added behind the stored head."]
    kept.kept.change("DELETE FROM chain_heads")
    assert await _findings(kept, tmp_path) == ["Journal KC, entry 5: the chain's stored head is missing."]


async def test_a_file_appears_only_when_it_was_recorded(tmp_path: Path) -> None:
    kept = KeptStorage()
    await kept.apply([Turn(journal=(Entry(1, "KC", NOW, "clock", "pinged"),))])

    async def refused(_exported: Exported) -> None:
        raise BridgeError("not recorded")

    with pytest.raises(BridgeError, match="not recorded"):
        await export_journal(kept, JournalExport(tmp_path / "journal.jsonl"), refused)
    assert _names(tmp_path) == []
