"""The adapter against telemelya, a fake Bot API that we did not write."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest

from adapters.telegram import TelegramAdapter, TelegramSettings
from adapters.telegram.settings import Mode
from bot.domain.messages import Kind
from bot.ports.messengers import Request, Response
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.memory_state import MemoryState
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.processes import free_port
from tests.kit.root import ROOT
from tests.kit.telegram import ROWS, Door, outgoing, running, send, web_server
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


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
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


async def test_a_whole_exchange_with_a_peer_we_did_not_write(peer: Peer) -> None:
    inbox = Inbox()
    async with _bridge(peer, inbox) as telegram:
        await peer.plays(command="/start ABCD")
        assert (inbox.taken[0].kind, inbox.taken[0].text) == (Kind.TEXT, "/start ABCD")
        assert str(inbox.taken[0].place) == f"telegram:{CHAT}"

        message_id = await send(telegram, outgoing(CHAT, "Is she in danger now?", buttons=ROWS))
        asked = await peer.next_act()
        assert (asked["method"], asked["text"]) == ("sendMessage", "Is she in danger now?")
        assert str(asked["message_id"]) == message_id
        labels = [button["text"] for row in asked["reply_markup"]["inline_keyboard"] for button in row]
        assert labels == ["Yes", "No"]

        await peer.plays(callback_data="f.1.danger.yes", callback_message_id=asked["message_id"])
        tap = inbox.taken[1]
        assert (tap.kind, tap.button, tap.message_id) == (Kind.BUTTON, "f.1.danger.yes", message_id)

        await send(telegram, outgoing(CHAT, "Danger: yes", edits=message_id, tap_id=tap.tap_id))
        edited, answered = await peer.next_act(), await peer.next_act()
        assert (edited["method"], edited["text"]) == ("editMessageText", "Danger: yes")
        assert (answered["method"], answered["callback_query_id"]) == ("answerCallbackQuery", tap.tap_id)

        await peer.plays(photo_file_id="photo-1", photo_caption="the door")
        photo = inbox.taken[2]
        assert photo.attachment is not None
        assert (photo.kind, photo.text, photo.attachment.file_id) == (Kind.PHOTO, "the door", "photo-1")
        assert len({message.key for message in inbox.taken}) == 3


@asynccontextmanager
async def _bridge(peer: Peer, inbox: Inbox) -> AsyncIterator[TelegramAdapter]:
    """Run the adapter behind a web server. telemelya knows no secret header, so a front adds it, as a proxy could."""
    door = Door()

    async def front(request: Request) -> Response:
        return await door.handle(replace(request, headers={**request.headers, SECRET_HEADER: SECRET}))

    async with web_server(front) as url:
        settings = TelegramSettings(TOKEN, Mode.WEBHOOK, peer.url, url, SECRET)
        door.telegram = TelegramAdapter(settings, clock=Clock(), store=MemoryState(), owner="node-1")
        async with running(door.telegram, inbox):
            await until(lambda: _is_known(peer))
            yield door.telegram


async def _is_known(peer: Peer) -> bool:
    answer = await peer.client.post(f"{peer.url}/bot{TOKEN}/getWebhookInfo")
    return bool(json.loads(await answer.read())["result"]["url"])
