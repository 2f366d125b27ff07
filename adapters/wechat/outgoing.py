"""Our messages as WeChat's. Pure."""

from __future__ import annotations

import hashlib
import re

from adapters.calls.http_client import Json
from adapters.tencent import xml
from adapters.wechat.settings import MESSENGER, TEXT_LIMIT
from bot.delivery.split import measure
from bot.domain.errors import Refused
from bot.domain.messages import Address, Button, Inbound, Keyboard
from bot.language.texts import tr

MOST_CHOICES = 10  #: links in one message; more are refused (errcode 45098)
_OPENID = re.compile(r"[A-Za-z0-9_-]{1,128}")
#: WeChat makes a link of it in any text, and one kind of link makes whoever taps it say something to this account.
_LINK = re.compile(r"<(?=\s*/?\s*a(?![a-z]))", re.IGNORECASE)


def to_openid(address: Address) -> str:
    """Read the peer of an address; raises Refused when it cannot be one of WeChat's."""
    if address.messenger != MESSENGER or not _OPENID.fullmatch(address.peer):
        raise Refused("A WeChat address is the OpenID of a follower.")
    return address.peer


def to_text(openid: str, text: str) -> Json:
    """Write the parameters of a text by ``custom/send``."""
    return {"touser": openid, "msgtype": "text", "text": {"content": harmless(text)}}


def to_choices(openid: str, text: str, buttons: Keyboard) -> Json:
    """Write the parameters of a text by ``custom/send`` with its choices as links below it."""
    links = [{"id": button.data, "content": harmless(button.label)} for button in _all(buttons)]
    menu = {"head_content": harmless(text), "list": links, "tail_content": ""}
    return {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}


def pieces(text: str, buttons: Keyboard) -> tuple[tuple[str, Keyboard], ...]:
    """Lay a part of a message and its choices out as what WeChat takes: one piece, or two where one is too long."""
    choices = _all(buttons)
    if not choices:
        return ((text, ()),) if text else ()
    whole = with_choices(text, buttons)
    if measure(whole, "bytes") > TEXT_LIMIT:
        return (text, ()), *pieces(tr("en", "Choices:"), buttons)
    return ((text, buttons),) if len(choices) <= MOST_CHOICES else ((whole, ()),)


def with_choices(text: str, buttons: Keyboard) -> str:
    """Write the choices into the text: they are numbered already and can be typed."""
    return "\n".join((text, *(button.label for button in _all(buttons))))


def to_answer(message: Inbound, text: str, at: int) -> str:
    """Write the answer that goes back in the call; `at` is in seconds."""
    sender = message.sender.peer if message.sender else ""
    return xml.write(
        {
            "ToUserName": sender,
            "FromUserName": message.account,
            "CreateTime": at,
            "MsgType": "text",
            "Content": harmless(text),
        }
    )


def harmless(text: str) -> str:
    """Write a text so that WeChat makes no link of it that says one thing and leads elsewhere; no byte is added."""
    return _LINK.sub("(", text)


def once(dedupe_key: str) -> str:
    """Name a template message, so that WeChat sends it once however often it is asked within ten minutes."""
    return hashlib.sha256(dedupe_key.encode()).hexdigest()[:32]


def _all(buttons: Keyboard) -> list[Button]:
    return [button for row in buttons for button in row]
