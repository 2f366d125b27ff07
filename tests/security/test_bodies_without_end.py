"""Over the program's own web server: whatever the route, a body without end is read to a limit and no further."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.tencent.callback import BODY_LIMIT
from bot.domain.attachments import LIMIT
from tests.kit.messengers import calling_messengers, every_adapter
from tests.kit.serving import Line, served
from tests.security.stronghold import CLERK, besieged
from tests.security.ways_in import ROUTES

MIB = 1 << 20
_CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
_KERNEL = 12 * MIB  #: what may be on the way between two programs of one machine
_MOST = 100 * MIB  #: what an attacker tries to send


async def _gets_rid_of(line: Line, head: bytes, piece: bytes = _CHUNK) -> tuple[int, bytes]:
    """Send a body until the server hangs up; how many bytes went, and what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port, limit=65536)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    gone = 0
    heard = asyncio.create_task(_read(reader))
    with contextlib.suppress(ConnectionError):
        writer.write(head + b"Transfer-Encoding: chunked\r\n\r\n")
        while gone < _MOST and not heard.done():
            writer.write(piece)
            gone += len(piece)
            await writer.drain()
    writer.close()
    return gone, await heard


async def _read(reader: asyncio.StreamReader) -> bytes:
    heard = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            heard += piece
    return heard


@pytest.mark.parametrize("session", ["stranger", "signed in"])
async def test_no_body_without_end_is_read_on_at_any_route(tmp_path: Path, session: str) -> None:
    async with besieged(tmp_path, webhooks=every_adapter().webhooks) as bridge, served(bridge.app) as line:
        cookie = ""
        if session != "stranger":
            cookies = (await bridge.signed_in(CLERK)).cookies
            cookie = "Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()) + "\r\n"
        read_on = {}
        for method, path in sorted({*ROUTES, *(("POST", f"/hooks/{name}") for name in calling_messengers())}):
            at = path.replace("{", "").replace("}", "")
            form = "multipart/form-data; boundary=x" if "file" in path else "application/x-www-form-urlencoded"
            head = f"{method} {at} HTTP/1.1\r\nHost: x\r\nContent-Type: {form}\r\n{cookie}"
            gone, _ = await _gets_rid_of(line, f"{head}\r\n".encode()[:-2])
            if gone > _KERNEL + (LIMIT if "file" in path else 0):
                read_on[method, path] = gone
        assert read_on == {}


@pytest.mark.parametrize("messenger", calling_messengers())
async def test_a_call_of_a_messenger_is_refused_at_its_own_limit(tmp_path: Path, messenger: str) -> None:
    limit = MIB if messenger == "telegram" else BODY_LIMIT
    async with besieged(tmp_path, webhooks=every_adapter().webhooks) as bridge:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < 50 * MIB:
                sent += 4096
                yield b"x" * 4096

        answer = await bridge.browser().post(f"/hooks/{messenger}", content=endless())
        assert answer.status_code == 413
        assert sent <= limit + 2 * 4096


@pytest.mark.parametrize(
    "piece", [b"1;" + b"a" * 65536, b"x" * 65536], ids=["a chunk that never begins", "no chunk at all"]
)
async def test_a_body_that_says_nothing_for_ever_is_cut_off(tmp_path: Path, piece: bytes) -> None:
    async with besieged(tmp_path, webhooks=every_adapter().webhooks) as bridge, served(bridge.app) as line:
        gone, _ = await _gets_rid_of(line, b"POST /hooks/telegram HTTP/1.1\r\nHost: x\r\n", piece)
        assert gone < _KERNEL


async def test_many_requests_on_one_connection_are_answered_all(tmp_path: Path) -> None:
    async with besieged(tmp_path) as bridge, served(bridge.app) as line:
        page = b"POST /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 3000\r\n\r\n" + b"x" * 3000
        last = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        heard = await line.says(*([page] * 50), last)
        assert heard.count(b"HTTP/1.1 ") == 51
