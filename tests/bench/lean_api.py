"""The Bot API as the benchmark needs it: it accepts everything and costs next to nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import cast

_CHAT = re.compile(rb'chat_id(?:"\s*:\s*"?|=)(-?\d+)')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_BOT = b'{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"Bench","username":"bench_bot"}}'
_YES = b'{"ok":true,"result":true}'
_MESSAGE = b'{"ok":true,"result":{"message_id":%d,"date":1790000000,"chat":{"id":%d,"type":"private"},"text":"x"}}'

OnSent = Callable[[int], None]


class LeanApi:
    """Answers every call; `on_sent` is told the chat of each new message."""

    def __init__(self, on_sent: OnSent) -> None:
        self._on_sent = on_sent
        self._last_id = 0
        self.calls = 0
        self.url = ""

    async def __aenter__(self) -> LeanApi:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def answer(self, target: bytes, body: bytes) -> bytes:
        """Carry out one call."""
        self.calls += 1
        method = target.rpartition(b"/")[2].lower()
        if method == b"getme":
            return _BOT
        chat = _CHAT.search(body)
        if chat is None:
            return _YES
        self._last_id += 1
        if method == b"sendmessage":
            self._on_sent(int(chat[1]))
        return _MESSAGE % (self._last_id, int(chat[1]))


class _Connection(asyncio.Protocol):
    def __init__(self, api: LeanApi) -> None:
        self._api = api
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            stop = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < stop:
                return
            body, self._buffer = self._buffer[end + 4 : stop], self._buffer[stop:]
            answer = self._api.answer(head.split(b" ", 2)[1], body)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )
