"""Pages on the program's own web server on this machine, and a line to it that says whatever somebody likes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from bot.app import assembly
from tests.kit.time_outs import pass_time

_PAGE = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
_OTHERS = 20  #: how many are served on other lines until a server that has said nothing meanwhile is silent


class Server(uvicorn.Server):
    """Says when it listens, and leaves the signals to pytest."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@dataclass(frozen=True)
class Line:
    """Where the server listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def says(self, *parts: bytes) -> bytes:
        """Send these bytes, part by part, and read until the server hangs up."""
        heard = b""
        async with self._sent(parts) as reader:
            while piece := await reader.read(65536):
                heard += piece
        return heard

    async def hears(self, *parts: bytes) -> bytes:
        """Send these bytes, and read what is answered until the server has nothing to say but to others."""
        heard = b""
        async with self._sent(parts) as reader:
            for _ in range(_OTHERS):
                assert (await self.says(_PAGE)).startswith(b"HTTP/1.1 200"), "others are served on"
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0):
                        heard += await reader.read(65536)
        return heard

    @asynccontextmanager
    async def _sent(self, parts: tuple[bytes, ...]) -> AsyncIterator[asyncio.StreamReader]:
        """A line on which this was sent; whoever reads on when the server has cut it has read all there is."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            with contextlib.suppress(ConnectionError):
                yield reader
        finally:
            writer.close()


@asynccontextmanager
async def served(site: ASGIApp, port: int = 0) -> AsyncIterator[Line]:
    """Serve a site as `casebridge run` does."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = Server(assembly._http(site))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_up.wait()
        try:
            yield Line(listener.getsockname()[1])
        finally:
            server.should_exit = server.force_exit = True
            pass_time(1)  # it looks every tenth of a second whether it shall stop
            await task
