"""Telegram as a bridge that keeps being killed sees it: remembers every call, and calls again until it is heard."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import aiohttp

from tests.fakes.bot_api import HOOK, SECRET, SECRET_HEADER
from tests.fakes.updates import update
from tests.fakes.wire import Asked, Reply, Server, parameters, structured
from tests.faults.evidence import Sent, Words, Written

BOT = {"id": 123456, "is_bot": True, "first_name": "Bridge", "username": "bridge_bot"}
_AGAIN = 0.4  #: seconds until an update that was not taken is tried again


class Telegram:
    """The Bot API and the webhook calls of one bot, with a transcript of both ways."""

    def __init__(self, port: int) -> None:
        self._hook = f"http://127.0.0.1:{port}{HOOK}"
        self._server = Server(self._answer)
        self._numbers = itertools.count(1)
        self.life = 0  #: how many processes have died before the one that runs now
        self.sent: list[Sent] = []
        self.written: list[Written] = []
        self.again = 0  #: webhook calls that were repeated

    @property
    def url(self) -> str:
        return self._server.url

    async def __aenter__(self) -> Telegram:
        await self._server.__aenter__()
        self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100), trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._server.__aexit__()

    async def write(self, chat: int, text: str) -> None:
        """Let a person write: the webhook is called until it answers 200."""
        number = next(self._numbers)
        said = update(number, chat, text)
        position = len(self.written)
        self.written.append(Written(str(number), f"telegram:{chat}#{number}", is_acknowledged=False))
        while not await self._is_taken(said):
            self.again += 1
            await asyncio.sleep(_AGAIN)
        self.written[position] = Written(str(number), f"telegram:{chat}#{number}")

    async def _is_taken(self, said: bytes) -> bool:
        headers = {SECRET_HEADER: SECRET}
        try:
            async with self._client.post(self._hook, data=said, headers=headers) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def _answer(self, asked: Asked) -> Reply:
        method = asked.target.rpartition("/")[2]
        given = parameters(asked)
        result: Any = True
        if method == "getMe":
            result = BOT
        elif method in ("sendMessage", "editMessageText"):
            self.sent.append(Sent(words_of(method, given), self.life))
            result = post_of(given, next(self._numbers))
        return Reply(200, json.dumps({"ok": True, "result": result}).encode())


def post_of(given: dict[str, Any], number: int) -> dict[str, Any]:
    """What Telegram answers to it."""
    number = int(given.get("message_id", 0)) or number
    return {"message_id": number, "date": 1_790_000_000, "chat": {"id": int(given["chat_id"])}}


def words_of(method: str, given: dict[str, Any]) -> Words:
    """What a call puts in a chat."""
    rows = structured(given.get("reply_markup", {})).get("inline_keyboard", [])
    buttons = tuple(button["callback_data"] for row in rows for button in row)
    return Words(str(given["chat_id"]), given["text"], buttons, method == "editMessageText")
