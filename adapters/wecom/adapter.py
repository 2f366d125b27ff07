"""The WeCom adapter: verifies, parses and sends. It decides nothing about cases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from adapters.calls.entrance import Entrance
from adapters.calls.http_client import HttpClient
from adapters.tencent.callback import BODY_LIMIT, Callback, CallRefused, Signed, Status
from adapters.tencent.client import Client, code_of
from adapters.tencent.tokens import TokenKeeper, TokenStore
from adapters.wecom.errors import Meanings
from adapters.wecom.outgoing import to_menu
from adapters.wecom.parse import parse
from adapters.wecom.sender import Sender
from adapters.wecom.settings import CAPABILITIES, MESSENGER, WecomSettings
from bot.domain.errors import StorageError, Unavailable
from bot.domain.messages import Capabilities, Delivery
from bot.ports.messengers import Receive, Request, Response

_log = structlog.get_logger()


class WecomAdapter:
    """One app of one company, and the robots of some groups."""

    messenger = MESSENGER

    def __init__(
        self,
        settings: WecomSettings,
        *,
        clock: Callable[[], datetime],
        store: TokenStore,
        owner: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._meanings = Meanings()
        self._http = HttpClient(settings.way)
        name = f"wecom-token:{settings.account}"
        keeper = TokenKeeper(name, self._ask_for_token, store, owner, clock=clock, sleep=sleep)
        self._client = Client(self._http, keeper, self._meanings)
        self._sender = Sender(settings, self._http, self._client, self._meanings)
        has_callback = bool(settings.token and settings.aes_key)
        self._callback = Callback(settings.token, settings.aes_key, settings.corp_id) if has_callback else None
        self._entrance = Entrance(MESSENGER)
        self._complaint = ""

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def start(self, receive: Receive) -> None:
        self._entrance.open(receive)
        await self._http.start()

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        return await self._sender.send(delivery, text, is_last=is_last)

    async def fetch(self, file_id: str, limit: int) -> bytes:
        return await self._client.download("/cgi-bin/media/get", {"media_id": file_id}, limit)

    async def set_up(self) -> list[str]:
        await self._http.start()
        query = {"agentid": str(self._settings.agent_id)}
        await self._client.call("POST", "/cgi-bin/menu/create", query=query, json=to_menu(self._settings.menu))
        labels = ", ".join(label for label, _ in self._settings.menu)
        return [f"The app's menu at WeCom now has: {labels}."]

    async def stop(self) -> None:
        self._entrance.close()
        await self._sender.stop()
        await self._http.stop()

    async def handle(self, request: Request) -> Response:
        if request.method not in {"GET", "POST"}:
            return Response(405)
        if len(request.body) > BODY_LIMIT:
            return Response(413)
        try:
            text = self._open(request)
        except CallRefused as refusal:
            self._complain(refusal.reason)
            return Response(int(refusal.status))
        if request.method == "GET":
            return Response(200, text)  # exactly what was encrypted, within a second: it proves that we have the key
        return await self._take(text)

    def _open(self, request: Request) -> str:
        if self._callback is None:
            raise CallRefused(Status.UNVERIFIED, "There is no app, so nobody may call.")
        signed = Signed.of(request.query)
        if request.method == "GET":
            return self._callback.open(signed, request.query.get("echostr", ""), self._clock())
        return self._callback.open_body(signed, request.body, self._clock())

    async def _take(self, text: str) -> Response:
        settings = self._settings
        try:
            await self._entrance.take(parse(text, settings.account, settings.agent_id, self._clock()))
        except StorageError:
            return Response(503)  # whatever is not 200 comes again, up to three times: document/path/90238
        self._complaint = ""
        return Response(200)

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:  # once, not for each of a flood
            _log.warning("A call was refused.", messenger=MESSENGER, reason=reason)
        self._complaint = reason

    async def _ask_for_token(self, _refused: str) -> tuple[str, float]:
        settings = self._settings
        if not settings.secret:
            raise Unavailable("There is no app at WeCom: only robots are set up.")
        query = {"corpid": settings.corp_id, "corpsecret": settings.secret}
        answer = (await self._http.call("GET", "/cgi-bin/gettoken", query=query)).as_json()
        if code := code_of(answer):
            raise self._meanings(code, str(answer.get("errmsg", "")))
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise Unavailable("WeCom gave no access token.")
        return token, float(seconds)
