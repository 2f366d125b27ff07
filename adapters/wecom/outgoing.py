"""Our messages as WeCom's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from adapters.calls.http_client import Json
from adapters.wecom.settings import MEMBER, ROBOT
from bot.domain.errors import Refused
from bot.domain.messages import Address, Button, Keyboard

_TITLE_LIMIT = 26  #: characters; the rest of a card's text stands below
_LABEL_LIMIT = 64  #: characters; of a label that comes back with a tap
#: What a text would say to WeCom instead of to people: a link with other words over it, or the call of a member.
_MARKUP = re.compile(r"<(?=\s*/?\s*a\b|@)", re.IGNORECASE)


def to_member(address: Address) -> str:
    """Read a member's id; raises Refused when it can be none: ``@all`` and lists of several are none."""
    if not MEMBER.fullmatch(address.peer):
        raise Refused("A WeCom address is the id of one member, or robot: and the name of a robot.")
    return address.peer


def to_text(agent_id: int, member: str, text: str) -> Json:
    """Write a text to one member."""
    return {"touser": member, "msgtype": "text", "agentid": agent_id, "text": {"content": plain(text)}}


def to_robot(text: str) -> Json:
    """Write a text of a robot to its group."""
    return {"msgtype": "text", "text": {"content": plain(text)}}


def to_card(agent_id: int, member: str, text: str, buttons: Keyboard, task_id: str) -> Json:
    """Write a card with buttons to one member."""
    title, rest = _divided(plain(text).strip())
    if not title:
        raise Refused("A card without a text is refused by WeCom.")
    card: Json = {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        "task_id": task_id,
        "button_list": _buttons(button for row in buttons for button in row),
    }
    if rest:
        card["sub_title_text"] = rest
    return {"touser": member, "msgtype": "template_card", "agentid": agent_id, "template_card": card}


def to_used_card(agent_id: int, member: str, tap_id: str) -> Json | None:
    """Write the change that ends a tapped card: it shows what was chosen; None when there is nothing to change."""
    code, _, label = tap_id.partition(" ")
    if not code:
        return None
    button = {"replace_name": f"\u2713 {label}".strip()}
    return {"userids": [member], "agentid": agent_id, "response_code": code, "button": button}


def to_task_id(outbox_id: int) -> str:
    """Name a card: the same at every try, so that WeCom refuses the second one of a message that arrived."""
    return f"casebridge-{outbox_id}"


def robot_of(address: Address) -> str | None:
    """The robot's name, when the address is one's."""
    return address.peer.removeprefix(ROBOT) if address.peer.startswith(ROBOT) else None


def plain(text: str) -> str:
    """Take from a text what WeCom would not show but do; no letter is lost and none is added."""
    return _MARKUP.sub("[", text)


def _buttons(buttons: Iterable[Button]) -> list[Json]:
    # The key comes back with a tap: the data, and the label to show that it was chosen.
    return [
        {"text": button.label, "style": 1 if number == 0 else 2, "key": f"{button.data} {button.label[:_LABEL_LIMIT]}"}
        for number, button in enumerate(buttons)
    ]


def _divided(text: str) -> tuple[str, str]:
    """Divide a card's text into its title and the rest, at the end of a line or a word."""
    first, newline, rest = text.partition("\n")
    if len(first) <= _TITLE_LIMIT:
        return first.rstrip(), rest.strip() if newline else ""
    end = text.rfind(" ", 1, _TITLE_LIMIT + 1)
    end = end if end > 0 else _TITLE_LIMIT
    return text[:end].rstrip(), text[end:].lstrip(" ")
