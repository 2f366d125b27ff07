"""The running program when its database is in trouble: messengers and readiness hear it, and it goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.engines import postgres_process, postgres_server, somebody_else
from tests.kit.town import KH_GROUP, OFFICERS, Town
from tests.kit.waiting import until
from tests.program.wechat_program import OFFICERS as OFFICERS_ON_WECHAT
from tests.program.wechat_program import Border, reports


@contextlib.asynccontextmanager
async def in_town(folder: Path, **changes: Any) -> AsyncIterator[tuple[Town, aiohttp.ClientSession]]:
    async with (
        Town.open(folder, mode="webhook", answer_within="2s", **changes) as town,
        aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as client,
    ):
        yield town, client


async def _comes(town: Town, client: aiohttp.ClientSession, number: int) -> tuple[int, str]:
    async with client.post(town.setup.hook, data=update(number, OFFICERS[0], "girl locked in a flat")) as answer:
        return answer.status, answer.headers.get("Retry-After", "")


async def _database_check(town: Town, client: aiohttp.ClientSession) -> str:
    async with client.get(f"{town.setup.url}/health/ready") as answer:
        found: str = (await answer.json())["checks"]["database"]
        assert (found == "ok") is (answer.status == 200)
        return found


@contextlib.contextmanager
def _file_locked(file: Path) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def _goes_on_after(
    town: Town, client: aiohttp.ClientSession, trouble: contextlib.AbstractContextManager[object]
) -> str:
    """Play the trouble and its end; returns what readiness said meanwhile."""
    with trouble:
        assert await _comes(town, client, 1) == (503, "5")
        said = await _database_check(town, client)
        async with client.get(f"{town.setup.url}/metrics") as numbers:
            assert numbers.status == 200

    async def is_stored() -> bool:
        return await _comes(town, client, 1) == (200, "")

    async def is_well() -> bool:
        return await _database_check(town, client) == "ok"

    await until(is_stored)
    await until(is_well)
    await town.hears(OFFICERS[0], "(1 of 14)")
    assert len(town.api.sent(OFFICERS[0])) == 1
    assert "Traceback" not in town.program.output
    assert "Nothing can be stored" in town.program.output
    return said


async def test_a_file_that_another_program_holds_is_named_and_waited_for(tmp_path: Path) -> None:
    async with in_town(tmp_path) as (town, client):
        said = await _goes_on_after(town, client, _file_locked(tmp_path / "casebridge.db"))
        assert said == "cannot write: locked by another process"


@pytest.mark.postgres
async def test_a_table_that_somebody_locked_is_named_and_waited_for(tmp_path: Path) -> None:
    with postgres_server() as url:
        async with in_town(tmp_path, database=url) as (town, client):
            said = await _goes_on_after(town, client, somebody_else(url, "LOCK TABLE journal"))
            assert said == "cannot write: locked by another process"


@pytest.mark.postgres
async def test_while_the_server_is_away_officers_are_told_that_nothing_is_stored_and_then_it_goes_on(
    tmp_path: Path,
) -> None:
    with postgres_process() as server:
        async with (
            Border.open(tmp_path, database=server.get_uri(), answer_within="2s") as border,
            aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as client,
        ):
            officer, town = border.officer(OFFICERS_ON_WECHAT[0]), border.town
            await asyncio.to_thread(server.stop)
            assert "NOT stored" in await officer.says("somebody screams for help in a flat")
            assert await _comes(town, client, 1) == (503, "5")
            assert await _database_check(town, client) == "cannot write: the database cannot be reached"
            await asyncio.to_thread(server.ensure_postgres_running)

            async def is_well() -> bool:
                return await _database_check(town, client) == "ok"

            await until(is_well)
            await town.hears(KH_GROUP, await reports(officer), "U1 immediate")
            assert town.program.output.count("Nothing can be stored") <= 2, "the database going down, and gone"
            assert "Traceback" not in town.program.output
