"""Where WeCom calls: verifies, parses, has the message stored, and answers nothing but that it is."""

from __future__ import annotations

from typing import Any

from adapters.calls.entrance import Entrance
from adapters.calls.node import Node
from adapters.tencent.callback import BODY_LIMIT, Callback, CallRefused, Signed, Status
from adapters.tencent.refusals import Refusals
from adapters.wecom.parse import parse
from adapters.wecom.settings import MESSENGER, WecomSettings
from bot.domain.errors import StorageError
from bot.ports.messengers import Receive, Request, Response


class Door:
    """The callback of one app; shut when there are only robots."""

    def __init__(self, settings: WecomSettings, node: Node[Any]) -> None:
        self._settings = settings
        self._clock = clock = node.clock
        keys = (settings.token, settings.aes_key)
        self._callback = Callback(*keys, settings.corp_id, node.machine) if all(keys) else None
        self._entrance = Entrance(MESSENGER)
        self._refusals = Refusals(MESSENGER, clock)

    def open(self, receive: Receive) -> None:
        """Let messages in."""
        self._entrance.open(receive)

    def close(self) -> None:
        """Let nothing in any more."""
        self._entrance.close()

    async def handle(self, request: Request) -> Response:
        if request.method not in {"GET", "POST"}:
            return Response(405)
        if len(request.body) > BODY_LIMIT:
            return Response(413)
        try:
            text = self._opened(request)
        except CallRefused as refused:
            self._refusals.note(refused)
            return Response(int(refused.status))
        if request.method == "GET":
            return Response(200, text)  # exactly what was encrypted, within a second: it proves that we have the key
        return await self._taken(text)

    def _opened(self, request: Request) -> str:
        if self._callback is None:
            raise CallRefused(Status.UNVERIFIED, "There is no app, so nobody may call.")
        signed = Signed.of(request.query)
        if request.method == "GET":
            return self._callback.open(signed, request.query.get("echostr", ""), self._clock())
        return self._callback.open_body(signed, request.body, self._clock())

    async def _taken(self, text: str) -> Response:
        settings = self._settings
        try:
            await self._entrance.take(parse(text, settings.account, settings.agent_id, self._clock()))
        except StorageError:
            return Response(503)  # whatever is not 200 comes again, up to three times: document/path/90238
        return Response(200)
