"""A record of as many entries as wanted, to see how its check bears the length."""

from __future__ import annotations

from pathlib import Path

from bot.domain.journal import Entry
from bot.domain.turn import Turn
from bot.ports.storage import Storage
from storage import migrate, open_storage
from tests.kit.clock import START
from tests.kit.keys import VAULT

_AT_ONCE = 2_000
_DETAILS = {"field": "situation", "answer": 117_000_000_000_000_000, "source": "tap"}


def sample_entry(number: int) -> Entry:
    """An answer, as most entries are."""
    return Entry(number, "KC", START, "person:12", "answered", number % 997, "telegram:501", _DETAILS, f"{number:016x}")


async def fill(kept: Storage, entries: int) -> None:
    """Store a chain as the bridge does."""
    for first in range(1, entries + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, entries + 1))
        await kept.apply([Turn(journal=tuple(sample_entry(number) for number in numbers))])


def storage_in(folder: Path) -> Storage:
    """The database of this folder, made when there is none."""
    url = f"sqlite:///{folder}/journal.db"
    migrate(url, VAULT)
    return open_storage(url, clock=lambda: START, vault=VAULT)
