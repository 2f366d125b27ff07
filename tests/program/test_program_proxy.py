"""The example proxy, a real Caddy, in front of the running program and of a node that is not ready."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from bot.cli.deploy import text
from bot.domain.people import Role
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.kit.processes import free_port, gone_after, listening
from tests.kit.running import Setup, person, running
from tests.kit.waiting import until

OFFICER = 11
TRUSTING = {"CASEBRIDGE_SERVER__TRUSTED_PROXIES": '["127.0.0.1"]'}


class Stub:
    """A node that answers every request with one status, and keeps what it was asked."""

    def __init__(self, status: int) -> None:
        self._status = status
        self.heads: list[str] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(f"HTTP/1.1 {self._status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def asked(self, word: str) -> int:
        return sum(word in head for head in self.heads)


@asynccontextmanager
async def caddy(folder: Path, *ports: int) -> AsyncIterator[str]:
    """The proxy as it is printed, on this machine without TLS, before these nodes; its address."""
    port = free_port()
    nodes = " ".join(f"127.0.0.1:{node}" for node in ports)
    config = text("proxy").replace("bridge.example.org {", f"http://127.0.0.1:{port} {{")
    config = config.replace("reverse_proxy 127.0.0.1:8080", f"reverse_proxy {nodes}").replace(
        "interval 5s", "interval 300ms"
    )
    (folder / "Caddyfile").write_text(config.replace("{\n\tservers {", "{\n\tadmin off\n\tservers {"), "utf-8")
    process = _spawned(folder)
    async with gone_after(process):
        await listening(process, port)
        yield f"http://127.0.0.1:{port}"


def _spawned(folder: Path) -> subprocess.Popen[bytes]:
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with (folder / "caddy.txt").open("ab") as written:
        return subprocess.Popen(command, env=os.environ | home, stdout=written, stderr=written)


@pytest.mark.needs("caddy")
async def test_messages_reach_a_node_that_is_ready_and_nothing_else_gets_in(tmp_path: Path) -> None:
    setup, sick = Setup(tmp_path, mode="webhook"), Stub(503)
    await setup.enrol(person(OFFICER, "KH", Role.OFFICER))
    async with (
        running(setup, variables=TRUSTING),
        sick.open() as port,
        caddy(tmp_path, setup.port, port) as url,
        aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as client,
    ):
        await until(lambda: sick.asked("GET /health/ready") >= 2, moves=lambda: len(sick.heads))
        for number in range(4):
            said = update(900_000 + number, OFFICER, "girl locked in a flat")
            async with client.post(f"{url}/hooks/telegram", data=said) as taken:
                assert taken.status == 200
        async with client.post(f"{url}/hooks/telegram", data=BytesIO(bytes((1 << 20) + 1))) as refused:
            assert refused.status in (413, 502), "the program refuses it by its length, before Caddy has sent it on"
        async with client.get(f"{url}/") as page:
            assert page.status == 200, "what somebody sends too long takes the node from nobody"
        for path in ("/metrics", "/health/ready", "/health/live", "/hooks/x", "/.env"):
            async with client.get(f"{url}{path}") as nothing:
                assert (nothing.status, await nothing.read()) == (404, b""), path
    assert [head for head in sick.heads if not head.startswith("GET /health/ready")] == []


@pytest.mark.needs("caddy")
async def test_the_program_hears_who_really_called_whatever_the_caller_says(tmp_path: Path) -> None:
    node = Stub(200)
    async with node.open() as port, caddy(tmp_path, port) as url, aiohttp.ClientSession() as client:
        lie = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9"}
        async with client.get(f"{url}/chat", headers=lie) as answer:
            assert answer.status == 200
    (head,) = (head for head in node.heads if head.startswith("GET /chat"))
    told = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.1", "http"), json.dumps(told)
