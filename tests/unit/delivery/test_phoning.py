"""How phone calls are made: by whoever can, as often as is allowed, and never as if one that was not made had been."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused, SendError, Throttled, Unavailable
from bot.domain.messages import (
    GATEWAY,
    Address,
    Capabilities,
    Delivery,
    DeliveryState,
    Grant,
    Outgoing,
    OutgoingKind,
    Priority,
)
from bot.domain.phone_calls import PhoneCall, Spoken
from tests.unit.delivery.delivering import NOON, Messenger, Postroom, Time

pytestmark = pytest.mark.long

PHONES = Capabilities(text_limit=1, phones=True)
SELDOM = replace(PHONES, phone_limits=(Grant(3, timedelta(minutes=8)), Grant(8, timedelta(hours=24))))
DOWN = Unavailable("down")


@dataclass
class Phone(Messenger):
    """Whoever makes calls; it does what the test planned."""

    name: str
    time: Time
    can: Capabilities = PHONES
    rung: list[tuple[float, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.name, self.time, self.can)

    async def phone(self, delivery: Delivery, spoken: Spoken) -> str:
        self.tries.append(self._time.now)
        await self._follow_plan(delivery.message.address.peer)
        self.rung.append(((self._time.now - NOON).total_seconds(), delivery.message.id, spoken.sentence))
        return f"call-{len(self.rung)}"


class Exchange(Postroom):
    """A deliverer with a gateway and a WeCom that can call, and plain Telegram."""

    def __init__(self, wecom: Capabilities = SELDOM) -> None:
        time = Time()
        self.gateway, self.wecom = Phone(GATEWAY, time), Phone("wecom", time, wecom)
        found = {GATEWAY: self.gateway, "wecom": self.wecom, "telegram": Messenger("telegram", time)}
        super().__init__(time=time, messengers=found)
        self.missed: list[int] = []
        office = self.deliverer._office
        object.__setattr__(office, "on_not_called", lambda message: self.missed.append(message.id))

    async def began(self) -> Exchange:
        self.case = await self.case_with_deadline()
        return self


def call(number: int, to: str = "gateway:person:12", *others: str, after: float = 0) -> Outgoing:
    """A call about the deadline of `Postroom.case_with_deadline`."""
    at = NOON + timedelta(seconds=after)
    return Outgoing(
        number,
        PhoneCall.key("case:7:acknowledge:70", number, "person:12"),
        OutgoingKind.CALL,
        "person:12",
        Address.parse(to),
        tuple(map(Address.parse, others)),
        priority=Priority.U1,
        case_id=7,
        deadline_id=70,
        created_at=at,
    )


async def test_a_call_says_which_case_how_urgent_and_what_is_wanted() -> None:
    room = await Exchange().began()
    await room.post(call(1))
    assert [said for _, _, said in room.gateway.rung] == ["KC26-M9S34-4, U2: please acknowledge"]
    row = await room.row(1)
    assert (row.state, row.external_id, row.sent_at) == (DeliveryState.SENT, "call-1", NOON)


async def test_nobody_is_called_about_a_deadline_that_was_met_since() -> None:
    room = await Exchange().began()
    room.gateway.plan("person:12", DOWN)
    await room.post(call(1))
    await room.meet(room.case)
    await room.wait(30)
    assert room.gateway.rung == []
    assert await room.state(1) is DeliveryState.DROPPED


@pytest.mark.parametrize("error", [DOWN, Refused("no number"), Throttled("busy", retry_after=timedelta(seconds=9))])
async def test_whoever_else_can_make_the_call_does_at_once_and_the_rung_is_not_missed(error: SendError) -> None:
    room = await Exchange().began()
    room.gateway.always["person:12"] = error
    await room.post(call(1, "gateway:person:12", "wecom:LiWei"))
    await room.wait(1)
    assert len(room.wecom.rung) == 1
    assert room.missed == []


async def test_a_call_that_nobody_makes_is_a_missed_rung_said_once_and_at_once() -> None:
    room = await Exchange().began()
    room.gateway.always["*"] = room.wecom.always["*"] = DOWN
    await room.post(call(1, "gateway:person:12", "wecom:LiWei"))
    await room.wait(1)
    assert len(room.missed) == 1
    await room.wait(600)
    assert len(room.missed) == 1


async def test_a_gateway_that_comes_back_makes_the_call_within_five_minutes_and_not_later() -> None:
    room = await Exchange().began()
    room.gateway.always["*"] = DOWN
    await room.post(call(1))
    await room.wait(60)
    room.gateway.always.clear()
    await room.wait(20)
    assert len(room.gateway.rung) == 1
    room.gateway.always["*"] = DOWN
    await room.post(call(2, after=80))
    await room.wait(400)
    row = await room.row(2)
    assert (row.state, row.reason) == (DeliveryState.PARKED, "not called: down")
    room.gateway.always.clear()
    await room.wait(60)
    assert len(room.gateway.rung) == 1


async def test_nobody_is_called_more_often_than_is_allowed_there_whatever_the_ladder_asks() -> None:
    room = await Exchange().began()
    for number in range(1, 6):
        await room.post(call(number, "wecom:LiWei", after=(number - 1) * 60))
        await room.wait(60)
    assert [number for _, number, _ in room.wecom.rung] == [1, 2, 3]
    assert room.missed == [4, 5]
    assert (await room.row(4)).reason.startswith("not called: called 3 times")
    await room.wait(300)
    await room.post(call(6, "wecom:LiWei", after=600))
    assert len(room.wecom.rung) == 4


async def test_a_messenger_that_cannot_call_parks_it_and_lets_the_next_try() -> None:
    room = await Exchange(wecom=replace(PHONES, phones=False)).began()
    await room.post(call(1, "wecom:LiWei", "gateway:person:12"))
    await room.wait(1)
    assert await room.state(1) is DeliveryState.PARKED
    assert len(room.gateway.rung) == 1


async def test_a_call_is_parked_visibly_where_there_is_no_gateway_any_more() -> None:
    room = await Exchange().began()
    del room.deliverer._dispatchers[GATEWAY]
    await room.store(call(1))
    await room.wait(60)
    assert await room.state(1) is DeliveryState.PARKED
