"""Where the gateway calls: verifies, reads, has it stored, and answers nothing but that it is."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import structlog

from adapters.calls.entrance import Entrance
from adapters.gateway.settings import BODY_LIMIT
from adapters.gateway.signing import NotSigned, Signing
from bot.domain.errors import StorageError
from bot.domain.messages import GATEWAY, Inbound, Kind
from bot.domain.phone_calls import CallResult, PhoneCall
from bot.ports.messengers import Receive, Request, Response

_log = structlog.get_logger()

RESULT = "call.result"  #: the type of what it tells us


class Door:
    """The address ``/hooks/gateway``."""

    def __init__(self, signing: Signing) -> None:
        self._signing = signing
        self._entrance = Entrance(GATEWAY)
        self._refused = ""

    def open(self, receive: Receive) -> None:
        """Let messages in."""
        self._entrance.open(receive)

    def close(self) -> None:
        """Let nothing in any more."""
        self._entrance.close()

    async def handle(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(405)
        if len(request.body) > BODY_LIMIT:
            return Response(413)
        try:
            name = self._signing.verify(request.headers, request.body)
        except NotSigned as refused:
            self._note(str(refused))
            return Response(401)
        self._refused = ""
        try:
            await self._entrance.take(self._read(name, request.body))
        except StorageError:
            return Response(503)
        return Response(200)

    def _read(self, name: str, body: bytes) -> Inbound:
        """Read a verified call; what makes no sense becomes `Kind.UNREADABLE` and keeps its raw form."""
        event = hashlib.sha256(name.encode()).hexdigest()
        now = self._signing.clock()
        said = _said(body)
        if said is None:
            return Inbound(GATEWAY, GATEWAY, event, Kind.UNREADABLE, now, raw=body)
        call, result = said
        return Inbound(GATEWAY, GATEWAY, event, Kind.CALLED, now, text=result.value, message_id=call.name, raw=body)

    def _note(self, reason: str) -> None:
        """Say in the log why calls are refused, once for each reason in a row: whoever can call shall not fill it."""
        if reason != self._refused:
            self._refused = reason
            _log.warning("A call was refused.", messenger=GATEWAY, status=401, reason=reason)


def _said(body: bytes) -> tuple[PhoneCall, CallResult] | None:
    try:
        told: Any = json.loads(body)
        if told["type"] != RESULT:
            return None
        call = PhoneCall.named(str(told["data"]["call"]))
        return (call, CallResult(told["data"]["result"])) if call is not None else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
