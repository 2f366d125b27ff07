"""WeChat's messages and events as our messages. Pure; never raises.

Fields: https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html and its
neighbours; files: they come with a key that no interface takes, not with a media id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.tencent import xml
from adapters.tencent.emoji import with_emoji
from adapters.tencent.fields import degrees, event_id, needed, stands_for_what_it_cannot_show
from adapters.tencent.xml import text_of
from adapters.wechat.settings import BUTTON_BYTES, MESSENGER
from bot.domain.messages import Address, Attachment, Contact, Inbound, Kind
from bot.domain.unreceived import Unreceived

Fields = dict[str, Any]  #: of `Inbound`

NEVER_HAD = "unavailable:"  #: begins the id of a file that WeChat shows and gives to nobody
VIDEO = "video:"  #: begins the media id of a video, which is fetched in two steps

_OPENID = re.compile(r"[A-Za-z0-9_@.-]{1,128}")
_NUMBER = re.compile("[0-9]{1,20}")
_SCENE = "qrscene_"
_BELIEVED = timedelta(minutes=1)  #: how long ago a message may say that it was written
_MALFORMED = (KeyError, TypeError, ValueError, OverflowError)


def parse(text: str, app_id: str, now: datetime) -> Inbound:
    """Read one decrypted message; what makes no sense becomes `Kind.UNREADABLE` and keeps its raw form."""
    raw = text.encode("utf-8", "replace")
    try:
        return _read(xml.parse_said(text), raw, now)
    except _MALFORMED:
        return Inbound(MESSENGER, app_id, hashlib.sha256(raw).hexdigest(), Kind.UNREADABLE, now, raw=raw)


def _read(given: xml.Fields, raw: bytes, now: datetime) -> Inbound:
    person = Address(MESSENGER, needed(given, "FromUserName", _OPENID))
    account = needed(given, "ToUserName", _OPENID)
    created = int(needed(given, "CreateTime", _NUMBER))
    kind = needed(given, "MsgType").lower()
    is_event = kind == "event"
    read = _event if is_event else _READERS.get(kind, _unreceived)
    fields: Fields = {"sender": person, "place": person} | read(given)
    external_id = _event_id(given) if is_event else needed(given, "MsgId", _NUMBER)
    if not is_event:
        fields["message_id"] = external_id
    return Inbound(MESSENGER, account, external_id, received_at=_moment(created, now), raw=raw, **fields)


def _moment(created: int, now: datetime) -> datetime:
    """When the person wrote, as far as that is believable: the reply window runs from then, not from when it came.

    `created` is in seconds; what was written longer ago, or later than now, says that one of two clocks is wrong.
    """
    ago = now.timestamp() - created
    return datetime.fromtimestamp(created, UTC) if 0 <= ago <= _BELIEVED.total_seconds() else now


def _event_id(given: xml.Fields) -> str:
    """Name an event, which has no id; results of template messages have one, of a kind of its own."""
    event = text_of(given, "Event").lower()
    if event == "templatesendjobfinish":
        return f"template:{needed(given, 'MsgID', _NUMBER)}"
    return event_id(given, "FromUserName", "CreateTime", "Event", "EventKey")


def _unreceived(_given: xml.Fields) -> Fields:
    """What a person sent that WeChat gives to nobody, or comes to know only tomorrow."""
    return {"kind": Kind.UNRECEIVED, "unreceived": Unreceived.NEW, "contact": Contact.MESSAGE}


def _text(given: xml.Fields) -> Fields:
    text = text_of(given, "Content")
    # A tapped link of ours comes as a text with its id; it counts as a tap of the menu, not as a message.
    choice = text_of(given, "bizmsgmenuid")
    if choice and len(choice.encode()) <= BUTTON_BYTES:
        return {"kind": Kind.BUTTON, "text": text, "button": choice, "contact": Contact.TAP}
    if stands_for_what_it_cannot_show(text):
        return _unreceived(given)
    return {"kind": Kind.TEXT, "text": with_emoji(text), "contact": Contact.MESSAGE}


def _media(kind: Kind, media_type: str, prefix: str = "") -> Callable[[xml.Fields], Fields]:
    def read(given: xml.Fields) -> Fields:
        attachment = Attachment(prefix + needed(given, "MediaId"), media_type=media_type)
        heard = text_of(given, "Recognition") if kind is Kind.VOICE else ""
        return {"kind": kind, "attachment": attachment, "recognised": heard, "contact": Contact.MESSAGE}

    return read


def _file(given: xml.Fields) -> Fields:
    media_id = text_of(given, "MediaId") or NEVER_HAD + needed(given, "FileKey")
    size = text_of(given, "FileTotalLen")
    attachment = Attachment(
        media_id, text_of(given, "Title"), size=int(size) if re.fullmatch("[0-9]{1,12}", size) else 0
    )
    return {"kind": Kind.FILE, "attachment": attachment, "contact": Contact.MESSAGE}


def _location(given: xml.Fields) -> Fields:
    place = ", ".join(filter(None, (text_of(given, name) for name in ("Poiname", "Label"))))
    return {
        "kind": Kind.LOCATION,
        "latitude": degrees(given, "Location_X", 90),
        "longitude": degrees(given, "Location_Y", 180),
        "text": place,
        "contact": Contact.MESSAGE,
    }


def _link(given: xml.Fields) -> Fields:
    parts = (text_of(given, name) for name in ("Title", "Description", "Url"))
    return {"kind": Kind.TEXT, "text": "\n".join(filter(None, parts)), "contact": Contact.MESSAGE}


#: By kind of message. What is not here its sender is told that we cannot take.
KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "image": Kind.PHOTO,
    "voice": Kind.VOICE,
    "video": Kind.FILE,
    "shortvideo": Kind.FILE,
    "location": Kind.LOCATION,
    "link": Kind.TEXT,
    "file": Kind.FILE,
}
_READERS: dict[str, Callable[[xml.Fields], Fields]] = {
    "text": _text,
    "image": _media(KINDS["image"], "image/jpeg"),
    "voice": _media(KINDS["voice"], "audio/amr"),
    "video": _media(KINDS["video"], "video/mp4", VIDEO),
    "shortvideo": _media(KINDS["shortvideo"], "video/mp4", VIDEO),
    "location": _location,
    "link": _link,
    "file": _file,
}


def _event(given: xml.Fields) -> Fields:
    read = _EVENTS.get(text_of(given, "Event").lower())
    return read(given) if read else {"kind": Kind.OTHER}


def _followed(given: xml.Fields) -> Fields:
    key = text_of(given, "EventKey")
    if key.startswith(_SCENE):
        return _code(key.removeprefix(_SCENE))
    return {"kind": Kind.REACHED, "contact": Contact.TAP}


def _scanned(given: xml.Fields) -> Fields:
    return _code(text_of(given, "EventKey"))


def _code(code: str) -> Fields:
    return {"kind": Kind.TEXT, "text": f"/start {code}", "contact": Contact.TAP}


def _left(_given: xml.Fields) -> Fields:
    return {"kind": Kind.LEFT}


def _chosen(given: xml.Fields) -> Fields:
    return {"kind": Kind.TEXT, "text": needed(given, "EventKey"), "contact": Contact.TAP}


def _tapped(_given: xml.Fields) -> Fields:
    return {"kind": Kind.OTHER, "contact": Contact.TAP}


def _came_to(given: xml.Fields) -> Fields:
    status = text_of(given, "Status").lower().replace(" ", "")
    failure = "" if status == "success" else _FAILURES.get(status, "WeChat did not deliver it.")
    return {"kind": Kind.OUTCOME, "message_id": needed(given, "MsgID", _NUMBER), "text": failure}


_FAILURES = {
    "failed:userblock": "The person refuses messages of this account.",
    "failed:systemfailed": "WeChat did not deliver it.",
    "failed:freqlimit": "WeChat allows no more of them to this person today.",
}

#: By event. Only these menu taps open the short window; `view` and the others do not.
_EVENTS: dict[str, Callable[[xml.Fields], Fields]] = {
    "subscribe": _followed,
    "unsubscribe": _left,
    "scan": _scanned,
    "click": _chosen,
    "scancode_push": _tapped,
    "scancode_waitmsg": _tapped,
    "templatesendjobfinish": _came_to,
}
