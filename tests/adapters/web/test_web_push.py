"""A browser is told when its page is closed: who is offered that, what is taken of it, and when it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.push.sealed_push import public_key
from adapters.web.settings import WebSettings
from bot.domain.people import Person
from tests.fakes.push_service import KEY, PushedBrowser
from tests.kit.site import ADMIN, DUTY_CN, OFFICER, SUPERVISOR_CN, Bridge, hidden, open_bridge

ONE = PushedBrowser("one")


@pytest.fixture
async def bridge(tmp_path: Path) -> AsyncIterator[Bridge]:
    settings = WebSettings("http://bridge.example", tmp_path, push_key=public_key(KEY))
    async with open_bridge(tmp_path, settings=settings) as bridge:
        yield bridge


async def switches(client: httpx.AsyncClient, what: str = "on", **changes: str) -> int:
    csrf = hidden((await client.get("/chat")).text, "csrf")
    answer = await client.post("/push", data={"csrf": csrf, "do": what, **ONE.form, **changes})
    return answer.status_code


async def kept(bridge: Bridge, who: Person = DUTY_CN) -> list[str]:
    return [one.endpoint for one in await bridge.storage.subscriptions([who.id])]


async def test_only_whom_the_list_rings_for_is_offered_it(bridge: Bridge) -> None:
    for who, is_offered in ((DUTY_CN, True), (SUPERVISOR_CN, True), (OFFICER, False), (ADMIN, False)):
        client = await bridge.signed_in(who)
        page = (await client.get("/cases")).text
        assert (public_key(KEY) in page) is is_offered
        assert ("push.js" in page) is is_offered
        assert await switches(client) == (204 if is_offered else 404)
        assert bool(await kept(bridge, who)) is is_offered or who is DUTY_CN


async def test_where_it_is_not_set_up_nobody_is_offered_it(tmp_path: Path) -> None:
    async with open_bridge(tmp_path) as bridge:
        client = await bridge.signed_in(DUTY_CN)
        page = (await client.get("/cases")).text
        assert 'id="push"' not in page
        assert "push.js" not in page
        assert await switches(client) == 404
        assert await kept(bridge) == []


async def test_what_a_browser_gave_is_kept_until_it_is_switched_off(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    assert await switches(client) == 204
    assert await switches(client) == 204
    assert await kept(bridge) == [ONE.form["endpoint"]]
    assert await switches(client, "off") == 204
    assert await kept(bridge) == []


async def test_nobody_takes_out_the_browser_of_somebody_else(bridge: Bridge) -> None:
    await switches(await bridge.signed_in(DUTY_CN))
    assert await switches(await bridge.signed_in(SUPERVISOR_CN), "off") == 204
    assert await kept(bridge) == [ONE.form["endpoint"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://169.254.169.254/latest/meta-data"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": "https://evil.example/x"},
        {"endpoint": ""},
        {"public_key": "short"},
        {"secret": ""},
    ],
)
async def test_nothing_that_is_no_browser_is_kept(bridge: Bridge, changes: dict[str, str]) -> None:
    client = await bridge.signed_in(DUTY_CN)
    assert await switches(client, **changes) == 400
    assert await kept(bridge) == []


async def test_signing_out_in_a_browser_ends_it_there_only(bridge: Bridge) -> None:
    here, there = await bridge.signed_in(DUTY_CN), await bridge.signed_in(DUTY_CN)
    await switches(here)
    await switches(there, **PushedBrowser("two").form)
    csrf = hidden((await here.get("/chat")).text, "csrf")
    assert (await here.post("/signout", data={"csrf": csrf})).status_code == 303
    assert await kept(bridge) == [PushedBrowser("two").form["endpoint"]]


async def test_whoever_signs_in_next_in_a_browser_is_not_told_what_was_for_another(bridge: Bridge) -> None:
    client = await bridge.signed_in(DUTY_CN)
    await switches(client)
    await switches(await bridge.signed_in(SUPERVISOR_CN))
    assert await kept(bridge) == []
    assert await kept(bridge, SUPERVISOR_CN) == [ONE.form["endpoint"]]


async def test_the_script_that_runs_when_the_page_is_closed_may_nothing_else(bridge: Bridge) -> None:
    answer = await bridge.browser().get("/push/worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-store"
    assert "service-worker-allowed" not in answer.headers, "below /push/ there are no pages"
    for word in ("fetch", "caches", "indexedDB", "importScripts"):
        assert word not in answer.text
