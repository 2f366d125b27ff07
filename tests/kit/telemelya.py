"""telemelya, a fake Bot API that we did not write, in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.kit.processes import free_port
from tests.kit.root import ROOT
from tests.kit.waiting import until

TOKEN = "123456789:ABCdef"
CHAT = 4711


@dataclass
class Peer:
    """telemelya's own client, as far as needed: plays the person and reads what the bot did."""

    url: str
    client: aiohttp.ClientSession

    async def plays(self, **what: Any) -> dict[str, Any]:
        address = f"{self.url}/api/v1/test/send_update?bot_token={TOKEN}&session_id=s"
        answer = await self.client.post(address, json={"chat_id": CHAT} | what)
        assert answer.status == 200, await answer.text()
        told: dict[str, Any] = await answer.json()
        assert told["delivery"]["status_code"] == 200
        return told

    async def next_act(self) -> dict[str, Any]:
        answer = await self.client.get(f"{self.url}/api/v1/test/responses/wait?session_id=s&timeout=60")
        act: dict[str, Any] = (await answer.json())["response"]
        return act


@asynccontextmanager
async def telemelya() -> AsyncIterator[Peer]:
    """Run it until the block ends."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.telemelya_server", str(port), cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer any"}) as client:
        peer = Peer(f"http://127.0.0.1:{port}", client)
        try:
            await until(lambda: _is_up(peer))
            yield peer
        finally:
            process.terminate()
            await process.wait()


async def _is_up(peer: Peer) -> bool:
    try:
        await (await peer.client.get(peer.url)).read()
    except aiohttp.ClientError:
        return False
    return True
