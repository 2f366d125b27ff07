"""Where WeChat calls: verifies, parses, has the message stored, and answers in the same call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from adapters.calls.entrance import Entrance
from adapters.calls.follow_ups import FollowUps
from adapters.calls.node import Node
from adapters.tencent.callback import BODY_LIMIT, Callback, CallRefused, Signed, Status, envelope, sealed_in
from adapters.tencent.refusals import Refusals
from adapters.wechat.outgoing import to_answer
from adapters.wechat.parse import parse
from adapters.wechat.settings import MESSENGER, WechatSettings
from adapters.wechat.tries import LAST, Storing, Tries
from bot.domain.errors import StorageError
from bot.domain.frozen import replace
from bot.domain.messages import Contact, Inbound, Kind
from bot.language.texts import tr
from bot.ports.messengers import Receipt, Receive, Request, Response

_log = structlog.get_logger()

_NOTHING = Response(200, "success")  #: WeChat shows the person nothing and does not ask again
_ECHO_LIMIT = 512  #: characters
_IN_THE_CLEAR = "WeChat sends messages in the clear: set the account to safe mode on its page."
_LATE_AT_MOST = 3.0  #: seconds that storing may go on when we stop

#: Tells a person that their message was lost; raises nothing.
Apologise = Callable[[Inbound, str], Awaitable[None]]


class Door:
    """The webhook of one account."""

    def __init__(self, settings: WechatSettings, node: Node[Any], apologise: Apologise) -> None:
        self._settings = settings
        self._clock = clock = node.clock
        self._apologise = apologise
        self._callback = Callback(settings.token, settings.aes_key, settings.app_id, node.machine)
        self._entrance = Entrance(MESSENGER)
        self._tries = Tries(self._entrance.take, clock)
        self._late = FollowUps()
        self._refusals = Refusals(MESSENGER, clock)

    def open(self, receive: Receive) -> None:
        """Let messages in."""
        self._entrance.open(receive)

    async def close(self) -> None:
        """Let nothing in any more; what is being stored may take a moment to be so."""
        self._entrance.close()
        await self._tries.stop(_LATE_AT_MOST)
        await self._late.stop()

    async def handle(self, request: Request) -> Response:
        try:
            if request.method == "GET":
                return self._shown_to_be_ours(request)
            if request.method != "POST":
                return Response(405)
            text, is_sealed = self._opened(request)
        except CallRefused as refused:
            self._refusals.note(refused)
            return Response(int(refused.status))
        return await self._answered(request, parse(text, self._settings.app_id, self._clock()), is_sealed=is_sealed)

    def _shown_to_be_ours(self, request: Request) -> Response:
        """Answer the check of our address, when it is set on the account's page."""
        echo = request.query.get("echostr", "")
        if not echo or len(echo) > _ECHO_LIMIT:
            raise CallRefused(Status.UNVERIFIED, "It asks nothing.")
        self._callback.verify(Signed.of(request.query, "signature"), self._clock())
        return Response(200, echo)

    def _opened(self, request: Request) -> tuple[str, bool]:
        """Verify a message; its text, and whether it came encrypted. Raises `CallRefused`."""
        if len(request.body) > BODY_LIMIT:
            raise CallRefused(Status.TOO_LARGE, "It is too long.")
        now = self._clock()
        if "msg_signature" not in request.query:
            return self._plain(request, now), False
        outside = envelope(request.body)
        text = self._callback.open(Signed.of(request.query), sealed_in(outside), now)
        if "MsgType" in outside and self._settings.requires_encryption:
            raise CallRefused(Status.NOT_FOR_US, _IN_THE_CLEAR)
        return text, True

    def _plain(self, request: Request, now: datetime) -> str:
        """A message in the clear: its address is signed, but nothing signs the message itself."""
        self._callback.verify(Signed.of(request.query, "signature"), now)
        if self._settings.requires_encryption:
            raise CallRefused(Status.NOT_FOR_US, _IN_THE_CLEAR)
        try:
            return request.body.decode()
        except UnicodeDecodeError:
            raise CallRefused(Status.UNVERIFIED, "It cannot be read.") from None

    async def _answered(self, request: Request, message: Inbound, *, is_sealed: bool) -> Response:
        storing = self._tries.take(message)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.wait({storing.task}, timeout=self._settings.answer_within)
        if not storing.task.done() or loop.time() - begun > self._settings.heard_within:
            return await self._overdue(request, message, storing, is_sealed=is_sealed)
        self._tries.done(message, storing)
        try:
            receipt = storing.task.result()
        except StorageError:
            receipt = Receipt(reply=not_stored(message))
            if not receipt.reply:
                return Response(503)  # nobody waits for words: WeChat shall say it again
        if not receipt.reply or message.sender is None:
            return _NOTHING
        return replace(self._written(request, message, receipt.reply, is_sealed=is_sealed), went=receipt.went)

    async def _overdue(self, request: Request, message: Inbound, storing: Storing, *, is_sealed: bool) -> Response:
        """What is not stored is not acknowledged: WeChat hangs up and brings it again; the last time we say so."""
        storing.is_late = True
        if storing.calls >= LAST and not storing.task.done() and (words := unsure(message)):
            # WeChat brings it no more; the core sends its answer by itself once the message is stored.
            self._late.begin(self._later(message, storing.task))
            return self._written(request, message, words, is_sealed=is_sealed)
        await asyncio.wait({storing.task}, timeout=self._settings.hangs_up_after - self._settings.answer_within)
        is_stored = storing.task.done() and storing.task.exception() is None
        return _NOTHING if is_stored else Response(503)  # stored: the core sends its answer by itself

    def _written(self, request: Request, message: Inbound, text: str, *, is_sealed: bool) -> Response:
        at = int(self._clock().timestamp())
        answer = to_answer(message, text, at)
        if is_sealed:
            answer = self._callback.seal(answer, request.query.get("nonce", ""), str(at))
        return Response(200, answer, "text/xml; charset=utf-8")

    async def _later(self, message: Inbound, storing: asyncio.Task[Receipt]) -> None:
        try:
            await storing
        except StorageError:
            _log.error("A message was not stored in the end; its writer is told.", messenger=MESSENGER)
            if words := not_stored(message):
                await self._apologise(message, words)


def not_stored(message: Inbound) -> str:
    """What somebody is told whose message is lost; empty when it was none that anybody wrote."""
    return tr("en", "Your message was NOT stored. Please send it again.") if _is_written(message) else ""


def unsure(message: Inbound) -> str:
    """What somebody is told whose message is not stored yet when WeChat brings it no more."""
    words = tr("en", "Your message is NOT stored yet. If no answer comes within a minute, please send it again.")
    return words if _is_written(message) else ""


def _is_written(message: Inbound) -> bool:
    is_said = message.contact is not Contact.NONE and message.kind not in (Kind.REACHED, Kind.OTHER)
    return is_said and message.sender is not None
