"""At three in the morning nobody looks at the page: a browser where somebody switched it on is told all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.calls.node import Node
from adapters.push import Pusher, PushSettings
from tests.fakes.push_service import CONTACT, KEY, PushedBrowser, PushService, Rerouted
from tests.fakes.wire import RESET
from tests.kit.database import KeptStorage
from tests.kit.played import PlayedBridge

SAID = {"title": "Urgent Case Bridge", "body": "Something is due at the bridge. Open it."}


@dataclass
class Night:
    bridge: PlayedBridge
    service: PushService
    browsers: dict[str, PushedBrowser] = field(default_factory=dict)

    async def switches_on(self, who: str) -> PushedBrowser:
        browser = self.service.browser(who.replace(":", "-"))
        person = await self.bridge.person(who)
        await self.bridge.storage.add_subscription(browser.of(person.id, self.bridge.now, f"session of {who}"))
        return browser


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    storage = KeptStorage()
    played: list[PlayedBridge] = []
    clock = lambda: played[0].now  # noqa: E731 - the bridge's own, which is not made yet
    async with PushService(clock) as service:
        pusher = Pusher(PushSettings(KEY, CONTACT), Node(storage, "node", clock), Rerouted(service))
        played.append(PlayedBridge(tmp_path, storage=storage, waker=pusher))
        await played[0].start()
        yield Night(played[0], service)
        await played[0].stop()


async def test_a_ping_at_night_reaches_the_closed_browser_and_says_nothing_of_the_case(night: Night) -> None:
    bridge = night.bridge
    browser = await night.switches_on("wechat:duty")
    case = await bridge.report_case(from_="telegram:officer")
    alerted = len(browser.heard)
    assert alerted == 1, "a new case is due at once"
    await bridge.fast_forward(minutes=16)
    bridge.expect("wechat:duty", case.reference, "ping 1")
    assert browser.heard == [SAID] * (alerted + 1)
    assert not any(case.reference in repr(asked) for asked in night.service.asked)


async def test_each_ping_is_told_once_and_none_after_somebody_acted(night: Night) -> None:
    bridge = night.bridge
    browser = await night.switches_on("wechat:duty")
    case = await bridge.report_case(from_="telegram:officer")
    await bridge.fast_forward(minutes=16)
    told = len(browser.heard)
    await bridge.says("wechat:duty", f"/ack {case.reference}")
    await bridge.fast_forward(minutes=15)
    pinged = bridge.heard("wechat:duty")
    assert len(browser.heard) == told, pinged


async def test_a_push_service_that_is_down_keeps_no_ping_from_anybody(night: Night) -> None:
    bridge = night.bridge
    browser = await night.switches_on("wechat:duty")
    night.service.plans = [RESET] * 9
    case = await bridge.report_case(from_="telegram:officer")
    await bridge.fast_forward(minutes=16)
    bridge.expect("wechat:duty", case.reference, "ping 1")
    assert browser.heard == []


async def test_a_browser_that_let_go_is_forgotten_and_the_ping_arrives_where_it_went(night: Night) -> None:
    bridge = night.bridge
    browser = await night.switches_on("wechat:duty")
    browser.is_gone = True
    case = await bridge.report_case(from_="telegram:officer")
    await bridge.fast_forward(minutes=16)
    bridge.expect("wechat:duty", case.reference, "ping 1")
    assert len(night.service.asked) == 1, "it is not asked again"
    assert await bridge.storage.subscriptions([(await bridge.person("wechat:duty")).id]) == []


async def test_whoever_lost_the_phone_is_told_no_more_in_any_browser(night: Night) -> None:
    bridge = night.bridge
    browser, person = await night.switches_on("wechat:duty"), await bridge.person("wechat:duty")
    await bridge.says("wechat:duty", "/lost yes")
    assert await bridge.storage.subscriptions([person.id]) == []
    await bridge.report_case(from_="telegram:officer")
    await bridge.fast_forward(minutes=16)
    assert browser.heard == []
