"""Which clock counts, and up to which moment there is a record."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.turn import Turn
from tests.kit.clock import START
from tests.kit.engines import Kept
from tests.kit.values import entry


async def test_a_database_of_several_nodes_tells_its_time_and_a_file_has_none(kept: Kept) -> None:
    first, second = await kept.storage.time(), await kept.storage.time()
    if first is None or second is None:
        assert (first, second) == (None, None)
    else:
        assert first.utcoffset() == timedelta()
        assert first < second


async def test_the_newest_entry_says_up_to_when_there_is_a_record(kept: Kept) -> None:
    assert await kept.storage.last_recorded() is None
    later = START + timedelta(minutes=5)
    await kept.storage.apply([Turn(journal=(entry(), entry(at=later)))])
    assert await kept.storage.last_recorded() == later
