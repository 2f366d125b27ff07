"""What is written in a message on Telegram, with what stands beside it: hidden links, people who are meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

_ADDRESSED = re.compile(r"(/\w+)@(\w+)(?=\s|$)")
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)
_UNIT = 2  #: bytes of UTF-16, in which Telegram counts


def written(message: Json, name: str = "text") -> str:
    """Read a text or a caption: each hidden link and each person who is meant stands after its words."""
    units = string(message.get(name, "")).encode("utf-16-le")
    for end, beside in sorted(_beside(message.get(_ENTITIES[name], ()), units), reverse=True):
        units = units[:end] + f" ({beside})".encode("utf-16-le") + units[end:]
    text = units.decode("utf-16-le", "replace")
    shown = message.get("link_preview_options", {}).get("url", "")
    return f"{text}\n{string(shown)}" if shown and shown not in text else text


_ENTITIES = {"text": "entities", "caption": "caption_entities"}


def _beside(entities: Any, units: bytes) -> Iterator[tuple[int, str]]:
    for entity in entities if isinstance(entities, list) else ():
        try:
            end, beside = _marked(entity, units)
        except _MALFORMED:
            continue  # a mark that makes no sense takes no words away
        if beside:
            yield end, beside


def _marked(entity: Json, units: bytes) -> tuple[int, str]:
    """Where marked words end, and what they lead to beside themselves."""
    start, end = _UNIT * entity["offset"], _UNIT * (entity["offset"] + entity["length"])
    if entity["type"] == "text_mention":
        return end, f"tg://user?id={int(entity['user']['id'])}"
    if entity["type"] != "text_link":
        return end, ""
    words, url = units[start:end].decode("utf-16-le", "replace"), string(entity["url"])
    return end, "" if url.rstrip("/") == words.rstrip("/") else url


def for_us(text: str, username: str) -> str | None:
    """Take our name off a command; None when it is for another bot. Before Telegram told our name all are ours."""
    addressed = _ADDRESSED.match(text)
    if addressed is None:
        return text
    is_ours = not username or addressed[2].lower() == username.lower()
    return addressed[1] + text[addressed.end() :] if is_ours else None


def string(value: object) -> str:
    """Return a text that every database takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    text = value.replace("\0", "")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
