"""Whatever people, messengers and two nodes do: no window is overspent, and no ping is left without a next step."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import window_rules
from bot.domain.errors import Refused, Unavailable, Uncertain, WindowClosed
from bot.domain.messages import (
    KNOCK_FAILED,
    Address,
    Contact,
    Delivery,
    DeliveryState,
    Inbound,
    Kind,
    Outgoing,
    OutgoingKind,
    Priority,
)
from bot.domain.turn import KnockOutcome, Turn
from tests.fakes.memory_windows import Granted
from tests.kit.examples import examples
from tests.unit.delivery.delivering import NOON, WINDOWED, WINDOWS, Messenger, Postroom, Time, answer, message, ping

pytestmark = pytest.mark.long

LI = Address("wechat", "li")
OVER = (DeliveryState.SENT, DeliveryState.SEEN, DeliveryState.DROPPED)
KINDS = ("ping", "told", "reply", "window")


class WeChat(Messenger):
    """Counts by itself what it lets through; and notes what it was sent beyond that."""

    def __init__(self, time: Time, granted: Granted) -> None:
        super().__init__("wechat", time, WINDOWED)
        self.granted = granted
        self.overspent = 0
        self.mood = "well"
        self.vaguely: set[int] = set()  #: what arrived without our being told

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        if self.mood == "down":
            raise Unavailable("no route")
        try:
            self.granted.spend(delivery.message.address, self._time.now)
        except WindowClosed:
            self.overspent += 1
            raise
        external_id = await super().send(delivery, text, is_last=is_last)
        if self.mood == "vague":
            self.vaguely.add(delivery.message.id)
            raise Uncertain("no answer")
        return external_id

    async def knock(self, delivery: Delivery, headline: str) -> str:
        if self.mood in ("down", "deaf"):
            raise Refused("no template")
        return await super().knock(delivery, headline)


class World:
    """Two nodes on one storage, one messenger's count, one clock."""

    def __init__(self) -> None:
        self.time = Time()
        self.granted = Granted(WINDOWS)
        self.nodes = [self._node(None)]
        self.nodes.append(self._node(self.nodes[0]))
        self.numbers = count(1)
        self.shut = 0  #: how often the messenger closed all windows, whatever we count
        self.posted: dict[int, Outgoing] = {}

    def _node(self, first: Postroom | None) -> Postroom:
        messengers = {"telegram": Messenger("telegram", self.time), "wechat": WeChat(self.time, self.granted)}
        node = Postroom(storage=first.storage if first else None, time=self.time, messengers=messengers)
        if first:
            node.ids = count(500_000)
        return node

    @property
    def wechats(self) -> list[WeChat]:
        return [node["wechat"] for node in self.nodes]  # type: ignore[misc]

    async def does(self, contact: Contact) -> None:
        """The person writes or taps."""
        number = next(self.numbers)
        said = Inbound("wechat", "1", f"e{number}", Kind.TEXT, self.time.now, LI, LI, contact=contact)
        self.granted.took(said, self.time.now)
        await self.nodes[0].storage.apply([Turn(windows=window_rules.opened(said, {"wechat": WINDOWS}))])

    async def post(self, kind: str, node: int, has_next: bool, priority: Priority) -> None:
        number = next(self.numbers)
        made = {"ping": ping(number, str(LI)), "reply": answer(number, str(LI))}.get(kind) or message(number, str(LI))
        others = (Address("telegram", "li"),) if has_next and kind in ("ping", "told") else ()
        changed = replace(made, kind=OutgoingKind(kind), others=others, created_at=self.time.now)
        if kind != "reply":
            changed = replace(changed, priority=priority, case_id=7)
        self.posted[number] = changed
        if changed.id not in await self.nodes[node].store(changed):
            self.nodes[node].deliverer.hand_over([changed])
        await self.settle()

    async def settle(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)
        for node in self.nodes:
            await node.commit()

    async def feels(self, mood: str) -> None:
        """The messenger is well, down, does not say whether it took something, or takes no knocks."""
        for wechat in self.wechats:
            wechat.mood = mood

    async def shuts(self) -> None:
        """The messenger closes all windows, whatever we count."""
        self.granted.close(LI)
        self.shut += 1

    async def wait(self, seconds: float) -> None:
        step = 1 if seconds < 70 else 10
        end = self.time.now + timedelta(seconds=seconds)
        while self.time.now < end:
            self.time.move_to(min(end, self.time.now + timedelta(seconds=step)))
            for node in self.nodes:
                await node.deliverer.tick()
            await self.settle()

    async def outcome(self, failure: str) -> None:
        """The messenger says of the last knock that it failed, or that it arrived."""
        rows = [d for d in await self.rows() if d.knock.startswith("knock")]
        if rows:
            told = answer(next(self.numbers) + 900_000, "telegram:desk")
            outcomes = (KnockOutcome(LI, rows[0].knock, failure),)
            told = replace(told, created_at=self.time.now)
            await self.nodes[0].storage.apply([Turn(outgoing=(told,), knock_outcomes=outcomes)])

    async def rows(self) -> list[Delivery]:
        return await self.nodes[0].storage.outbox(list(DeliveryState), 5000)

    async def check(self) -> None:
        # It closes a window at will only when told to, and the ledger must have believed that at the first word.
        assert sum(wechat.overspent for wechat in self.wechats) <= self.shut
        for row in await self.rows():
            if row.state in OVER:
                continue
            where = (row.message.kind, row.state, row.reason)
            if row.state is DeliveryState.PARKED:
                assert row.joined or not row.message.others, where
            else:
                assert row.next_attempt_at is not None, where
            if row.message.others:
                assert row.joined or not self._is_time_for_the_next(row), where
            if row.message.kind == "ping" and row.state is DeliveryState.WINDOW_CLOSED:
                assert row.knock, "whoever cannot be written to is asked to tap, or that failed visibly"

    def _is_time_for_the_next(self, row: Delivery) -> bool:
        is_urgent = row.message.priority <= Priority.U2
        limit = timedelta(seconds=40) if is_urgent else timedelta(seconds=310)
        is_old = self.time.now - (row.message.created_at or NOON) > limit
        is_unheard = row.state is DeliveryState.WINDOW_CLOSED and row.knock == KNOCK_FAILED
        return is_old or (is_unheard and row.next_attempt_at != self.time.now)


POSTS = st.tuples(
    st.just("post"), st.sampled_from(KINDS), st.integers(0, 1), st.booleans(), st.sampled_from(list(Priority)[1:5])
)
STEPS = st.one_of(
    POSTS,
    POSTS,
    POSTS,
    st.tuples(st.just("does"), st.sampled_from([Contact.MESSAGE, Contact.TAP])),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 31, 65, 400, 400])),
    st.tuples(st.just("feels"), st.sampled_from(["well", "down", "vague", "deaf"])),
    st.tuples(st.just("outcome"), st.sampled_from(["", "user block"])),
    st.tuples(st.just("shuts")),
)


async def _walk(steps: list[tuple[Any, ...]]) -> World:
    world = World()
    await world.nodes[0].case_with_deadline()
    for name, *how in steps:
        await getattr(world, name)(*how)
        await world.settle()
        await world.check()
    return world


async def _late(world: World) -> dict[int, DeliveryState]:
    """What has not arrived in the end, though everything is well again."""
    await world.feels("well")
    await world.wait(310)  # what failed last is tried again within five minutes
    for _ in range(len(world.posted) + 1):
        await world.does(Contact.MESSAGE)
        await world.wait(4)
    await world.check()
    states = {row.message.id: row.state for row in await world.rows()}
    sent = Counter(d.message.id for wechat in world.wechats for _, d, _ in wechat.sent)
    vague = {n for wechat in world.wechats for n in wechat.vaguely}
    assert [n for n, times in sent.items() if times > 1 and n not in vague] == []
    return {number: states[number] for number in world.posted if states[number] not in OVER}


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(STEPS, min_size=3, max_size=30))
def test_no_window_is_overspent_no_ping_waits_without_a_next_step_and_in_the_end_all_arrives(
    steps: list[tuple[Any, ...]],
) -> None:
    async def walk() -> dict[int, DeliveryState]:
        return await _late(await _walk(steps))

    assert asyncio.run(walk()) == {}
