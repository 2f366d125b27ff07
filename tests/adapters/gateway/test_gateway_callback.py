"""What is promised of what the gateway tells us: verified first, stored before it is answered, each event once."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.domain.messages import Kind
from bot.domain.phone_calls import CallResult
from tests.fakes.gateway import OTHER_SECRET
from tests.kit.calling import Switchboard, switchboard


@pytest.fixture
async def board() -> AsyncIterator[Switchboard]:
    async with switchboard() as found:
        yield found


@pytest.mark.parametrize("result", list(CallResult))
async def test_what_became_of_a_call_is_handed_on_and_then_answered(board: Switchboard, result: CallResult) -> None:
    name = await board.phone()
    assert (await board.hears(*board.fake.says(name, result.value))).status == 200
    (told,) = board.inbox.taken
    assert (told.kind, told.text, told.message_id, told.sender) == (Kind.CALLED, result.value, name, None)


async def test_an_event_that_comes_again_has_the_key_of_the_first(board: Switchboard) -> None:
    name = await board.phone()
    for event in ("event-1", "event-1", "event-2"):
        await board.hears(*board.fake.says(name, "answered", event=event))
    assert len({told.key for told in board.inbox.taken}) == 2


async def test_what_is_not_signed_by_the_gateway_is_refused_and_leaves_nothing(board: Switchboard) -> None:
    name = await board.phone()
    headers, body = board.fake.says(name, "answered")
    forged, _ = board.fake.says(name, "answered", secret=OTHER_SECRET)
    attempts = [
        ({}, body),
        (dict.fromkeys(headers, ""), body),
        (forged, body),
        (headers, body.replace(b"answered", b"failed!!")),
        (headers | {"webhook-id": "event-2"}, body),
        (headers | {"webhook-timestamp": "9" * 11}, body),
        (headers | {"webhook-timestamp": "now"}, body),
        (headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")}, body),
        (headers | {"webhook-signature": "v1," + "A" * 9000}, body),
        (headers | {"webhook-signature": "v1,\u00e9"}, body),
        (headers, b"\xff\xfe"),
    ]
    assert {(await board.hears(*attempt)).status for attempt in attempts} == {401}
    assert board.inbox.taken == []


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_what_was_signed_long_ago_or_is_still_to_come_is_refused(board: Switchboard, minutes: int) -> None:
    name = await board.phone()
    headers, body = board.fake.says(name, "answered")
    board.clock.now += timedelta(minutes=minutes)
    assert (await board.hears(headers, body)).status == 401
    board.clock.now -= timedelta(minutes=minutes)
    assert (await board.hears(headers, body)).status == 200


async def test_one_good_signature_among_several_is_enough_while_a_secret_is_changed(board: Switchboard) -> None:
    name = await board.phone()
    old, body = board.fake.says(name, "answered", secret=OTHER_SECRET)
    new, _ = board.fake.says(name, "answered")
    both = f"{old['webhook-signature']} {new['webhook-signature']}"
    assert (await board.hears(new | {"webhook-signature": both}, body)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "[" * 5000,
        json.dumps({"type": "call.result"}),
        json.dumps({"type": "call.result", "data": {"call": "7", "result": "answered"}}),
        json.dumps({"type": "call.result", "data": {"call": "a.b.c.d.person:1", "result": "perhaps"}}),
        json.dumps({"type": "call.requested", "data": {"call": "a.b.c.d.person:1", "result": "answered"}}),
    ],
)
async def test_what_is_signed_and_makes_no_sense_is_kept_as_it_came_and_answered(board: Switchboard, body: str) -> None:
    assert (await board.hears(board.fake.signed(body), body.encode())).status == 200
    (told,) = board.inbox.taken
    assert (told.kind, told.raw) == (Kind.UNREADABLE, body.encode())


async def test_what_we_sent_ourselves_proves_nothing_when_it_is_sent_back(board: Switchboard) -> None:
    await board.phone()
    (asked,) = board.fake.asked
    await board.hears(asked.headers, asked.body)
    assert [told.kind for told in board.inbox.taken] == [Kind.UNREADABLE]


async def test_a_long_body_is_not_read(board: Switchboard) -> None:
    body = "x" * 20_000
    assert (await board.hears(board.fake.signed(body), body.encode())).status == 413
    assert board.inbox.taken == []


async def test_only_posting_is_taken(board: Switchboard) -> None:
    assert (await board.hears(*board.fake.says("a.b.c.d.person:1", "answered"), method="GET")).status == 405


async def test_what_could_not_be_stored_shall_come_again(board: Switchboard) -> None:
    name = await board.phone()
    board.inbox.refuses = lambda _: True
    assert (await board.hears(*board.fake.says(name, "answered"))).status == 503
    board.inbox.refuses = lambda _: False
    assert (await board.hears(*board.fake.says(name, "answered"))).status == 200
