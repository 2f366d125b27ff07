"""A way to a database's socket over TCP, as over a network: it can be cut, and it can swallow everything."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

#: How a server says the number of its process, and the secret that goes with it.
_KEY, _ANOTHER = re.compile(rb"K\x00\x00\x00\x0c.{8}", re.DOTALL), b"K\x00\x00\x00\x0c" + b"\x01" * 8


@dataclass
class Way:
    """Carries bytes both ways while it is open."""

    socket: Path
    port: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)  #: set whenever something is asked of the database
    is_silent: bool = False  #: takes everything and hands nothing on, as a machine does that lost its power
    is_pooler: bool = False  #: answers for the server, as one does whose sessions are handed on
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    async def open(self) -> None:
        """Let connections through, at the same port as before."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break all connections, and refuse new ones."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_unix_connection(str(self.socket))
        except OSError:  # nobody is there
            writer.transport.abort()
            return
        self._open |= {writer, back}
        with contextlib.suppress(asyncio.CancelledError):  # the end of the test
            await asyncio.gather(self._pump(reader, back, self.heard), self._pump(there, writer))
        self._open -= {writer, back}

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: asyncio.Event | None = None
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if heard is not None:
                    heard.set()
                if not self.is_silent:
                    writer.write(_KEY.sub(_ANOTHER, data) if self.is_pooler else data)
                    await writer.drain()
        writer.close()


@asynccontextmanager
async def way_to(url: str) -> AsyncIterator[Way]:
    """A way to the server with this URL."""
    way = Way(_socket(url))
    await way.open()
    try:
        yield way
    finally:
        await way.cut()


def _socket(url: str) -> Path:
    return next(Path(parse_qs(urlsplit(url).query)["host"][0]).glob(".s.PGSQL.*[0-9]"))
