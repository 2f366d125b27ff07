"""Sending by customer-service message: texts, and choices as links below them."""

from __future__ import annotations

import secrets

import structlog

from adapters.calls.http_client import Json
from adapters.tencent.client import Client
from adapters.wechat import outgoing
from adapters.wechat.errors import NoChoices
from bot.domain.errors import Refused
from bot.domain.messages import Delivery, Keyboard

_log = structlog.get_logger()

_HALVES_AT_MOST = 1000


class Sender:
    """Sends; raises only `SendError`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._halves: dict[int, int] = {}  #: by message: how many pieces of its last part WeChat took already

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        message = delivery.message
        openid = outgoing.to_openid(message.address)
        if delivery.edits or (is_last and message.file):
            raise Refused("WeChat changes no message and takes no file.")
        pieces = outgoing.pieces(text, message.buttons if is_last else ())
        for number, (words, buttons) in enumerate(pieces):
            if number >= self._halves.get(message.id, 0):
                await self._send(openid, words, buttons)
                self._note(message.id, number + 1, len(pieces))
        return secrets.token_hex(8)  # WeChat gives messages of ours no id; nobody can refer to them there

    async def say(self, openid: str, text: str) -> None:
        """Send a short text."""
        await self._custom(outgoing.to_text(openid, text))

    async def _send(self, openid: str, text: str, buttons: Keyboard) -> None:
        if not buttons:
            await self._custom(outgoing.to_text(openid, text))
            return
        try:
            await self._custom(outgoing.to_choices(openid, text, buttons))
        except NoChoices:
            _log.warning("WeChat shows this account's choices not as links; they are sent as text.")
            await self._custom(outgoing.to_text(openid, outgoing.with_choices(text, buttons)))

    async def _custom(self, body: Json) -> None:
        await self._client.call("POST", "/cgi-bin/message/custom/send", json=body)

    def _note(self, message_id: int, done: int, pieces: int) -> None:
        """A second piece that fails is tried again by itself: the first is there."""
        self._halves.pop(message_id, None)
        if done < pieces:
            if len(self._halves) >= _HALVES_AT_MOST:
                self._halves.pop(next(iter(self._halves)))
            self._halves[message_id] = done
