"""The Telegram adapter: verifies, parses and sends. It decides nothing about cases."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

import structlog
from telegram import Bot

from adapters.calls.entrance import Entrance
from adapters.calls.node import Node
from adapters.telegram.client import ApiRequest
from adapters.telegram.errors import to_send_error
from adapters.telegram.fetch import FileServer
from adapters.telegram.parse import Account, parse_body, parse_update
from adapters.telegram.poll import Poller, PollStore, Ties
from adapters.telegram.sender import Sender
from adapters.telegram.settings import ALLOWED_UPDATES, MESSENGER, Mode, TelegramSettings
from bot.domain.errors import SendError, StorageError
from bot.domain.messages import Capabilities, Delivery, Inbound
from bot.ports.messengers import Receive, Request, Response

_log = structlog.get_logger()

_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name  # nosec B105
_BODY_LIMIT = 1 << 20  #: bytes
_compact = json.JSONEncoder(separators=(",", ":")).encode
_LONGEST_WAIT = 60.0  #: seconds between two tries to introduce ourselves


class TelegramAdapter:
    """One bot account on Telegram."""

    messenger = MESSENGER

    def __init__(self, settings: TelegramSettings, node: Node[PollStore]) -> None:
        self._settings = settings
        self._node = node
        self._account = Account(settings.account)
        self._sending = ApiRequest(settings.root, settings.patience, proxy=settings.proxy)
        self._asking = ApiRequest(settings.root, settings.patience, proxy=settings.proxy, connections=2)
        self._bot = Bot(
            settings.token,
            base_url=f"{settings.root}/bot",
            base_file_url=f"{settings.root}/file/bot",
            request=self._sending,
            get_updates_request=self._asking,
        )
        self._sender = Sender(self._bot, self._sending, settings.exports)
        self._files = FileServer(self._sending, self._bot.base_url, self._bot.base_file_url)
        ties = Ties(self._ask, self._take)
        self._poller = Poller(f"telegram-poll:{settings.account}", settings.patience.lease, ties, node)
        self._entrance = Entrance(MESSENGER)
        self._running: asyncio.Task[None] | None = None

    @property
    def capabilities(self) -> Capabilities:
        return self._settings.capabilities

    async def start(self, receive: Receive) -> None:
        # Returns at once: that Telegram is down or blocked must not stop the other messengers.
        self._entrance.open(receive)
        await self._sending.initialize()
        await self._asking.initialize()
        self._running = asyncio.create_task(self._run(), name="telegram")

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return await self._sender.send(delivery, text, is_last=is_last)

    async def fetch(self, file_id: str, limit: int) -> bytes:
        return await self._files.fetch(file_id, limit)

    async def set_up(self) -> list[str]:
        await self._sending.initialize()
        try:
            await self._bot.set_my_commands(self._settings.commands)
        except Exception as error:  # noqa: BLE001 - a broken proxy makes the library stumble over anything
            raise to_send_error(error) from None
        words = ", ".join(f"/{word}" for word, _ in self._settings.commands)
        return [f"The list of commands on the phone: {words}."]

    async def probe(self) -> str:
        await self._sending.initialize()
        try:
            bot = await self._bot.get_me()
        except Exception as error:  # noqa: BLE001 - as above
            raise to_send_error(error) from None
        return f"Telegram answers, the bot is @{bot.username}."

    async def stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.wait([running], timeout=1)
        with contextlib.suppress(StorageError, TimeoutError):
            await asyncio.wait_for(self._poller.stop(), 1)
        await self._sender.stop()
        await self._sending.shutdown()
        await self._asking.shutdown()

    async def handle(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(405)
        if not self._is_telegram(request):
            return Response(401)
        if len(request.body) > _BODY_LIMIT:
            return Response(413)
        try:
            await self._entrance.take(parse_body(request.body, self._account, self._node.clock()))
        except StorageError:
            return Response(503)  # Telegram asks again
        return Response(200)

    def _is_telegram(self, request: Request) -> bool:
        secret = self._settings.secret_token.encode()
        claimed = request.headers.get(_SECRET_HEADER, "").encode("utf-8", "replace")
        return bool(secret) and hmac.compare_digest(secret, claimed)

    async def _take(self, updates: Sequence[Any]) -> None:
        await self._entrance.take_all([self._parsed(update) for update in updates])

    def _parsed(self, update: Any) -> Inbound:
        raw = _compact(update).encode()
        return parse_update(update, raw, self._account, self._node.clock())

    async def _ask(self, offset: int | None) -> list[Any]:
        long_poll = self._settings.patience.long_poll
        parameters: dict[str, object] = {"timeout": long_poll, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            parameters["offset"] = offset
        patience = long_poll + self._settings.patience.read
        updates = await self._asking.call(f"{self._bot.base_url}/getUpdates", parameters, read_timeout=patience)
        if not isinstance(updates, list):
            raise TypeError("not a list of updates")
        return updates

    async def _run(self) -> None:
        is_polling = self._settings.mode is Mode.POLLING
        if not (self._node.polls if is_polling else self._node.is_called):
            return
        await self._introduce()
        if is_polling:
            await self._poller.run()

    async def _introduce(self) -> None:
        """Tell Telegram how to reach us, however long it takes until it listens."""
        wait, complaint = 1.0, ""
        while True:
            try:
                return await self._introduce_once()
            except Exception as error:  # noqa: BLE001 - nothing may end these tries
                reason = to_send_error(error).reason
            if reason != complaint:
                _log.warning("Telegram was not told how to reach us; trying again.", reason=reason)
            complaint = reason
            await self._node.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _offer_menu(self) -> None:
        """Put the commands into the phone's menu; without it everything can still be typed."""
        try:
            if self._settings.commands:
                await self.set_up()
        except SendError as error:
            _log.warning("Telegram did not take the menu.", reason=error.reason)

    async def _introduce_once(self) -> None:
        settings = self._settings
        if settings.mode is Mode.WEBHOOK:
            await self._bot.set_webhook(
                settings.webhook_url,
                secret_token=settings.secret_token,
                allowed_updates=ALLOWED_UPDATES,
                max_connections=100,
            )
        else:
            await self._bot.delete_webhook()
        me = await self._bot.get_me()
        self._account = Account(settings.account, me.username or "")
        await self._offer_menu()
        _log.info("Telegram knows how to reach us.", mode=settings.mode.value, bot=settings.account)
