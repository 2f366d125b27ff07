"""The running program when its database is in trouble: messengers and readiness hear it, and it goes on by itself."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.engines import postgres_server
from tests.kit.town import OFFICERS, Town
from tests.kit.waiting import until


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


@contextlib.contextmanager
def _table_locked(url: str) -> Iterator[None]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            connection.execute(text("LOCK TABLE journal"))
            yield
    finally:
        engine.dispose()


async def _is_told_and_goes_on(
    town: Town, client: aiohttp.ClientSession, trouble: contextlib.AbstractContextManager[None]
) -> None:
    with trouble:
        assert await _comes(town, client, 1) == (503, "5")
        assert await _database_check(town, client) == "cannot write: locked by another process"
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


async def test_a_file_that_another_program_holds_is_named_and_waited_for(tmp_path: Path) -> None:
    async with in_town(tmp_path) as (town, client):
        await _is_told_and_goes_on(town, client, _file_locked(tmp_path / "casebridge.db"))


@pytest.mark.postgres
async def test_a_table_that_somebody_locked_is_named_and_waited_for(tmp_path: Path) -> None:
    with postgres_server() as url:
        async with in_town(tmp_path, database=url) as (town, client):
            await _is_told_and_goes_on(town, client, _table_locked(url))
