"""Calls on connections that are kept: a JSON document goes out, an answer comes back. No redirect, no cookie, no proxy.

For the few calls that are made for nearly every message; they cost a third of what they cost through aiohttp, which
stays for all that is rare. Knows no messenger, and no error of it holds an address.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections import deque
from types import TracebackType
from typing import cast
from urllib.parse import urlsplit

import aiohappyeyeballs
import httptools

ANSWER_LIMIT = 1 << 20  #: bytes, also of what came compressed; answers are small
_IDLE_WITHIN = 15.0  #: seconds; many servers close an idle connection after 60, and some routers after less
_FINAL = 200  #: statuses below it say that an answer is still to come


class NotConnected(OSError):
    """There was no connection, or none in time: nothing was sent."""

    def __init__(self) -> None:
        """Say so, and nothing of where to."""
        super().__init__("no connection")


class _Broken(ConnectionError):
    """The connection broke, or what came is no answer: what was sent may have arrived."""

    def __init__(self) -> None:
        super().__init__("the connection broke")


class _Connection(asyncio.Protocol):
    """One connection with one call at a time under way. httptools calls the methods that begin with `on_`."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._begin()

    @property
    def is_free(self) -> bool:
        """Whether another call may be made on it."""
        return self._answer is None and self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, within: float) -> tuple[int, bytes]:
        if self._transport is None:
            raise NotConnected
        self._begin()
        self._answer = self._loop.create_future()
        timer = self._loop.call_later(within, self._fail, TimeoutError())
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.close()  # an answer that comes later is nobody's
            raise
        finally:
            timer.cancel()
            self._answer = None
            self.idle_since = self._loop.time()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._coding = b"identity"
        self._is_measured = False
        self._has_head = False

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if exc is None and self._has_head and not self._is_measured:
            self.on_message_complete()  # a server that says no length ends its answer with the connection
        self._fail(_Broken())

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nothing was asked
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(_Broken())

    def on_message_begin(self) -> None:
        if self._answer is not None and self._answer.done():
            self.close()  # a second answer to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        known = name.lower()
        if known == b"content-encoding":
            self._coding = value.lower()
        elif known in {b"content-length", b"transfer-encoding"}:
            self._is_measured = True

    def on_headers_complete(self) -> None:
        self._has_head = self._parser.get_status_code() >= _FINAL

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > ANSWER_LIMIT:
            self._fail(_Broken())

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < _FINAL or self._answer is None or self._answer.done():
            return
        try:
            self._answer.set_result((status, _unpacked(self._coding, self._body)))
        except (ValueError, zlib.error):
            self._fail(_Broken())
        if self._transport is not None and not self._parser.should_keep_alive():
            self._transport.close()


def _unpacked(coding: bytes, body: bytearray) -> bytes:
    if coding == b"identity":
        return bytes(body)
    if coding not in {b"gzip", b"deflate"}:
        raise ValueError("packed in a way that was not asked for")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out which of the two it is
    content = unpacker.decompress(body, ANSWER_LIMIT)
    if not unpacker.eof:
        raise ValueError("too much, or cut short")
    return content


class KeptConnections:
    """A pool of connections to one server; the one that was used last is used first."""

    def __init__(self, root: str, most: int, *, trusts: ssl.SSLContext | None = None) -> None:
        """Begin with none.

        Args:
            root: the server's address, `https://host:port`, where a path may follow.
            most: connections at a time.
            trusts: whose certificates are believed; by default those that the machine believes.
        """
        parts = urlsplit(root)
        self._is_tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_tls else 80)
        self._path = parts.path
        host = parts.netloc.rpartition("@")[2]
        self._said = f" HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: "
        self._trusts = trusts
        self._turns = asyncio.Semaphore(most)
        self._idle: deque[_Connection] = deque()  #: the oldest first
        self._open: set[_Connection] = set()
        self._is_closed = False

    async def __aenter__(self) -> KeptConnections:
        """Nothing is opened before it is needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all."""
        await self.close()

    async def close(self) -> None:
        """Close every connection and open no other; calls under way end as broken."""
        self._is_closed = True
        for connection in self._open:
            connection.close()
        self._open.clear()
        self._idle.clear()
        await asyncio.sleep(0)  # a transport says in the loop's next round that it is closed

    async def post(self, path: str, body: bytes, *, connect_within: float, answer_within: float) -> tuple[int, bytes]:
        """Send a JSON document and return the status and the body of what is answered, whatever the status is.

        Args:
            path: what follows the root; it may hold a token.
            body: UTF-8 JSON.
            connect_within: seconds, for a free connection and for opening one.
            answer_within: seconds, from sending to the answer's end.

        Raises:
            NotConnected: nothing was sent.
            TimeoutError: no answer in time; what was sent may have arrived.
            ConnectionError: it broke after something may have been sent, or what came is no answer.
        """
        connection = await self._take(connect_within)
        try:
            head = f"POST {self._path}{path}{self._said}{len(body)}\r\n\r\n"
            return await connection.ask(head.encode("ascii") + body, answer_within)
        finally:
            self._give_back(connection)

    async def _take(self, within: float) -> _Connection:
        """Wait for a turn, then take a connection that is idle or open one."""
        if not self._turns.locked():
            await self._turns.acquire()  # at once
        else:
            try:
                await asyncio.wait_for(self._turns.acquire(), within)
            except TimeoutError:
                raise NotConnected from None
        try:
            self._drop_the_old()
            return self._idle.pop() if self._idle else await self._opened(within)
        except BaseException:
            self._turns.release()
            raise

    def _drop_the_old(self) -> None:
        oldest = asyncio.get_running_loop().time() - _IDLE_WITHIN
        while self._idle and self._idle[0].idle_since < oldest:
            self._let_go(self._idle.popleft())
        while self._idle and not self._idle[-1].is_free:
            self._let_go(self._idle.pop())

    async def _opened(self, within: float) -> _Connection:
        loop = asyncio.get_running_loop()
        if self._is_closed:
            raise NotConnected
        try:
            async with asyncio.timeout(within):
                found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                line = await aiohappyeyeballs.start_connection(found, happy_eyeballs_delay=0.25, interleave=1)
                tls, name = (self._certificates(), self._host) if self._is_tls else (None, None)
                _, connection = await loop.create_connection(_Connection, sock=line, ssl=tls, server_hostname=name)
        except (OSError, ValueError):  # a time-out and a certificate that is not believed are among them
            raise NotConnected from None
        self._open.add(connection)
        return connection

    def _certificates(self) -> ssl.SSLContext:
        if self._trusts is None:
            self._trusts = ssl.create_default_context()
        return self._trusts

    def _give_back(self, connection: _Connection) -> None:
        self._turns.release()
        if connection.is_free and not self._is_closed:
            self._idle.append(connection)
        else:
            self._let_go(connection)

    def _let_go(self, connection: _Connection) -> None:
        connection.close()
        self._open.discard(connection)
