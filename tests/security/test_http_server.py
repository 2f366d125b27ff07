"""The web server itself: requests within requests, heads without end, methods and paths of an attacker's choice."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.web.server.http_protocol import HEAD_LIMIT
from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Receive, Request, Response
from tests.kit.serving import Line, served
from tests.security.stronghold import besieged

HOOK = b"POST /hooks/telegram HTTP/1.1\r\nHost: x\r\n"
PAGE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
END = b"Connection: close\r\n\r\n"
MIB = 1 << 20


class Hook:
    """A messenger that notes what it was sent."""

    messenger = "telegram"
    capabilities = Capabilities(4096)

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def handle(self, request: Request) -> Response:
        self.bodies.append(request.body)
        return Response(200, "taken")

    async def start(self, receive: Receive) -> None: ...

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return ""

    async def stop(self) -> None: ...


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
async def line(tmp_path: Path, hook: Hook) -> AsyncIterator[Line]:
    async with besieged(tmp_path, webhooks={"telegram": hook}) as bridge, served(bridge.app) as line:
        yield line


def status(heard: bytes) -> int:
    return int(heard.split(b" ", 2)[1]) if heard else 0


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Content-Length: 3\r\nContent-Length: 30\r\n",
        b"Content-Length: +3\r\n",
        b"Content-Length: 0x3\r\n",
        b"Content-Length: 3, 3\r\n",
        b"Content-Length: " + b"9" * 5000 + b"\r\n",
        b"Content-Length: \xb2\r\n",
        b"Content-Length : 3\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b" Content-Length: 3\r\n",
    ],
)
async def test_a_request_of_two_lengths_is_refused_and_what_follows_it_is_never_a_request(
    line: Line, hook: Hook, headers: bytes
) -> None:
    smuggled = b"0\r\n\r\nPOST /hooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nSMUGGLED"
    heard = await line.hears(HOOK + headers + b"\r\n" + smuggled)
    assert status(heard) in (0, 400, 413)
    assert heard.count(b"HTTP/1.1 ") <= 1
    assert b"SMUGGLED" not in b"".join(hook.bodies)


@pytest.mark.parametrize(
    "junk", [b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 10, b"A" * 999]
)
async def test_what_is_no_http_is_answered_with_an_error_or_silence(line: Line, junk: bytes) -> None:
    assert status(await line.hears(junk)) in (0, 400)


@pytest.mark.parametrize(
    "head",
    [
        PAGE + b"X: " + b"a" * HEAD_LIMIT + b"\r\n" + END,
        PAGE + b"".join(b"X%d: a\r\n" % n for n in range(HEAD_LIMIT // 6)) + END,
        b"GET /" + b"a" * HEAD_LIMIT + b" HTTP/1.1\r\nHost: x\r\n" + END,
        b"GET /cases?before=" + b"9" * HEAD_LIMIT + b" HTTP/1.1\r\nHost: x\r\n" + END,
        PAGE + b"Cookie: __Host-casebridge=" + b"A" * HEAD_LIMIT + b"\r\n" + END,
    ],
    ids=["header", "headers", "path", "query", "cookie"],
)
async def test_a_head_that_is_too_long_is_refused(line: Line, head: bytes) -> None:
    assert status(await line.says(head)) == 400


@pytest.mark.parametrize(
    ("begins", "goes_on", "times"),
    [(PAGE + b"X: ", b"a" * 8192, 200), (b"GET /", b"b" * 8192, 200), (PAGE, b"X: a\r\n", 20_000)],
    ids=["header", "path", "headers"],
)
async def test_a_head_without_end_is_cut_off(line: Line, begins: bytes, goes_on: bytes, times: int) -> None:
    assert status(await line.says(begins, *[goes_on] * times)) in (0, 400), "and the server hangs up"


async def test_the_largest_head_that_is_taken_leaves_room_for_what_browsers_send(line: Line) -> None:
    fits = PAGE + b"X: " + b"a" * (HEAD_LIMIT - 500) + b"\r\n" + END
    assert status(await line.says(fits)) == 200


async def test_several_requests_on_one_line_are_each_counted_for_themselves(line: Line) -> None:
    one = PAGE + b"X: " + b"a" * (HEAD_LIMIT // 3) + b"\r\n\r\n"
    heard = await line.says(*[one] * 8, PAGE + END)
    assert heard.count(b"HTTP/1.1 200") == 9
    body = b"x" * (MIB - 10)
    long = HOOK + b"Content-Length: %d\r\n\r\n" % len(body) + body
    heard = await line.says(long, long, PAGE + END)
    assert heard.count(b"HTTP/1.1 200") == 3, "bodies are no heads"


@pytest.mark.parametrize("method", [b"TRACE", b"TRACK", b"CONNECT", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"DEBUG"])
@pytest.mark.parametrize(
    "path", [b"/", b"/chat", b"/cases/KC26-M9S34-4", b"/hooks/telegram", b"/signin/x", b"/exports"]
)
async def test_no_other_method_does_anything_or_repeats_what_was_sent(line: Line, method: bytes, path: bytes) -> None:
    heard = await line.says(method + b" " + path + b" HTTP/1.1\r\nHost: x\r\nCookie: echo=SECRET\r\n" + END)
    assert status(heard) in (400, 404, 405)
    assert b"SECRET" not in heard
    assert b"Access-Control" not in heard.title()


@pytest.mark.parametrize(
    "path",
    [
        b"/static/../app.py",
        b"/static/..%2fapp.py",
        b"/static/%2e%2e/app.py",
        b"/static/..%252fapp.py",
        b"/static/%2e%2e%5capp.py",
        b"/static/..\\app.py",
        b"/static//etc/passwd",
        b"/static/%00app.css",
        b"/static/app.css%00.html",
        b"/exports/..%2f..%2fconfig.toml",
        b"/exports/%2e%2e%2fcasebridge.db",
        b"/exports/..%252fcasebridge.db",
        b"/cases/..%2f..%2fexports",
        b"/cases/%252e%252e%252f",
        b"/hooks/..%2fmetrics",
        b"/hooks/../metrics",
        b"//metrics",
        b"/./metrics",
        b"/%6d%65%74%72%69%63%73/..",
        b"/chat;x=/static/app.css",
        b"/\xff\xfe",
        b"/%ff%fe",
        b"http://evil.example/chat",
        b"*",
    ],
)
async def test_no_path_leads_out_of_where_it_belongs(line: Line, path: bytes) -> None:
    heard = await line.says(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + END)
    assert status(heard) in (400, 401, 404)
    for inside in (b"Starlette", b"root:", b"[server]", b"SQLite format", b"casebridge_open_cases"):
        assert inside not in heard


async def test_no_answer_says_which_server_it_is(line: Line) -> None:
    heard = (await line.says(PAGE + END)).lower()
    assert b"\r\nserver:" not in heard
    assert b"x-powered-by" not in heard


async def test_packed_bodies_are_not_unpacked(line: Line, hook: Hook) -> None:
    bomb = gzip.compress(b"0" * (50 * MIB))
    head = HOOK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(bomb)
    assert status(await line.says(head + END + bomb)) == 200
    assert hook.bodies == [bomb]


async def test_a_body_without_end_is_cut_off_at_its_limit(line: Line, hook: Hook) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    assert status(await line.says(HOOK + b"Transfer-Encoding: chunked\r\n\r\n", *([chunk] * 200))) in (0, 413)
    assert hook.bodies == []


async def test_a_refused_request_says_how_safe_it_is_too(line: Line) -> None:
    heard = (await line.says(b"\x00\r\n\r\n")).lower()
    assert b"content-security-policy: default-src 'none'" in heard
    assert b"x-content-type-options: nosniff" in heard
    assert b"cache-control: no-store" in heard
