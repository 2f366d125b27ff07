"""Our messages as Telegram's parameters. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from bot.domain.errors import Refused
from bot.domain.messages import Address, Delivery, Keyboard

_PEER = re.compile(r"(-?[0-9]{1,19})(?:/([0-9]{1,19}))?")
CAPTION_LIMIT = 1024  #: UTF-16 units under a file, https://core.telegram.org/bots/api#senddocument


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and, in a forum, its topic."""

    id: int
    topic: int | None = None


def to_chat(address: Address) -> Chat:
    """Read the peer of an address; raises Refused when it cannot be one of Telegram's."""
    found = _PEER.fullmatch(address.peer)
    if not found:
        raise Refused("A Telegram address is a chat number, with a topic number after a slash where there is one.")
    return Chat(int(found[1]), int(found[2]) if found[2] else None)


def to_message(chat: Chat, delivery: Delivery, text: str, buttons: Keyboard) -> dict[str, object]:
    """Write the parameters of ``sendMessage``: plain text, no link preview."""
    parameters: dict[str, object] = {
        "chat_id": chat.id,
        "text": text,
        "link_preview_options": {"is_disabled": True},  # a preview fetches what a person linked to
    }
    if chat.topic is not None:
        parameters["message_thread_id"] = chat.topic
    if reply_to := _number(delivery.message.reply_to):
        parameters["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
    if buttons:
        parameters["reply_markup"] = to_keyboard(buttons)
    return parameters


def to_edit(chat: Chat, delivery: Delivery, text: str, buttons: Keyboard) -> dict[str, object]:
    """Write the parameters of ``editMessageText``; without buttons the old ones go away."""
    number = _number(delivery.edits)
    if number is None:
        raise Refused("The message to change has no Telegram number.")
    parameters: dict[str, object] = {
        "chat_id": chat.id,
        "message_id": number,
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }
    if buttons:
        parameters["reply_markup"] = to_keyboard(buttons)
    return parameters


def to_keyboard(buttons: Keyboard) -> dict[str, object]:
    """Write an inline keyboard."""
    rows = [[{"text": button.label, "callback_data": button.data} for button in row] for row in buttons]
    return {"inline_keyboard": rows}


def to_document(chat: Chat, delivery: Delivery, caption: str, buttons: Keyboard) -> dict[str, Any]:
    """Write the arguments of `telegram.Bot.send_document`, but for the file itself."""
    reply_to = _number(delivery.message.reply_to)
    keyboard = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in buttons]
    return {
        "chat_id": chat.id,
        "message_thread_id": chat.topic,
        "caption": caption or None,
        "reply_parameters": ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
        "reply_markup": InlineKeyboardMarkup(keyboard) if keyboard else None,
    }


def _number(message_id: str) -> int | None:
    return int(message_id) if message_id.isascii() and message_id.isdigit() else None
