"""The adapter against telemelya, a fake Bot API that we did not write."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from adapters.calls.node import Node
from adapters.telegram import TelegramAdapter, TelegramSettings
from adapters.telegram.settings import Mode
from bot.domain.messages import Kind
from bot.ports.messengers import Request, Response
from tests.fakes.bot_api import SECRET, SECRET_HEADER
from tests.fakes.memory_state import MemoryState
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.telegram import ROWS, Door, outgoing, running, send, web_server
from tests.kit.telemelya import CHAT, TOKEN, Peer, telemelya
from tests.kit.waiting import until


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with telemelya() as peer:
        yield peer


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
        door.telegram = TelegramAdapter(settings, Node(MemoryState(), "node-1", Clock()))
        async with running(door.telegram, inbox):
            await until(lambda: _is_known(peer))
            yield door.telegram


async def _is_known(peer: Peer) -> bool:
    answer = await peer.client.post(f"{peer.url}/bot{TOKEN}/getWebhookInfo")
    return bool(json.loads(await answer.read())["result"]["url"])
