"""What is promised of asking the gateway to call somebody: signed, without a number, honest when it is not done."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import pytest
import time_machine
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Uncertain
from tests.fakes.gateway import OTHER_SECRET, SECRET
from tests.fakes.wire import HOLD, RESET, Reply
from tests.kit.calling import Switchboard, call, switchboard
from tests.kit.clock import START


@pytest.fixture
async def board() -> AsyncIterator[Switchboard]:
    async with switchboard() as found:
        yield found


async def test_it_is_told_whom_to_call_and_reference_urgency_and_act_and_nothing_else(board: Switchboard) -> None:
    name = await board.phone()
    (told,) = board.fake.calls
    assert told == {
        "type": "call.requested",
        "timestamp": "2026-04-18T07:05:00Z",
        "data": {
            "call": name,
            "to": "person:12",
            "reference": "KC26-M9S34-4",
            "urgency": "U1",
            "act": "please acknowledge",
            "exercise": False,
            "say": "KC26-M9S34-4, U1: please acknowledge",
        },
    }


async def test_the_library_of_standard_webhooks_verifies_what_is_sent(board: Switchboard) -> None:
    await board.phone()
    (asked,) = board.fake.asked
    assert asked.headers["content-type"] == "application/json"
    with time_machine.travel(START, tick=False):
        assert Webhook(SECRET).verify(asked.body, asked.headers) == json.loads(asked.body)


async def test_a_call_has_one_name_at_every_try_so_that_nobody_is_called_twice_for_it(board: Switchboard) -> None:
    board.fake.plans.append(Reply(503))
    with pytest.raises(Unavailable):
        await board.phone()
    await board.phone()
    await board.phone()
    assert len({asked.headers["webhook-id"] for asked in board.fake.asked}) == 1
    assert len(board.fake.calls) == 1
    await board.phone(number=6)
    assert len(board.fake.calls) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(404), Refused),
        (Reply(422), Refused),
        (Reply(401), Unavailable),
        (Reply(429), Throttled),
        (Reply(500), Unavailable),
        (Reply(302, headers=(("Location", "https://elsewhere.example/"),)), Unavailable),
        (RESET, Uncertain),
        (HOLD, Uncertain),
    ],
    ids=["no-number", "unreadable", "signature", "too-often", "down", "led-elsewhere", "cut", "silent"],
)
async def test_what_it_does_not_take_is_an_error_that_says_what_to_do(
    board: Switchboard, reply: Reply, error: type[SendError]
) -> None:
    board.fake.plans.append(reply)
    with pytest.raises(error):
        await board.phone()
    assert board.gateway.failing_since == START
    await board.phone()
    assert board.gateway.failing_since is None


async def test_a_gateway_that_is_not_there_is_unavailable(board: Switchboard) -> None:
    async with switchboard() as gone:
        pass
    await gone.gateway.start(gone.inbox)
    with pytest.raises(Unavailable):
        await gone.phone()
    await gone.gateway.stop()


async def test_a_repeat_that_it_says_it_has_is_no_failure(board: Switchboard) -> None:
    board.fake.plans.append(Reply(409))
    assert await board.phone()


async def test_no_secret_address_or_answer_of_it_is_in_an_error_or_a_log(
    board: Switchboard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = b'{"error": "+855 12 000 000 is switched off"}'
    said = []
    with capture_logs() as logs:
        for reply in (Reply(404, answer), Reply(500, answer), RESET):
            board.fake.plans.append(reply)
            with pytest.raises(SendError) as failed:
                await board.phone()
            said.append(str(failed.value))
    found = f"{said} {logs} {caplog.text}"
    assert [word for word in ("+855", SECRET, board.fake.url, "person:12") if word in found] == []


async def test_whoever_has_another_secret_is_told_to_check_it() -> None:
    async with switchboard(OTHER_SECRET) as board:
        with pytest.raises(Unavailable, match=r"check gateway\.secret"):
            await board.phone()


async def test_it_can_be_tried_without_calling_anybody(board: Switchboard) -> None:
    assert await board.gateway.probe() == "The gateway answers and takes our signature; nobody was called."
    assert board.fake.calls == []
    async with switchboard(OTHER_SECRET) as wrong:
        with pytest.raises(Unavailable, match=r"check gateway\.secret"):
            await wrong.gateway.probe()


async def test_it_carries_no_message(board: Switchboard) -> None:
    with pytest.raises(Refused):
        await board.gateway.send(call(), "words", is_last=True)
    assert board.fake.asked == []
