"""The HTTP client serves any messenger's API, also one that refuses with a status and wants its token in a header."""

from __future__ import annotations

import logging
import traceback

import pytest

from adapters.calls.http_client import HttpClient, Way
from bot.domain.errors import Refused, SendError, Unavailable, Uncertain
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server
from tests.kit.time_outs import pass_time

TOKEN = "Bearer a-channel-token-that-must-never-be-logged"
REFUSALS = frozenset({200, 400, 429})


class Api:
    """An API like LINE's: a token in a header, refusals with a status of their own; one client calls it."""

    def __init__(self, *plans: Reply) -> None:
        self.plans = list(plans)
        self.asked: list[Asked] = []
        self._server = Server(self._answer, on_hold=pass_time)

    async def __aenter__(self) -> HttpClient:
        await self._server.__aenter__()
        self.http = HttpClient(Way("LINE", self._server.url, statuses=REFUSALS))
        await self.http.start()
        return self.http

    async def __aexit__(self, *_: object) -> None:
        await self.http.stop()
        await self._server.__aexit__()

    def _answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.plans.pop(0) if self.plans else Reply(200, b"{}")


async def push(http: HttpClient) -> str:
    answer = await http.call("POST", "/v2/push", headers={"Authorization": TOKEN}, body={"text": "her name"})
    return f"{answer.status} {answer.as_json()} {answer.headers.get('retry-after', '')}"


async def test_a_refusal_with_a_status_of_its_own_is_read_where_the_adapter_can_read_it() -> None:
    api = Api(Reply(400, b'{"message": "no"}'), Reply(429, b"{}", headers=(("Retry-After", "7"),)), Reply(500, b"{}"))
    async with api as http:
        assert await push(http) == "400 {'message': 'no'} "
        assert await push(http) == "429 {} 7"
        with pytest.raises(Unavailable, match="status 500"):
            await push(http)
    assert api.asked[0].headers["authorization"] == TOKEN
    assert api.asked[0].headers["content-type"] == "application/json"


async def test_only_what_may_have_arrived_is_uncertain() -> None:
    async with Api(HOLD, RESET) as http:
        for _ in range(2):
            with pytest.raises(Uncertain):
                await push(http)
    async with Api(HOLD, RESET, RESET) as http:
        for _ in range(2):  # a question is asked again when the connection breaks
            with pytest.raises(Unavailable):
                await http.call("GET", "/v2/profile")


async def test_a_file_is_read_to_its_limit_with_the_token_in_its_header() -> None:
    api = Api(Reply(200, b"x" * 1000, "image/jpeg"), Reply(200, b"x" * 1001, "image/jpeg"))
    async with api as http:
        taken = await http.download("/v2/content", 1000, headers={"Authorization": TOKEN})
        assert len(taken.content) == 1000
        with pytest.raises(Refused, match="too large"):
            await http.download("/v2/content", 1000, headers={"Authorization": TOKEN})
    assert [asked.headers["authorization"] for asked in api.asked] == [TOKEN, TOKEN]


async def test_neither_token_nor_words_are_in_an_error_a_log_or_what_is_shown_of_an_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    echo = (("X-Echo", TOKEN),)
    async with Api(HOLD, RESET, Reply(500), Reply(200, b"her name")) as http:
        for _ in range(4):
            with pytest.raises(SendError) as caught:
                await push(http)
            shown += [line for line in traceback.format_exception(caught.value) if "headers=" not in line]
    async with Api(Reply(200, b'{"text": "her name"}', headers=echo)) as http:
        shown.append(repr(await http.call("POST", "/v2/push", body={})))
    shown.append(caplog.text)
    for secret in (TOKEN, "her name"):
        assert not [line for line in shown if secret in line]
