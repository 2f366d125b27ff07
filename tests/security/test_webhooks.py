"""Forged and replayed messages at the running program: Telegram's webhook over real HTTP, and its polling."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from storage.rows.messages import inbox_of
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.keys import VAULT
from tests.kit.town import CN_DUTY, CN_GROUP, OFFICERS, STRANGER, SUPERVISOR, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORGED: tuple[Mapping[str, str], ...] = (
    {},
    {SECRET_HEADER: ""},
    {SECRET_HEADER: SECRET[:-1]},
    {SECRET_HEADER: SECRET + "x"},
    {SECRET_HEADER: SECRET.upper()},
    {SECRET_HEADER: f"{SECRET}, {SECRET}"},
    {SECRET_HEADER: "*"},
    {SECRET_HEADER: "é" * 20},
    {"authorization": f"Bearer {SECRET}"},
    {"x-telegram-bot-api-secret-token-": SECRET},
    {"cookie": f"{SECRET_HEADER}={SECRET}"},
    {"x-forwarded-for": "149.154.167.197"},
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town.open(tmp_path_factory.mktemp("hooked"), mode="webhook") as town:
        yield town


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def polled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with Town.open(tmp_path_factory.mktemp("polled")) as town:
        yield town


async def knock(town: Town, body: bytes, headers: Mapping[str, str], **more: Any) -> int:
    hook = town.setup.hook
    async with aiohttp.ClientSession() as client, client.post(hook, data=body, headers=headers, **more) as answer:
        return answer.status


def kept(town: Town) -> list[Any]:
    return [town.setup.query(f"SELECT count(*) FROM {table}") for table in ("seen", "inbox", "cases", "strangers")]


def opened(town: Town) -> list[str]:
    """What came in, as whoever has the keys can read it: words, names, and the bytes as they came."""
    with contextlib.closing(sqlite3.connect(town.setup.folder / "casebridge.db")) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT * FROM inbox").fetchall()
    dated = [dict(row) | {"received_at": datetime(2026, 4, 18, tzinfo=UTC), "next_attempt_at": None} for row in rows]
    return [repr(inbox_of(VAULT, row)) for row in dated]


@pytest.mark.parametrize("headers", FORGED, ids=range(len(FORGED)))
async def test_a_forged_update_is_refused_and_leaves_no_trace(town: Town, headers: dict[str, str]) -> None:
    before = kept(town)
    forged = update(1, OFFICERS[0], "urgent, girl locked in a flat")
    assert await knock(town, forged, headers) == 401
    assert await knock(town, b"\xff not even JSON", headers) == 401
    assert await knock(town, forged, headers, params={SECRET_HEADER: SECRET, "secret_token": SECRET}) == 401
    assert kept(town) == before


async def test_the_secret_inside_the_message_proves_nothing(town: Town) -> None:
    before = kept(town)
    assert await knock(town, json.dumps({SECRET_HEADER: SECRET, "secret_token": SECRET}).encode(), {}) == 401
    assert kept(town) == before


async def test_a_replayed_update_is_taken_once_even_with_other_words_and_another_sender(town: Town) -> None:
    headers = {SECRET_HEADER: SECRET}
    assert await knock(town, update(501, OFFICERS[1], "somebody screams for help"), headers) == 200
    before = kept(town)
    for again in (
        update(501, OFFICERS[1], "somebody screams for help"),
        update(501, OFFICERS[1], "other words"),
        update(501, OFFICERS[2], "somebody screams for help"),
    ):
        assert await knock(town, again, headers) == 200
    assert kept(town) == before


async def test_a_replayed_tap_does_its_act_once(town: Town) -> None:
    reference = await town.reports(OFFICERS[3])
    duty = town.user(CN_DUTY)
    town.api.updates.retry_delay = 0.01
    alert = await town.hears(CN_GROUP, reference)
    query = {
        "id": "tap-replayed",
        "from": duty._as_json(),
        "chat_instance": "1",
        "message": town.api.chats.as_message(alert),
        "data": alert.data("Acknowledge"),
    }
    body = json.dumps({"update_id": 900_001, "callback_query": query}).encode()
    for _ in range(5):
        assert await knock(town, body, {SECRET_HEADER: SECRET}) == 200
    acknowledged = "SELECT count(*) FROM journal WHERE act = 'acknowledged'"
    assert town.setup.query(acknowledged) == [(1,)]


@pytest.mark.parametrize("sender", [STRANGER, SUPERVISOR])
async def test_button_data_pasted_by_somebody_else_in_the_group_acts_as_that_person(town: Town, sender: int) -> None:
    reference = await town.reports(OFFICERS[4 if sender == STRANGER else 5])
    alert = await town.hears(CN_GROUP, reference)
    query = {
        "id": f"tap-{sender}",
        "from": town.user(sender)._as_json() | {"first_name": "duty 22", "username": "duty22"},
        "chat_instance": "1",
        "message": town.api.chats.as_message(alert),
        "data": alert.data("Acknowledge"),
    }
    body = json.dumps({"update_id": 910_000 + sender, "callback_query": query}).encode()
    assert await knock(town, body, {SECRET_HEADER: SECRET}) == 200
    case = await town.case(reference)
    assert case.acknowledged_by in (None, sender)
    assert (case.acknowledged_by is None) is (sender == STRANGER)


async def test_what_came_before_by_polling_counts_once_when_telegram_hands_it_over_again(polled: Town) -> None:
    officer = polled.user(OFFICERS[6])
    await polled.hears(OFFICERS[6], "(1 of 14)", after=officer.says("somebody screams for help"))
    (cases,) = polled.setup.query("SELECT count(*) FROM cases")
    (newest,) = polled.setup.query("SELECT max(CAST(external_id AS INTEGER)) FROM inbox")
    polled.api.updates.jump(newest[0])  # the same number again, with other words
    officer.says("a made up second case")
    polled.api.updates.jump(newest[0] + 1)
    after = officer.says("no")
    await polled.hears(OFFICERS[6], "(2 of 14)", after=after)
    assert polled.setup.query("SELECT count(*) FROM cases") == [cases]
    assert not [row for row in opened(polled) if "made up second" in row]


async def test_whoever_is_not_enrolled_leaves_no_words_by_polling_either(polled: Town) -> None:
    stranger, officer = polled.user(STRANGER), polled.user(OFFICERS[7])
    await polled.hears(OFFICERS[7], "(1 of 14)", after=officer.says("somebody screams for help"))
    await polled.hears(STRANGER, "enrolled officers", after=stranger.says("girl ZEBRA, signed Sok Dara"))
    inbox = opened(polled)
    assert any("screams for help" in row for row in inbox), "what is sealed is looked into"
    assert not [row for row in inbox if "ZEBRA" in row or "Sok Dara" in row]


async def test_while_polling_nobody_is_let_in_by_the_webhook(polled: Town) -> None:
    """The secret is set here too, and the route is there: a caller who knows it is Telegram; others are refused."""
    before = kept(polled)
    assert await knock(polled, update(1, OFFICERS[0], "girl"), {}) == 401
    assert kept(polled) == before
