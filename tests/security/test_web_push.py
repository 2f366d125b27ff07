"""Web Push under attack: called elsewhere, told of a case, or told in a browser that is somebody else's by now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from adapters.calls.node import Node
from adapters.push import Pusher, PushSettings
from adapters.push.sealed_push import public_key
from tests.fakes.push_service import CONTACT, KEY, ORIGIN, PushedBrowser, PushService, Rerouted
from tests.fakes.wire import Reply
from tests.kit.database import KeptStorage
from tests.kit.site import hidden
from tests.security.story import mark, whole_story
from tests.security.stronghold import DUTY, SUPERVISOR, Stronghold

SAID = {"title": "Urgent Case Bridge", "body": "Something is due at the bridge. Open it."}
ELSEWHERE = (
    "https://169.254.169.254/latest/meta-data",
    "https://127.0.0.1/admin",
    "http://fcm.googleapis.com/fcm/send/x",
    "https://fcm.googleapis.com@10.0.0.1/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evil.example/x",
    "file:///etc/passwd",
)


@dataclass
class Told:
    bridge: Stronghold
    service: PushService

    async def switches_on(self, who: str, name: str) -> tuple[httpx.AsyncClient, PushedBrowser]:
        client, browser = await self.bridge.signed_in(who), self.service.browser(name)
        assert (await self.sends(client, **browser.form)).status_code == 204
        return client, browser

    async def sends(self, client: httpx.AsyncClient, **form: str) -> httpx.Response:
        csrf = hidden((await client.get("/chat")).text, "csrf")
        return await client.post("/push", data={"csrf": csrf, "do": "on", **form})

    async def kept(self, who: str) -> list[str]:
        return [one.endpoint for one in await self.bridge.storage.subscriptions([(await self.bridge.person(who)).id])]


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    storage, played = KeptStorage(), list[Stronghold]()
    async with PushService(lambda: played[0].now) as service:
        node = Node(storage, "node", lambda: played[0].now)
        pusher = Pusher(PushSettings(KEY, CONTACT), node, Rerouted(service))
        played.append(Stronghold(tmp_path, storage=storage, waker=pusher, push_key=public_key(KEY)))
        storage.follow(played[0].clock)
        await played[0].start()
        yield Told(played[0], service)
        await played[0].stop()


async def test_a_whole_story_leaves_nothing_of_it_with_a_push_service(told: Told) -> None:
    browsers = [await told.switches_on(who, who.partition(":")[0]) for who in (DUTY, SUPERVISOR)]
    with capture_logs() as logs:
        reference = await whole_story(told.bridge, mark)
    assert told.service.asked
    assert [browser.heard for _, browser in browsers if any(one != SAID for one in browser.heard)] == []
    assert browsers[0][1].heard
    for asked in told.service.asked:
        sent = f"{asked.target} {asked.headers}".encode() + asked.body
        assert reference.encode() not in sent
        assert "§".encode() not in sent
    for form in (browser.form for _, browser in browsers):
        assert [word for word in form.values() if word in str(logs)] == []


@pytest.mark.parametrize("endpoint", ELSEWHERE)
async def test_a_browser_that_names_another_address_is_not_kept(told: Told, endpoint: str) -> None:
    client = await told.bridge.signed_in(DUTY)
    answer = await told.sends(client, **{**PushedBrowser("x").form, "endpoint": endpoint})
    assert answer.status_code == 400
    assert await told.kept(DUTY) == []


@pytest.mark.parametrize("endpoint", ELSEWHERE)
async def test_an_address_that_came_in_some_other_way_is_not_called(told: Told, endpoint: str) -> None:
    person = await told.bridge.person(DUTY)
    browser = PushedBrowser("x").of(person.id, told.bridge.now)
    await told.bridge.storage.add_subscription(replace(browser, endpoint=endpoint))
    with capture_logs() as logs:
        await told.bridge.opens_case()
        await told.bridge.fast_forward(minutes=16)
    assert [line["event"] for line in logs if "push service" in line["event"]][:1] == [
        "A push service is on the list no more; it is not called."
    ]
    assert not any("failed" in line["event"] or "could not be told" in line["event"] for line in logs)


async def test_a_browser_in_which_somebody_signed_out_hears_nothing(told: Told) -> None:
    client, browser = await told.switches_on(DUTY, "x")
    csrf = hidden((await client.get("/chat")).text, "csrf")
    assert (await client.post("/signout", data={"csrf": csrf})).status_code == 303
    await told.bridge.opens_case()
    await told.bridge.fast_forward(minutes=16)
    assert browser.heard == []


async def test_a_push_service_that_leads_elsewhere_is_not_followed(told: Told) -> None:
    _, browser = await told.switches_on(DUTY, "x")
    told.service.plans = [Reply(307, headers=(("Location", f"{ORIGIN}/fcm/send/x"),))]
    await told.bridge.opens_case()
    await told.bridge.fast_forward(minutes=4)
    assert len(told.service.asked) == 1
    assert browser.heard == []
