"""How the fake Bot API hands messages to the bot: held for getUpdates, or sent to a webhook until it takes them."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import deque
from typing import Any

import aiohttp

from tests.fakes.faults import Refusal
from tests.fakes.wire import structured


class Updates:
    """What the bot has not taken yet."""

    def __init__(self, *, any_tap: bool = False) -> None:
        self._any_tap = any_tap
        self.webhook_url = ""
        self.secret = ""
        self.retry_delay = 0.01  #: seconds before the second try of a webhook call; doubles
        self.answered: list[str] = []  #: ids of taps that were answered
        self.refused: list[int] = []  #: status of each webhook call that was not taken
        self._allowed: list[str] = []
        self._ids = itertools.count(700_001)
        self._pending: dict[int, tuple[int, dict[str, Any]]] = {}  #: by update id: chat and update
        self._queues: dict[int, deque[int]] = {}  #: by chat
        self._pumps: dict[int, asyncio.Task[None]] = {}
        self._open_taps: set[str] = set()
        self._news = asyncio.Event()
        self._asking: asyncio.Future[None] | None = None  #: set when another getUpdates comes
        self._client: aiohttp.ClientSession | None = None

    @property
    def waiting(self) -> int:
        """How many updates the bot has not taken."""
        return len(self._pending)

    def push(self, kind: str, content: dict[str, Any], chat: int) -> int:
        """Queue an update; returns its id."""
        update_id = next(self._ids)
        if kind == "callback_query":
            self._open_taps.add(content["id"])
        if self._allowed and kind not in self._allowed:
            return update_id
        self._pending[update_id] = (chat, {"update_id": update_id, kind: content})
        self._queues.setdefault(chat, deque()).append(update_id)
        self._news.set()
        if self.webhook_url:
            self._pump(chat)
        return update_id

    def jump(self, number: int) -> None:
        """Go on with another id, as Telegram may after a quiet week."""
        self._ids = itertools.count(number)

    def get(self, given: dict[str, Any]) -> Any:
        if self.webhook_url:
            active = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise Refusal(409, f"Conflict: {active}")
        self._allowed = structured(given.get("allowed_updates", [])) or self._allowed
        self._confirm(int(given.get("offset", 0)))
        return self._get(int(given.get("timeout", 0)), int(given.get("limit", 100)))

    async def _get(self, wait: int, limit: int) -> list[dict[str, Any]]:
        if self._asking is not None and not self._asking.done():
            self._asking.set_result(None)
        asking = self._asking = asyncio.get_running_loop().create_future()
        if not self._pending and wait:
            self._news.clear()
            news = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({news, asking}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
        if asking.done():
            terminated = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refusal(409, f"Conflict: {terminated}")
        asking.cancel()
        return [update for _, update in itertools.islice(self._pending.values(), limit)]

    def _confirm(self, offset: int) -> None:
        # As Telegram's server does: an offset far beyond what there is counts as none.
        if offset and self._pending and offset > max(self._pending) + 10:
            return
        for update_id in [known for known in self._pending if known < offset]:
            self._forget(update_id)

    def _forget(self, update_id: int) -> None:
        chat, _ = self._pending.pop(update_id)
        self._queues[chat].remove(update_id)

    def set_webhook(self, given: dict[str, Any]) -> bool:
        secret = given.get("secret_token", "")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        self.webhook_url, self.secret = given.get("url", ""), secret
        self._allowed = structured(given.get("allowed_updates", [])) or self._allowed
        for chat in [chat for chat, queue in self._queues.items() if queue and self.webhook_url]:
            self._pump(chat)
        return True

    def delete_webhook(self, _: dict[str, Any]) -> bool:
        self.webhook_url = ""
        return True

    def answer_tap(self, given: dict[str, Any]) -> bool:
        tap = str(given["callback_query_id"])
        if tap not in self._open_taps and not self._any_tap:
            late = "query is too old and response timeout expired or query ID is invalid"
            raise Refusal(400, f"Bad Request: {late}")
        self._open_taps.discard(tap)
        self.answered.append(tap)
        return True

    async def close(self) -> None:
        for pump in self._pumps.values():
            pump.cancel()
        await asyncio.gather(*self._pumps.values(), return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    def _pump(self, chat: int) -> None:
        if chat not in self._pumps or self._pumps[chat].done():
            self._pumps[chat] = asyncio.create_task(self._deliver(chat))

    async def _deliver(self, chat: int) -> None:
        """Call the webhook in order, each update until it is taken: one that is refused blocks its chat."""
        delay = self.retry_delay
        while (queue := self._queues[chat]) and self.webhook_url:
            status = await self._post(self._pending[queue[0]][1])
            if 200 <= status < 300:
                self._forget(queue[0])
                delay = self.retry_delay
            else:
                self.refused.append(status)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 60)

    async def _post(self, update: dict[str, Any]) -> int:
        if self._client is None:
            self._client = aiohttp.ClientSession(trust_env=False)
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with self._client.post(self.webhook_url, json=update, headers=headers) as response:
                await response.read()
                return response.status
        except aiohttp.ClientError:
            return 0


def update(update_id: int, chat: int, text: str) -> bytes:
    """An update as Telegram writes it."""
    person = {"id": chat, "is_bot": False, "first_name": "Officer", "language_code": "en"}
    message = {
        "message_id": update_id,
        "from": person,
        "chat": {"id": chat, "first_name": "Officer", "type": "private"},
        "date": 1_790_000_000,
        "text": text,
    }
    return json.dumps({"update_id": update_id, "message": message}).encode()
