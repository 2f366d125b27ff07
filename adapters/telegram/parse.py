"""Telegram's updates as our messages. Pure; never raises.

Reads the JSON directly, in about 20 us a message; `telegram.Update.de_json` takes 160 to 220.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.telegram.kinds import KEPT, UNRECEIVED, UNSAID
from adapters.telegram.settings import MESSENGER
from adapters.telegram.words import for_us, string, written
from bot.domain.messages import Address, Attachment, Inbound, Kind
from bot.domain.unreceived import Unreceived

Json = Mapping[str, Any]
Fields = dict[str, Any]  #: of `Inbound`

_MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)
_NAME_LIMIT = 128  #: characters; Telegram's own limit is 64 for each of two names
_NOBODY_KNOWN = "unknown"  #: who said first what is forwarded
_CARD_LIMIT = 2_000  #: characters of a contact card


@dataclass(frozen=True, slots=True)
class Account:
    """Which of our bots reads."""

    id: str
    username: str = ""  #: empty until Telegram told us


def parse_body(body: bytes, account: Account, now: datetime) -> Inbound:
    """Read the body of a verified webhook call."""
    try:
        update = json.loads(body)
    except _MALFORMED:
        update = None
    return parse_update(update, body, account, now)


def parse_update(update: Any, raw: bytes, account: Account, now: datetime) -> Inbound:
    """Read one update; what makes no sense becomes `Kind.UNREADABLE` and keeps its raw form."""
    try:
        external_id = str(_integer(update["update_id"]))
    except _MALFORMED:
        external_id = hashlib.sha256(raw).hexdigest()
        return Inbound(MESSENGER, account.id, external_id, Kind.UNREADABLE, now, raw=raw)
    try:
        return Inbound(MESSENGER, account.id, external_id, received_at=now, raw=raw, **_update(update, account))
    except _MALFORMED:
        return Inbound(MESSENGER, account.id, external_id, Kind.UNREADABLE, now, raw=raw)


def _update(update: Json, account: Account) -> Fields:
    if "message" in update:
        return _message(update["message"], account)
    if "callback_query" in update:
        return _tap(update["callback_query"])
    if "edited_message" in update:
        return _edit(update["edited_message"], account)
    if "my_chat_member" in update:
        return _membership(update["my_chat_member"])
    return {"kind": Kind.OTHER}


def _message(message: Json, account: Account) -> Fields:
    placed = _placed(message)
    if "sender_chat" not in message and message.get("from", {}).get("is_bot"):
        return placed  # another bot: answering it could go on for ever
    for key, read in _CONTENTS.items():
        if key in message:
            return placed | read(message, account)
    return placed if UNSAID & message.keys() else placed | _unreceived(message)


def _unreceived(message: Json) -> Fields:
    """What somebody sent that is no text and no file; also what Telegram comes to know only tomorrow."""
    kind = next((kind for key, kind in UNRECEIVED.items() if key in message), Unreceived.NEW)
    return {"kind": Kind.UNRECEIVED, "unreceived": kind}


def _edit(message: Json, account: Account) -> Fields:
    changed = _message(message, account)
    is_said = changed["kind"] in {Kind.TEXT, Kind.PHOTO, Kind.FILE, Kind.VOICE}
    # A live location is "edited" every few seconds, a poll at every vote; the first one counts.
    return changed | {"kind": Kind.EDIT if is_said else Kind.OTHER, "unreceived": None}


def _membership(change: Json) -> Fields:
    """Somebody blocked or unblocked us, or a group put us out or took us in; a promotion is neither."""
    was, is_there = (_is_there(change.get(key)) for key in ("old_chat_member", "new_chat_member"))
    kind = Kind.OTHER if was is is_there else Kind.REACHED if is_there else Kind.LEFT
    return _placed(change) | {"kind": kind}


def _is_there(member: Json | None) -> bool | None:
    # https://core.telegram.org/bots/api#chatmember: whoever is "restricted" may be in the group or not.
    if not member:
        return None
    status = string(member["status"])
    return bool(member.get("is_member")) if status == "restricted" else status not in {"left", "kicked"}


def _tap(query: Json) -> Fields:
    tap = _author(query["from"]) | {"kind": Kind.OTHER, "tap_id": string(query["id"])}
    if "message" not in query or "data" not in query:
        return tap  # under an inline message or a game: not ours
    message = query["message"]
    return tap | {
        "kind": Kind.BUTTON,
        "place": _place(message),
        "button": string(query["data"]),
        "message_id": str(_integer(message["message_id"])),
    }


def _placed(message: Json) -> Fields:
    placed: Fields = {"kind": Kind.OTHER, "place": _place(message)}
    if "message_id" in message:
        placed["message_id"] = str(_integer(message["message_id"]))
    # An anonymous admin or a channel speaks through `sender_chat`; `from` is then a stand-in, nobody's address.
    if "from" in message and "sender_chat" not in message:
        placed |= _author(message["from"])
    if "reply_to_message" in message:
        placed["reply_to"] = _reply_to(message)
    if "media_group_id" in message:
        placed["album"] = string(message["media_group_id"])
    if "forward_origin" in message or "forward_date" in message:
        placed["origin"] = _origin(message)[:_NAME_LIMIT]
    return placed


def _origin(message: Json) -> str:
    """Who said it first: a person, somebody who hides, a group or a channel. Older servers say it flat."""
    origin = message.get("forward_origin", {})
    person = origin.get("sender_user") or message.get("forward_from")
    chat = origin.get("sender_chat") or origin.get("chat") or message.get("forward_from_chat") or {}
    hidden = origin.get("sender_user_name") or message.get("forward_sender_name")
    return (_name(person) if person else string(hidden or chat.get("title", ""))) or _NOBODY_KNOWN


def _author(person: Json) -> Fields:
    return {"sender": Address(MESSENGER, str(_integer(person["id"]))), "sender_name": _name(person)[:_NAME_LIMIT]}


def _name(person: Json) -> str:
    return " ".join(string(person[key]) for key in ("first_name", "last_name") if person.get(key))


def _place(message: Json) -> Address:
    chat = message["chat"]
    peer = str(_integer(chat["id"]))
    # `message_thread_id` also marks a plain thread of replies; only `is_topic_message` says that it is a topic.
    if message.get("is_topic_message") and chat.get("type") != "private":
        peer = f"{peer}/{_integer(message['message_thread_id'])}"
    return Address(MESSENGER, peer)


def _reply_to(message: Json) -> str:
    replied = _integer(message["reply_to_message"]["message_id"])
    # In a topic, a message that replies to nothing "replies" to the message that opened the topic.
    return "" if replied == message.get("message_thread_id") else str(replied)


def _moved(message: Json, _: Account) -> Fields:
    return {"kind": Kind.MOVED, "moved_to": Address(MESSENGER, str(_integer(message["migrate_to_chat_id"])))}


def _text(message: Json, account: Account) -> Fields:
    text = for_us(written(message), account.username)
    if text is not None:
        return {"kind": Kind.TEXT, "text": text}
    is_private = message["chat"].get("type") == "private"
    return {"kind": Kind.UNRECEIVED, "unreceived": Unreceived.OTHER_BOT} if is_private else {}


def _caption(message: Json, account: Account) -> Fields:
    """Read the words under a file; a command for another bot stays as it is written, and so is none."""
    text = written(message, "caption")
    ours = for_us(text, account.username)
    return {"text": text if ours is None else ours}


def _contact(message: Json, _: Account) -> Fields:
    card = message["contact"]
    lines = (_name(card), string(card.get("phone_number", "")), string(card.get("vcard", "")))
    return {"kind": Kind.CONTACT, "text": "\n".join(filter(None, lines))[:_CARD_LIMIT]}


def _location(message: Json, _: Account) -> Fields:
    spot = message["location"]
    venue = message.get("venue", {})
    return {
        "kind": Kind.LOCATION,
        "latitude": _degrees(spot["latitude"], 90),
        "longitude": _degrees(spot["longitude"], 180),
        "text": ", ".join(string(venue[key]) for key in ("title", "address") if venue.get(key)),
    }


def _photo(message: Json, account: Account) -> Fields:
    largest = max(message["photo"], key=lambda size: size["width"] * size["height"])
    photo = Attachment(string(largest["file_id"]), "", "image/jpeg", _integer(largest.get("file_size", 0)))
    return {"kind": Kind.PHOTO, "attachment": photo} | _caption(message, account)


def _file(key: str, kind: Kind) -> Callable[[Json, Account], Fields]:
    def read(message: Json, account: Account) -> Fields:
        file = message[key]
        attachment = Attachment(
            string(file["file_id"]),
            string(file.get("file_name", "")),
            string(file.get("mime_type", "")),
            _integer(file.get("file_size", 0)),
        )
        return {"kind": kind, "attachment": attachment} | _caption(message, account)

    return read


_READERS: Mapping[str, Callable[[Json, Account], Fields]] = {
    "location": _location,
    "venue": _location,
    "contact": _contact,
    "live_photo": _photo,
    "photo": _photo,
    "text": _text,
}
#: What a message may hold, in the order of looking; all others are files.
_CONTENTS = {"migrate_to_chat_id": _moved} | {k: _READERS.get(k) or _file(k, kind) for k, kind in KEPT.items()}


def _integer(value: object) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _degrees(value: object, limit: int) -> float:
    if type(value) not in {int, float} or not math.fabs(value) <= limit:  # type: ignore[arg-type]
        raise ValueError("not a coordinate")
    return float(value)  # type: ignore[arg-type]
