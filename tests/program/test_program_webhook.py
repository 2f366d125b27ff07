"""The running program's door for Telegram: who is let in, what is kept, and what a redelivery does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from storage.sealed import unseal_bytes
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.keys import VAULT
from tests.kit.town import OFFICERS, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADERS = {SECRET_HEADER: SECRET}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town.open(tmp_path_factory.mktemp("door"), mode="webhook") as town:
        yield town


async def knock(town: Town, body: bytes, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as client, client.post(town.setup.hook, data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "a guess"}, {SECRET_HEADER: SECRET[:-1]}])
async def test_whoever_does_not_know_the_secret_leaves_no_trace(town: Town, headers: dict[str, str]) -> None:
    before = town.setup.query("SELECT count(*) FROM seen") + town.setup.query("SELECT count(*) FROM inbox")
    assert await knock(town, update(1, OFFICERS[0], "girl locked in a flat"), headers) == 401
    assert before == town.setup.query("SELECT count(*) FROM seen") + town.setup.query("SELECT count(*) FROM inbox")


async def test_what_cannot_be_read_is_kept_as_it_came_and_taken(town: Town) -> None:
    broken = b'{"update_id": 5, "message": {"text": "gi'
    assert await knock(town, broken, HEADERS) == 200
    assert await knock(town, broken, HEADERS) == 200
    ((inbox_id, raw, state),) = town.setup.query("SELECT id, raw, state FROM inbox WHERE kind = 'unreadable'")
    assert (unseal_bytes(VAULT, "inbox", inbox_id, "raw", raw), state) == (broken, "done")


async def test_what_is_too_large_is_refused_and_not_kept(town: Town) -> None:
    before = town.setup.query("SELECT count(*) FROM inbox")
    reader, writer = await asyncio.open_connection("127.0.0.1", town.setup.port)
    head = (
        f"POST /hooks/telegram HTTP/1.1\r\nHost: here\r\n{SECRET_HEADER}: {SECRET}\r\nContent-Length: {2 << 20}\r\n\r\n"
    )
    writer.write(head.encode() + b"x" * 1000)
    assert (await reader.read(12)).decode() == "HTTP/1.1 413"
    writer.close()
    assert town.setup.query("SELECT count(*) FROM inbox") == before


async def test_an_update_that_comes_again_and_again_is_one_case_and_one_answer(town: Town) -> None:
    officer = OFFICERS[1]
    again = update(77, officer, "girl locked in a flat")
    assert await asyncio.gather(*(knock(town, again, HEADERS) for _ in range(10))) == [200] * 10
    await town.hears(officer, "(1 of 14)")
    assert await knock(town, again, HEADERS) == 200
    assert town.setup.query(f"SELECT count(*) FROM cases WHERE officer = {officer}") == [(1,)]
    assert len(town.api.sent(officer)) == 1


async def test_a_message_is_stored_before_telegram_hears_that_it_was_taken(town: Town) -> None:
    for number in range(20):
        assert await knock(town, update(1000 + number, OFFICERS[2], f"fact {number}"), HEADERS) == 200
        assert town.setup.query(f"SELECT count(*) FROM inbox WHERE external_id = '{1000 + number}'") == [(1,)]


async def test_what_is_not_a_post_or_not_a_messenger_is_refused(town: Town) -> None:
    async with aiohttp.ClientSession() as client:
        async with client.get(town.setup.hook, headers=HEADERS) as answer:
            assert answer.status == 405
        async with client.post(f"{town.setup.url}/hooks/fax", data=b"{}") as answer:
            assert answer.status == 404
