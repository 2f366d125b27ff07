"""Where somebody is signed in: they see it and end it, and nobody ends a session of anybody else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.kit.site import DUTY_CN, DUTY_KH, Bridge, hidden, open_bridge

NAME = re.compile(r'name="session" value="([0-9a-f]+)"')


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    async with open_bridge(tmp_path) as bridge:
        yield bridge


async def ends(client: httpx.AsyncClient, name: str) -> httpx.Response:
    page = (await client.get("/sessions")).text
    return await client.post("/sessions", data={"csrf": hidden(page, "csrf"), "session": name})


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/chat")).status_code == 200


async def test_every_page_leads_to_where_one_is_signed_in(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    assert 'href="/sessions"' in (await client.get("/cases")).text
    page = (await client.get("/sessions")).text
    assert page.count("Signed in Sat 18 Apr") == 1
    assert "(here)" in page
    assert "End all others" not in page


async def test_a_session_left_open_elsewhere_is_ended_and_the_one_in_use_stays(bridge: Bridge) -> None:
    here, left_open = await bridge.signed_in(DUTY_CN), await bridge.signed_in(DUTY_CN)
    (other,) = NAME.findall((await here.get("/sessions")).text)
    assert (await ends(here, other)).headers["location"] == "/sessions"
    assert await is_in(here)
    assert not await is_in(left_open)


async def test_all_others_are_ended_at_once(bridge: Bridge) -> None:
    here, *others = [await bridge.signed_in(DUTY_CN) for _ in range(3)]
    await ends(here, "others")
    assert [await is_in(each) for each in (here, *others)] == [True, False, False]


async def test_nobody_ends_or_sees_a_session_of_somebody_else(bridge: Bridge) -> None:
    mine, second, theirs = [await bridge.signed_in(who) for who in (DUTY_CN, DUTY_CN, DUTY_KH)]
    (name,) = NAME.findall((await mine.get("/sessions")).text)
    assert name not in (await theirs.get("/sessions")).text
    for wanted in (name, "others", ""):
        await ends(theirs, wanted)
    assert [await is_in(each) for each in (mine, second, theirs)] == [True] * 3


async def test_no_token_stands_on_the_page(bridge: Bridge) -> None:
    client, _ = await bridge.signed_in(DUTY_CN), await bridge.signed_in(DUTY_CN)
    page = (await client.get("/sessions")).text
    assert client.cookies["casebridge"] not in page
    assert all(len(name) == 16 for name in NAME.findall(page))
