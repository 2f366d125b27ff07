"""A lean HTTP/1.1 server for fakes: it takes part in benchmarks, so it must cost little."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote


@dataclass(slots=True)
class Asked:
    method: str
    target: str  #: as sent: a path, a whole URL (at a proxy), or host:port (CONNECT)
    headers: dict[str, str]  #: names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    length: int | None = None  #: what is said of the body's length, if it is a lie; negative: nothing is said
    headers: tuple[tuple[str, str], ...] = ()


RESET = Reply(-1)  #: cut the connection
HOLD = Reply(-2)  #: never answer; see `Server.on_hold`

Handler = Callable[[Asked], Reply | Awaitable[Reply]]


class Wire(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self, handler: Handler, open_wires: set[Wire], on_hold: Callable[[], None]) -> None:
        self._handler = handler
        self._open_wires = open_wires
        self._on_hold = on_hold
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open_wires.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open_wires.discard(self)
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._advance()

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _advance(self) -> None:
        while self._task is None and (asked := self._next()) is not None:
            reply = self._handler(asked)
            if isinstance(reply, Reply):
                self._answer(reply)
            else:
                self._task = asyncio.ensure_future(self._answer_later(reply))

    async def _answer_later(self, reply: Awaitable[Reply]) -> None:
        answer = await reply
        self._task = None
        self._answer(answer)
        self._advance()

    def _answer(self, reply: Reply) -> None:
        assert self._transport is not None
        if reply is RESET:
            self._transport.abort()
        elif reply is HOLD:
            self._on_hold()
        else:
            length = len(reply.body) if reply.length is None else reply.length
            said = (("Content-Length", str(length)),) if length >= 0 else ()
            head = [f"HTTP/1.1 {reply.status} -", f"Content-Type: {reply.media_type}"]
            head += [f"{name}: {value}" for name, value in (*said, *reply.headers)]
            self._transport.write("\r\n".join(head).encode() + b"\r\n\r\n" + reply.body)
            if length != len(reply.body):
                self._transport.close()

    def _next(self) -> Asked | None:
        head, gap, rest = self._buffer.partition(b"\r\n\r\n")
        if not gap:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = _chunks(rest) if "transfer-encoding" in headers else _plain(rest, int(headers.get("content-length", 0)))
        if body is None:
            return None
        content, self._buffer = body
        method, target, _ = first.split(" ", 2)
        return Asked(method, target, headers, content)


def _plain(rest: bytes, length: int) -> tuple[bytes, bytes] | None:
    return (rest[:length], rest[length:]) if len(rest) >= length else None


def _chunks(rest: bytes) -> tuple[bytes, bytes] | None:
    content = b""
    while True:
        size, gap, after = rest.partition(b"\r\n")
        if not gap or len(after) < int(size, 16) + 2:
            return None
        content += after[: int(size, 16)]
        rest = after[int(size, 16) + 2 :]
        if int(size, 16) == 0:
            return content, rest


class Server:
    """A running server on the loopback; ``port`` 0 takes a free one."""

    def __init__(self, handler: Handler, port: int = 0, on_hold: Callable[[], None] = lambda: None) -> None:
        self._handler = handler
        self.wires: set[Wire] = set()  #: connections that are open
        self.connections = 0  #: that were ever opened
        self.port = port
        self.on_hold = on_hold  #: called when somebody waits for an answer that does not come: let time pass

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Server:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._wire, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def _wire(self) -> Wire:
        self.connections += 1
        return Wire(self._handler, self.wires, self.on_hold)

    def cut(self) -> None:
        """Cut every connection; whoever asks again gets a new one."""
        for wire in list(self.wires):
            wire.cut()


def parameters(asked: Asked) -> dict[str, Any]:
    """Read parameters as the Bot API does: query, JSON, form, or form with files (name and content)."""
    found: dict[str, Any] = dict(parse_qsl(asked.target.partition("?")[2]))
    media_type = asked.headers.get("content-type", "")
    if media_type.startswith("application/json"):
        found |= json.loads(asked.body or b"{}")
    elif media_type.startswith("multipart/form-data"):
        found |= _multipart(asked.body, media_type)
    else:
        found |= parse_qsl(asked.body.decode())
    return found


def structured(value: Any) -> Any:
    """Read what a form can only carry as JSON text."""
    return json.loads(value) if isinstance(value, str) else value


def _multipart(body: bytes, media_type: str) -> dict[str, Any]:
    boundary = re.search(r'boundary="?([^";]+)', media_type)
    assert boundary
    found: dict[str, Any] = {}
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, content = part[2:-2].partition(b"\r\n\r\n")
        disposition = head.decode()
        name = re.search(r'\bname="([^"]*)"', disposition)
        file_name = re.search(r'\bfilename="([^"]*)"', disposition)
        assert name
        found[name[1]] = (unquote(file_name[1]), content) if file_name else content.decode()
    return found
