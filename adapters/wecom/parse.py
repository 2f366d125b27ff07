"""WeCom's messages and events as ours. Pure; never raises.

The fields: https://developer.work.weixin.qq.com/document/path/90239 and path/90240.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.tencent import xml
from adapters.tencent.emoji import with_emoji
from adapters.tencent.fields import degrees, event_id, needed, stands_for_what_it_cannot_show
from adapters.wecom.settings import MEMBER, MESSENGER
from bot.domain.messages import Address, Attachment, Inbound, Kind
from bot.domain.unreceived import Unreceived

Fields = dict[str, Any]  #: of `Inbound`

_DATA_LIMIT = 64  #: bytes of a button's data
_LABEL_LIMIT = 64  #: characters
_TAP_LIMIT = 512  #: characters of what changes a card, far above what it has


def parse(text: str, account: str, agent_id: int, now: datetime) -> Inbound:
    """Read what stood in a verified call; what makes no sense becomes `Kind.UNREADABLE` and keeps its raw form."""
    raw = text.encode("utf-8", "surrogatepass")
    try:
        found = xml.parse_said(text)
        return Inbound(MESSENGER, account, _key(found), received_at=now, raw=raw, **_read(found, agent_id))
    except (ValueError, OverflowError):
        digest = hashlib.sha256(raw).hexdigest()
        return Inbound(MESSENGER, account, f"raw:{digest}", Kind.UNREADABLE, now, raw=raw)


def _key(found: xml.Fields) -> str:
    """What a redelivery has in common with the first: events have no number of their own."""
    number = xml.text_of(found, "MsgId")
    if number.strip("0"):
        return f"message:{number}"
    for name in ("FromUserName", "CreateTime"):
        needed(found, name)
    return event_id(found, "FromUserName", "CreateTime", "Event", "EventKey", "TaskId", "AgentID")


def _read(found: xml.Fields, agent_id: int) -> Fields:
    app = xml.text_of(found, "AgentID")
    if app and app != str(agent_id):
        return {"kind": Kind.OTHER}  # of another app with the same keys
    kind = needed(found, "MsgType")
    read = _EVENTS.get(xml.text_of(found, "Event").lower()) if kind == "event" else _READERS.get(kind, _unreceived)
    if read is None:
        return {"kind": Kind.OTHER}
    # A member, and least of all the robot of a group.
    member = Address(MESSENGER, needed(found, "FromUserName", MEMBER))
    return {"sender": member, "place": member, "message_id": xml.text_of(found, "MsgId")} | read(found)


def _unreceived(_found: xml.Fields) -> Fields:
    """What a member sent that WeCom gives to nobody, or comes to know only tomorrow."""
    return {"kind": Kind.UNRECEIVED, "unreceived": Unreceived.NEW}


def _text(found: xml.Fields) -> Fields:
    text = xml.text_of(found, "Content")
    return _unreceived(found) if stands_for_what_it_cannot_show(text) else {"kind": Kind.TEXT, "text": with_emoji(text)}


def _link(found: xml.Fields) -> Fields:
    parts = (xml.text_of(found, name).strip() for name in ("Title", "Description", "Url"))
    return {"kind": Kind.TEXT, "text": "\n".join(part for part in parts if part)}


def _location(found: xml.Fields) -> Fields:
    return {
        "kind": Kind.LOCATION,
        "latitude": degrees(found, "Location_X", 90),
        "longitude": degrees(found, "Location_Y", 180),
        "text": xml.text_of(found, "Label"),
    }


def _file(kind: Kind, media_type: str) -> Callable[[xml.Fields], Fields]:
    def read(found: xml.Fields) -> Fields:
        name = xml.text_of(found, "FileName")
        heard = xml.text_of(found, "Recognition") if kind is Kind.VOICE else ""
        return {"kind": kind, "attachment": Attachment(needed(found, "MediaId"), name, media_type), "recognised": heard}

    return read


def _tap(found: xml.Fields) -> Fields:
    data, _, label = xml.text_of(found, "EventKey").partition(" ")
    if not data or len(data.encode()) > _DATA_LIMIT:
        raise ValueError("no button of ours")
    code = xml.text_of(found, "ResponseCode")
    tap_id = f"{code} {label[:_LABEL_LIMIT]}".strip() if code and " " not in code else ""
    return {
        "kind": Kind.BUTTON,
        "button": data,
        "tap_id": tap_id if len(tap_id) <= _TAP_LIMIT else "",
        "message_id": xml.text_of(found, "TaskId"),
    }


def _menu(found: xml.Fields) -> Fields:
    return {"kind": Kind.TEXT, "text": needed(found, "EventKey")}


def _is(kind: Kind) -> Callable[[xml.Fields], Fields]:
    return lambda _: {"kind": kind}


#: By kind of message. What is not here its sender is told that we cannot take.
KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "image": Kind.PHOTO,
    "voice": Kind.VOICE,
    "video": Kind.FILE,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "link": Kind.TEXT,
}
_READERS: dict[str, Callable[[xml.Fields], Fields]] = {
    "text": _text,
    "image": _file(KINDS["image"], "image/jpeg"),
    "voice": _file(KINDS["voice"], "audio/amr"),
    "video": _file(KINDS["video"], "video/mp4"),
    "file": _file(KINDS["file"], ""),
    "location": _location,
    "link": _link,
}

#: All others say nothing that a person means for us: that the app was opened, where the phone is now and then.
_EVENTS: dict[str, Callable[[xml.Fields], Fields]] = {
    "template_card_event": _tap,
    "click": _menu,
    "subscribe": _is(Kind.REACHED),
    "unsubscribe": _is(Kind.LEFT),
}
