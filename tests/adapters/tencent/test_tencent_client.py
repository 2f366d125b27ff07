"""What is promised of calls with an access token: one new token when it is refused, and failures that say no secret."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback

import pytest

from bot.domain.errors import Refused, SendError, Throttled, Unavailable, Uncertain
from tests.fakes.memory_state import MemoryState
from tests.fakes.wire import HOLD, RESET, Asked, Reply, Server
from tests.kit.tencent import Api, Caller, Mint, http_at, says

SEND = "/cgi-bin/message/send"
NAMED = (("Content-Disposition", 'attachment; filename="a.jpg"'),)


async def test_a_call_carries_the_token_and_the_text_as_it_is() -> None:
    async with Api() as api, Caller(api) as client:
        answer = await client.call("POST", SEND, query={"agentid": "7"}, json={"text": "你好 — សួស្តី"})
    assert answer["msgid"] == "m-1"
    (asked,) = api.asked
    assert (asked.method, asked.target) == ("POST", f"{SEND}?agentid=7&access_token=token-1")
    assert asked.body.decode() == '{"text":"你好 — សួស្តី"}'
    assert "accept-encoding" not in asked.headers


async def test_a_200_with_an_error_code_is_a_failure_of_the_kind_that_the_table_says() -> None:
    async with Api() as api, Caller(api) as client:
        api.plans = [says(errcode=45009, errmsg="limit"), says(errcode=301002), says(errcode="?")]
        for kind in (Throttled, Refused, Unavailable):
            with pytest.raises(kind):
                await client.call("POST", SEND, json={})
    assert len(api.asked) == 3


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_fetched_anew_once_and_the_call_made_again(code: int) -> None:
    async with Api() as api, Caller(api, mint := Mint()) as client:
        api.refusal = code
        await client.call("POST", SEND, json={})
        api.good = "token-2"
        mint_clock(client, 60)
        assert (await client.call("POST", SEND, json={}))["msgid"] == "m-1"
    assert mint.told == ["", "token-1"]
    assert len(api.asked) == 3


def mint_clock(client: object, seconds: float) -> None:
    client._keeper._node.clock.forward(seconds=seconds)  # type: ignore[attr-defined]


async def test_a_token_that_is_refused_for_ever_ends_after_one_new_one() -> None:
    async with Api() as api, Caller(api, mint := Mint()) as client:
        api.good = None
        await client._keeper.token()
        mint_clock(client, 60)
        with pytest.raises(Unavailable):
            await client.call("POST", SEND, json={})
        assert (len(mint.told), len(api.asked)) == (2, 2)
        for _ in range(20):
            with pytest.raises(Unavailable):
                await client.call("POST", SEND, json={})
        assert len(api.asked) == 22
    assert len(mint.told) == 2, "nor is one fetched for each of the next calls"


async def test_a_hundred_calls_with_a_spoiled_token_fetch_one_and_all_arrive() -> None:
    async with Api() as api, Caller(api, mint := Mint()) as client:
        await client.call("POST", SEND, json={})
        api.good = "token-2"
        mint_clock(client, 60)
        answers = await asyncio.gather(*(client.call("POST", SEND, json={}) for _ in range(100)))
    assert len(answers) == 100
    assert len(mint.told) == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (HOLD, Uncertain),
        (RESET, Uncertain),
        (Reply(500, b"<html>"), Unavailable),
        (Reply(302, b"", headers=(("Location", "http://127.0.0.1:9/"),)), Unavailable),
        (Reply(200, b"\xff<html>", "text/html"), Unavailable),
        (Reply(200, b"[1]"), Unavailable),
        (Reply(200, b"[" * 5000), Unavailable),
        (Reply(200, b" " * (2 << 20)), Unavailable),
        (Reply(200, b"{}", headers=(("Content-Encoding", "gzip"),)), Unavailable),
        (Reply(200, b"{", length=100), Uncertain),
    ],
)
async def test_whatever_the_way_answers_it_is_said_whether_the_message_may_have_arrived(
    reply: Reply, kind: type[SendError]
) -> None:
    async with Api() as api, Caller(api) as client:
        api.plans = [reply]
        with pytest.raises(SendError) as caught:
            await client.call("POST", SEND, json={"text": "her name"})
        assert type(caught.value) is kind
        assert "m-1" in (await client.call("POST", SEND, json={}))["msgid"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nothing_and_no_token_goes_where_an_answer_points(status: int) -> None:
    async with Api() as api, Caller(api) as client:
        away = Reply(status, b"", headers=(("Location", f"{api.server.url}/elsewhere"),))
        api.plans = [away]
        with pytest.raises(Unavailable):
            await client.call("POST", SEND, json={"text": "her name"})
        api.plans = [away]
        with pytest.raises(Unavailable):
            await client.download("/cgi-bin/media/get", {}, 1000)
    assert [asked.target.partition("?")[0] for asked in api.asked] == [SEND, "/cgi-bin/media/get"]


async def test_nobody_there_is_no_doubt_and_a_stopped_client_sends_nothing() -> None:
    async with Api() as api:
        async with Caller(api, root="http://127.0.0.1:9") as client:
            with pytest.raises(Unavailable):
                await client.call("POST", SEND, json={})
        async with Caller(api) as stopped:
            pass
        with pytest.raises(Unavailable):
            await stopped.call("POST", SEND, json={})
        assert api.asked == []


async def test_a_proxy_of_the_environment_is_not_used_and_our_own_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    seen: list[str] = []

    def proxied(asked: Asked) -> Reply:
        seen.append(asked.target)
        return says(errcode=0)

    async with Api() as api, Server(proxied) as proxy:
        async with Caller(api) as client:
            await client.call("POST", SEND, json={})
        assert len(api.asked) == 1
        http = http_at("http://wecom.example", proxy=proxy.url)
        await http.start()
        await http.call("GET", "/cgi-bin/gettoken")
        await http.stop()
    assert seen == ["http://wecom.example/cgi-bin/gettoken"]


async def test_a_file_comes_whole_and_an_error_in_its_place_is_a_failure() -> None:
    picture = b"\xff\xd8" + bytes(range(256)) * 500
    async with Api() as api, Caller(api, mint := Mint()) as client:
        api.plans = [Reply(200, picture, "image/jpeg", headers=NAMED)]
        assert await client.download("/cgi-bin/media/get", {"media_id": "m"}, 1 << 20) == picture
        api.plans = [says(errcode=40007, errmsg="invalid media_id")]
        with pytest.raises(Refused, match="40007"):
            await client.download("/cgi-bin/media/get", {"media_id": "m"}, 1 << 20)
        api.good = "token-2"
        mint_clock(client, 60)
        api.plans = [Reply(200, b'{"errcode": 40001}', headers=NAMED)]
        content = await client.download("/cgi-bin/media/get", {"media_id": "m"}, 1 << 20)
    assert json.loads(content) == {"errcode": 40001}, "a file that somebody wrote is no error"
    assert len(mint.told) == 2


async def test_of_a_file_no_more_is_read_than_is_allowed() -> None:
    async with Api() as api, Caller(api) as client:
        api.plans = [Reply(200, b"x" * 200_000, "image/jpeg", headers=NAMED)]
        with pytest.raises(Refused, match="too large"):
            await client.download("/cgi-bin/media/get", {}, 100_000)
        for reply in (HOLD, RESET, Reply(404)):
            api.plans = [reply, reply]  # a question is asked again when the connection breaks
            with pytest.raises(Unavailable):
                await client.download("/cgi-bin/media/get", {}, 100_000)


async def test_no_token_and_no_text_is_in_any_log_or_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    async with Api() as api, Caller(api, Mint(), MemoryState()) as client:
        for reply in (HOLD, RESET, Reply(500), Reply(200, b"{", length=9), says(errcode=7, errmsg="her name token-1")):
            api.plans = [reply]
            with pytest.raises(SendError) as caught:
                await client.call("POST", SEND, json={"text": "her name"})
            shown += traceback.format_exception(caught.value)
        shown += [repr(client), repr(client._keeper), repr(client._http), caplog.text]
    for secret in ("token-1", "her name"):
        assert not [line for line in shown if secret in line and "await client" not in line]
