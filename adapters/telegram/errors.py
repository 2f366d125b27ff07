"""Telegram's refusals as our errors. No reason here ever holds a token, a name or a text."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from adapters.telegram.client import NeverSent
from adapters.telegram.settings import MESSENGER
from bot.domain.errors import Moved, Refused, SendError, Throttled, Unavailable, Uncertain, Unreachable
from bot.domain.messages import Address

# python-telegram-bot's own switch; without it every RetryAfter is announced as a deprecation.
os.environ.setdefault("PTB_TIMEDELTA", "true")

#: What a call may raise: the library's errors, and what a broken proxy's answers make it stumble over.
TROUBLE = (TelegramError, KeyError, AttributeError, TypeError, ValueError)

_NOT_MODIFIED = "message is not modified"
#: Bad requests that are about the place, not about the message.
_NOBODY_THERE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "group chat was deactivated",
    "have no rights to send",
    "not enough rights",
    "chat_write_forbidden",
    "need administrator rights",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)
#: Telegram's phrases and ours. Any other is not repeated: it might hold what somebody wrote.
_REFUSALS = {
    "message is too long": "the text is too long",
    "caption is too long": "the text under the file is too long",
    "text is empty": "the text is empty",
    "text must be non-empty": "the text is empty",
    "button_data_invalid": "a button's data is too long",
    "message to edit not found": "the message to change is not there any more",
    "message can't be edited": "the message cannot be changed any more",
    "file is too big": "the file is too large",
    "file must be non-empty": "the file is empty",
}
_WAIT = re.compile(r"retry after (\d{1,6})", re.IGNORECASE)


def is_unchanged(error: BaseException) -> bool:
    """Whether Telegram refused an edit because nothing would change: that is success."""
    return isinstance(error, BadRequest) and _NOT_MODIFIED in error.message.lower()


def to_send_error(error: BaseException) -> SendError:
    """Say in our words what a failed call means."""
    for kind, meaning in _MEANINGS:
        if isinstance(error, kind):
            return meaning(error)
    return Unavailable("The answer made no sense; it may come from a broken proxy.")


def _bad_request(message: str) -> SendError:
    lowered = message.lower()
    if any(phrase in lowered for phrase in _NOBODY_THERE):
        return Unreachable("There is no such chat, or the bot may not write there.")
    if "too many requests" in lowered:
        return _network(message)
    known = next((f": {ours}" for phrase, ours in _REFUSALS.items() if phrase in lowered), "")
    return Refused(f"Telegram refused the message{known}.")


def _network(message: str) -> SendError:
    lowered = message.lower()
    if "request entity too large" in lowered:
        return Refused("Telegram refused the message: it is too large.")
    if "too many requests" in lowered:
        wait = _WAIT.search(lowered)
        delay = timedelta(seconds=int(wait[1]) if wait else 1)
        return Throttled("Telegram asks to wait before the next message.", retry_after=delay)
    return Unavailable("Telegram, or the way to it, is down.")


def _delay(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


#: In this order: bad requests and time-outs are network errors too.
_MEANINGS: tuple[tuple[type[BaseException], Callable[[Any], SendError]], ...] = (
    (RetryAfter, lambda error: Throttled("Telegram asks to wait before the next message.", retry_after=_delay(error))),
    (ChatMigrated, lambda error: Moved("The group became a supergroup.", Address(MESSENGER, str(error.new_chat_id)))),
    (Forbidden, lambda _: Unreachable("The bot was blocked or removed there, or the person never started it.")),
    (InvalidToken, lambda _: Unavailable("Telegram does not know this bot: check its token and api_base_url.")),
    (Conflict, lambda _: Unavailable("Another program uses this bot at the same time.")),
    (BadRequest, lambda error: _bad_request(error.message)),
    (NeverSent, lambda _: Unavailable("Telegram could not be reached in time.")),
    (TimedOut, lambda _: Uncertain("Telegram did not answer in time; the message may have arrived.")),
    (NetworkError, lambda error: _network(error.message)),
)
