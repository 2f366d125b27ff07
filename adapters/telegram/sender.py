"""Sending through the Bot API: one message, edit or file at a time, and the answers to taps."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from telegram import Bot, InputFile

from adapters.calls.follow_ups import FollowUps
from adapters.telegram.client import ApiRequest
from adapters.telegram.errors import TROUBLE, is_unchanged, to_send_error
from adapters.telegram.outgoing import CAPTION_LIMIT, Chat, to_chat, to_document, to_edit, to_message
from bot.delivery.split import measure
from bot.domain.errors import Refused
from bot.domain.messages import Delivery


class Sender:
    """Sends; raises only `SendError`.

    Texts, edits and tap answers are called directly (0.1 ms of CPU each against 0.4 through `Bot`); files go
    through `Bot`. Both have the same errors.
    """

    def __init__(self, bot: Bot, request: ApiRequest, exports: Path) -> None:
        self._bot = bot
        self._request = request
        self._exports = exports
        self._answering = FollowUps()

    async def send(self, delivery: Delivery, text: str, *, is_last: bool) -> str:
        """Send one part; the tap is answered after it."""
        chat = to_chat(delivery.message.address)
        try:
            external_id = await self._send(chat, delivery, text, is_last=is_last)
        except TROUBLE as error:
            raise to_send_error(error) from None  # the cause's text may hold what ours may not
        if is_last and delivery.message.tap_id:
            # Not awaited: the message is delivered, and a slow or late answer must not make it be sent again.
            self._answering.begin(self._answer(delivery.message.tap_id))
        return external_id

    async def stop(self) -> None:
        """End what is under way."""
        await self._answering.stop()

    async def _send(self, chat: Chat, delivery: Delivery, text: str, *, is_last: bool) -> str:
        buttons = delivery.message.buttons if is_last else ()
        if is_last and delivery.message.file:
            return await self._send_file(chat, delivery, text)
        if delivery.edits:
            return await self._edit(delivery, to_edit(chat, delivery, text, buttons))
        if not text and delivery.message.tap_id:
            return ""  # nothing but a tap to answer
        return str(int((await self._call("sendMessage", to_message(chat, delivery, text, buttons)))["message_id"]))

    async def _edit(self, delivery: Delivery, parameters: dict[str, object]) -> str:
        try:
            await self._call("editMessageText", parameters)
        except TROUBLE as error:
            if not is_unchanged(error):
                raise
        return delivery.edits

    async def _send_file(self, chat: Chat, delivery: Delivery, caption: str) -> str:
        if measure(caption, "characters") > CAPTION_LIMIT:
            raise Refused(f"A text that goes with a file may have {CAPTION_LIMIT} characters at Telegram.")
        arguments = to_document(chat, delivery, caption, delivery.message.buttons)
        path = self._exports / delivery.message.file
        if path.name != delivery.message.file:
            raise Refused("A file to send must lie in the exports folder itself.")
        try:
            content = await asyncio.to_thread(path.open, "rb")
        except OSError:
            raise Refused("The file to send is not in the exports folder any more.") from None
        try:
            document = InputFile(content, filename=path.name, read_file_handle=False)
            return str((await self._bot.send_document(document=document, **arguments)).message_id)
        finally:
            content.close()

    async def _call(self, method: str, parameters: dict[str, object]) -> Any:
        return await self._request.call(f"{self._bot.base_url}/{method}", parameters)

    async def _answer(self, tap_id: str) -> None:
        with contextlib.suppress(*TROUBLE):  # after 150 seconds, or a second time, nobody waits for it any more
            await self._call("answerCallbackQuery", {"callback_query_id": tap_id})
