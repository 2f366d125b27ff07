"""What the messages of WeChat and WeCom must hold, read out of their XML. Pure; raises ValueError with none of it."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping

from adapters.tencent.xml import Element, text_of


def needed(given: Mapping[str, Element], name: str, pattern: re.Pattern[str] | None = None) -> str:
    """Read a text that must be there, and look as it must."""
    text = text_of(given, name)
    if not (pattern.fullmatch(text) if pattern else text):
        raise ValueError("a field is missing, or not as it must be")
    return text


def degrees(given: Mapping[str, Element], name: str, limit: int) -> float:
    """Read one half of a place."""
    value = float(text_of(given, name))
    if not math.fabs(value) <= limit:
        raise ValueError("not a coordinate")
    return value


#: WeChat's and WeCom's own words for a sticker, a mini program, a card: a text in brackets of their kind.
_IN_BRACKETS = re.compile(r"\s*[\[\u3010]([^\[\]\u3010\u3011]{1,60})[\]\u3011]\s*")
_CANNOT_SHOW = ("不支持", "暂无法显示", "无法显示", "unsupported", "not supported", "cannot be displayed")


def stands_for_what_it_cannot_show(text: str) -> bool:
    """Whether a text is nobody's: the messenger's own words for something that it cannot show."""
    found = _IN_BRACKETS.fullmatch(text)
    return found is not None and any(words in found[1].casefold() for words in _CANNOT_SHOW)


def event_id(given: Mapping[str, Element], *names: str) -> str:
    """Name an event, which has no number of its own, by what a redelivery of it has in common with the first."""
    told = chr(0).join(text_of(given, name) for name in names)
    return f"event:{hashlib.sha256(told.encode()).hexdigest()}"
