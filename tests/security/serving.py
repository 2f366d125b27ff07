"""The program's own web server on this machine, and a line to it that says whatever an attacker likes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from bot.app import assembly


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

    async def says(self, *parts: bytes, seconds: float = 5.0) -> bytes:
        """Send these bytes, part by part, and read until the server hangs up or says nothing more."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        heard = b""
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            async with asyncio.timeout(seconds):
                while piece := await reader.read(65536):
                    heard += piece
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()
        return heard

    async def hangs_up(self, *parts: bytes, seconds: float = 5.0) -> bool:
        """Send these bytes and see whether the server ends the line, though the request goes on."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(seconds):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                while await reader.read(65536):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        finally:
            writer.close()
        return True


@asynccontextmanager
async def served(site: ASGIApp) -> AsyncIterator[Line]:
    """Serve a site as `casebridge run` does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(assembly._http(site))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_up.wait()
        try:
            yield Line(listener.getsockname()[1])
        finally:
            server.should_exit = server.force_exit = True
            await task
