"""Webhooks on the program's own web server: an answer counts as heard only by somebody who still listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.responses import PlainTextResponse

from adapters.web.server.webhooks import Hooks
from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Receive, Request, Response
from tests.kit.serving import Line, served
from tests.kit.waiting import until

CALL = b"POST /hooks/wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
ELSEWHERE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Hook:
    """A messenger whose answer takes as long as a test wants."""

    messenger = "wechat"
    capabilities = Capabilities(2048)

    def __init__(self) -> None:
        self.is_called, self.goes_on = asyncio.Event(), asyncio.Event()
        self.answered = self.went = 0

    async def handle(self, request: Request) -> Response:
        self.is_called.set()
        await self.goes_on.wait()
        self.answered += 1
        return Response(200, "an answer", went=self._went)

    def _went(self) -> None:
        self.went += 1

    async def start(self, receive: Receive) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return ""

    async def stop(self) -> None: ...


@pytest.fixture
async def hook() -> Hook:
    return Hook()


@pytest.fixture
async def line(hook: Hook) -> AsyncIterator[Line]:
    async with served(Hooks({"wechat": hook}, PlainTextResponse("elsewhere"))) as line:
        yield line


async def test_an_answer_that_is_read_counts_as_heard(hook: Hook, line: Line) -> None:
    hook.goes_on.set()
    assert (await line.says(CALL)).endswith(b"an answer")
    assert hook.went == 1


async def test_an_answer_to_somebody_who_hung_up_does_not(hook: Hook, line: Line) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", line.port)
    writer.write(CALL)
    await hook.is_called.wait()
    writer.close()
    assert (await line.says(ELSEWHERE)).endswith(b"elsewhere"), "by now the server knows"
    hook.goes_on.set()
    await until(lambda: hook.answered)
    assert (await line.says(CALL)).endswith(b"an answer")
    assert hook.went == 1
