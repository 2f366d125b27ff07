"""Calls a webhook over a few kept connections, each with one call under way, as Telegram does."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import cast


class Refused(RuntimeError):
    """The webhook did not take an update."""


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Refused("the side under test hung up"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if gap and len(body) >= int(length or 0) and self._answer is not None:
            self._buffer = b""
            self._answer.set_result(int(head[9:12]))

    async def call(self, request: bytes) -> int:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer


class Webhook:
    """A pool of connections to one webhook."""

    def __init__(self, port: int, path: str, secret: str, connections: int) -> None:
        self._port = port
        self._connections = connections
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
        ).encode()
        self._free: deque[_Connection] = deque()
        self._all: list[_Connection] = []
        self._slots = asyncio.Semaphore(connections)

    async def __aenter__(self) -> Webhook:
        for _ in range(self._connections):
            self._free.append(await self._opened())
        return self

    async def _opened(self) -> _Connection:
        _, connection = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", self._port)
        self._all.append(connection)
        return connection

    async def __aexit__(self, *_: object) -> None:
        for connection in self._all:
            connection.transport.close()

    async def post(self, body: bytes) -> None:
        """Call it once; raises `Refused` unless it answers 200."""
        async with self._slots:
            connection = self._free.popleft()
            if connection.transport.is_closing():  # the server ends what nobody used for five seconds
                connection = await self._opened()
            status = await connection.call(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
            self._free.append(connection)
        if status != 200:
            raise Refused(f"the webhook answered {status}")
