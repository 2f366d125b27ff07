"""What a browser's push service gets of us, and what becomes of a browser that it does not know any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from adapters.calls.node import Node
from adapters.push import Pusher, PushSettings
from adapters.push.sealed_push import public_key
from bot.domain.messages import Address, Outgoing, OutgoingKind
from bot.domain.push import PUSH_HOSTS
from bot.domain.turn import Turn
from tests.fakes.push_service import CONTACT, KEY, PushedBrowser, PushService, Rerouted
from tests.fakes.wire import RESET, Reply
from tests.kit.clock import Clock
from tests.kit.database import KeptStorage
from tests.kit.site import DUTY_CN, DUTY_KH, PEOPLE, SUPERVISOR_CN


@dataclass
class Scene:
    pusher: Pusher
    service: PushService
    storage: KeptStorage
    clock: Clock
    number: int = 0

    async def has(self, browser: PushedBrowser, person_id: int = DUTY_CN.id) -> None:
        await self.storage.add_subscription(browser.of(person_id, self.clock()))

    async def wakes(self, recipient: str = f"person:{DUTY_CN.id}") -> None:
        self.number += 1
        self.pusher.wake(ping(recipient, self.number))
        await self.pusher.settled()

    async def left(self) -> int:
        return len(await self.storage.subscriptions([person.id for person in PEOPLE]))


def ping(recipient: str, number: int = 1) -> Outgoing:
    where = Address("web", recipient.partition(":")[2])
    return Outgoing(
        number, "case:1:police:1", OutgoingKind.PING, recipient, where, text="KC26-M9S34-4: Sokha is locked in"
    )


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock = Clock()
    storage = KeptStorage(clock)
    await storage.start()
    await storage.apply([Turn(people=PEOPLE)])
    async with PushService(clock) as service:
        pusher = Pusher(PushSettings(KEY, CONTACT), Node(storage, "node", clock), Rerouted(service))
        await pusher.start()
        yield Scene(pusher, service, storage, clock)
        await pusher.stop()
    await storage.stop()


async def test_a_browser_hears_that_something_is_due_and_nothing_of_what(scene: Scene) -> None:
    browser = scene.service.browser("one")
    await scene.has(browser)
    await scene.wakes()
    assert browser.heard == [
        {"title": "Urgent Case Bridge", "body": "Something is due at the bridge. Open it."},
    ]
    (asked,) = scene.service.asked
    assert asked.headers["urgency"] == "high"
    assert "KC26" not in repr(asked)
    assert (await scene.storage.subscriptions([DUTY_CN.id]))[0].last_ok_at == scene.clock()


async def test_each_push_is_encrypted_anew(scene: Scene) -> None:
    await scene.has(scene.service.browser("one"))
    await scene.wakes()
    await scene.wakes()
    first, second = scene.service.asked
    assert first.body != second.body
    assert b"due" not in first.body


async def test_a_message_that_is_tried_again_wakes_nobody_again(scene: Scene) -> None:
    browser = scene.service.browser("one")
    await scene.has(browser)
    for _ in range(3):
        scene.pusher.wake(ping(f"person:{DUTY_CN.id}"))
        await scene.pusher.settled()
    assert len(browser.heard) == 1


async def test_only_the_browsers_of_whom_it_is_for_are_told(scene: Scene) -> None:
    mine, too, others = (scene.service.browser(name) for name in ("one", "two", "three"))
    await scene.has(mine)
    await scene.has(too)
    await scene.has(others, DUTY_KH.id)
    await scene.wakes()
    assert (len(mine.heard), len(too.heard), len(others.heard)) == (1, 1, 0)


async def test_what_a_desk_is_told_wakes_those_who_have_its_duty(scene: Scene) -> None:
    duty, chief, others = (scene.service.browser(name) for name in ("one", "two", "three"))
    await scene.has(duty)
    await scene.has(chief, SUPERVISOR_CN.id)
    await scene.has(others, DUTY_KH.id)
    await scene.storage.apply([Turn(people=(replace(SUPERVISOR_CN, on_duty=False),))])
    await scene.wakes("desk:cn-duty")
    assert (len(duty.heard), len(chief.heard), len(others.heard)) == (1, 0, 0)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(scene: Scene, status: int) -> None:
    await scene.has(scene.service.browser("one"))
    scene.service.plans = [Reply(status)]
    await scene.wakes()
    assert await scene.left() == 0


@pytest.mark.parametrize("reply", [Reply(500), Reply(429), Reply(403), Reply(301), RESET, Reply(201, b"x" * (2 << 20))])
async def test_a_push_service_in_trouble_costs_no_browser(scene: Scene, reply: Reply) -> None:
    await scene.has(scene.service.browser("one"))
    scene.service.plans = [reply]
    await scene.wakes()
    assert await scene.left() == 1
    await scene.wakes()
    assert len(scene.service.browsers[0].heard) == 1


async def test_one_browser_in_trouble_keeps_no_other_from_being_told(scene: Scene) -> None:
    broken, good = scene.service.browser("one"), scene.service.browser("two")
    await scene.storage.add_subscription(replace(broken.of(DUTY_CN.id, scene.clock()), public_key="B" + "A" * 86))
    await scene.has(good)
    await scene.wakes()
    assert (len(broken.heard), len(good.heard)) == (0, 1)


async def test_a_push_service_that_was_taken_from_the_list_is_not_called(scene: Scene) -> None:
    await scene.has(scene.service.browser("one"))
    hosts = tuple(host for host in PUSH_HOSTS if "google" not in host)
    narrow = Pusher(
        PushSettings(KEY, CONTACT, hosts), Node(scene.storage, "node", scene.clock), Rerouted(scene.service)
    )
    await narrow.start()
    narrow.wake(ping(f"person:{DUTY_CN.id}"))
    await narrow.settled()
    await narrow.stop()
    assert scene.service.asked == []


async def test_a_storage_that_does_not_answer_hinders_nothing(scene: Scene) -> None:
    await scene.has(scene.service.browser("one"))
    await scene.storage.stop()
    await scene.wakes()
    assert scene.service.asked == []


async def test_a_bridge_that_is_stopped_tells_nobody(scene: Scene) -> None:
    await scene.has(scene.service.browser("one"))
    await scene.pusher.stop()
    await scene.wakes()
    await scene.pusher.stop()
    assert scene.service.asked == []


def test_our_key_is_in_no_log_and_browsers_get_its_public_half() -> None:
    settings = PushSettings(KEY, CONTACT)
    assert KEY.hex() not in repr(settings)
    assert repr(KEY) not in repr(settings)
    assert len(public_key(KEY)) == 87
