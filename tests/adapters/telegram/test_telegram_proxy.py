"""A proxy is used where one is set for Telegram, and never because the environment names one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.domain.errors import Unavailable
from tests.fakes.bot_api import BotApi
from tests.fakes.people import User
from tests.fakes.wire import Asked, Reply, Server
from tests.kit.inbox import Inbox
from tests.kit.telegram import export, make_telegram, outgoing, running, send


@dataclass
class Proxy:
    """Passes everything on and notes what was asked of it."""

    url: str = ""
    methods: list[str] = field(default_factory=list)
    credentials: set[str] = field(default_factory=set)

    async def pass_on(self, asked: Asked) -> Reply:
        self.methods.append(asked.target.rpartition("/")[2])
        self.credentials.add(asked.headers.get("proxy-authorization", ""))
        headers = {"Content-Type": asked.headers.get("content-type", "")}
        async with aiohttp.ClientSession() as client:
            answer = await client.request(asked.method, asked.target, data=asked.body, headers=headers)
            return Reply(answer.status, await answer.read())


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    proxy = Proxy()
    async with Server(proxy.pass_on) as server:
        proxy.url = server.url
        yield proxy


async def test_everything_goes_through_the_proxy_that_was_set(api: BotApi, proxy: Proxy, tmp_path: Path) -> None:
    inbox = Inbox()
    with_password = proxy.url.replace("http://", "http://bridge:pa55@")
    async with running(make_telegram(api, proxy=with_password, exports=tmp_path), inbox) as telegram:
        User(api, 111).says("urgent")
        await inbox.until(lambda: inbox.taken)
        await send(telegram, outgoing(111, "Noted"))
        await send(telegram, outgoing(111, "The log", file=export(tmp_path)))
    assert {"deleteWebhook", "getMe", "getUpdates", "sendMessage", "sendDocument"} <= set(proxy.methods)
    assert proxy.credentials == {"Basic " + b64encode(b"bridge:pa55").decode()}
    assert [post.text for post in api.sent(111)] == ["Noted", "The log"]


async def test_a_proxy_of_the_environment_is_not_used(
    api: BotApi, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv(name.lower(), proxy.url)
    User(api, 111)
    async with running(make_telegram(api)) as telegram:
        assert await send(telegram, outgoing(111, "straight"))
    assert proxy.methods == []


async def test_a_proxy_that_is_down_is_a_way_that_is_down(api: BotApi) -> None:
    async with running(make_telegram(api, proxy="http://bridge:pa55@127.0.0.1:9")) as telegram:
        with pytest.raises(Unavailable) as caught:
            await send(telegram, outgoing(111, "hello"))
    assert "pa55" not in str(caught.value)


@pytest.mark.parametrize("reply", [Reply(407), Reply(302), Reply(200, b"<html>sign in first"), Reply(200, b'{"a":1}')])
async def test_a_proxy_that_answers_for_telegram_is_not_believed(api: BotApi, reply: Reply) -> None:
    async with (
        Server(lambda _: reply) as portal,
        running(make_telegram(api, proxy=portal.url)) as telegram,
    ):
        with pytest.raises(Unavailable):
            await send(telegram, outgoing(111, "hello"))
