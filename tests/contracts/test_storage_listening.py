"""What one node leaves to the others wakes them; where one process has the database for itself nobody needs to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.turn import Turn
from storage.sql.engines import writing_engine
from tests.kit.engines import Kept, on_database, sqlite_in
from tests.kit.values import message
from tests.kit.waiting import until

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'casebridge bridge'"


@pytest.fixture
async def woken(postgres: str) -> AsyncIterator[tuple[Kept, list[int]]]:
    """A node, and how often another one was woken."""
    times: list[int] = []
    async with on_database(postgres) as kept:
        other = await kept.other_node()
        listening = asyncio.create_task(other.listen(lambda: times.append(1)))
        await until(lambda: times)  # it looks once when it begins to hear
        yield kept, times
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@pytest.mark.postgres
async def test_what_is_left_to_other_nodes_wakes_them_at_once(woken: tuple[Kept, list[int]]) -> None:
    kept, times = woken
    mine, for_others = message(), replace(message(), not_before=kept.now)
    await kept.storage.apply([Turn(outgoing=(mine,))])
    await kept.storage.apply([Turn(outgoing=(for_others,))])
    await until(lambda: len(times) > 1)
    assert len(times) == 2, "what its writer sends by itself wakes nobody"


@pytest.mark.postgres
async def test_a_node_hears_again_after_its_connections_were_cut(woken: tuple[Kept, list[int]], postgres: str) -> None:
    _, times = woken
    engine = writing_engine(postgres, "somebody else")
    with engine.begin() as connection:
        connection.execute(text(_CUT))
    engine.dispose()
    assert await until(lambda: len(times) > 1)


async def test_one_process_alone_waits_for_nobody(tmp_path: Path) -> None:
    woken: list[int] = []
    async with on_database(sqlite_in(tmp_path)) as kept:
        await kept.storage.listen(lambda: woken.append(1))
        await kept.storage.apply([Turn(outgoing=(replace(message(), not_before=kept.now),))])
    assert woken == []
