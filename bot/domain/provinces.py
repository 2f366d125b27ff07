"""Provinces of the sides by the names people write, so that a place can be told no closer than that. Pure."""

from __future__ import annotations

import re

from bot.data.reader import data
from bot.language.normalise import bare

_BETWEEN = re.compile(r"[,;/|\n、，]")
_SUFFIX = re.compile(r"\s+(province|municipality|autonomous region|city)$")


def _load() -> dict[str, dict[str, str]]:
    raw = data("provinces")["provinces"]
    return {
        country: {bare(name): english for english, also in names.items() for name in (english, *also)}
        for country, names in raw.items()
    }


_INDEX = _load()


def province(country: str, text: str) -> str:
    """Give the English name of the one province that a part of a text names as a whole; empty for none or several.

    ``Jiangxi, Nanchang`` is Jiangxi. Words around a name are never read: they may tell the place itself.
    """
    names = _INDEX.get(country, {})
    parts = {_SUFFIX.sub("", bare(part)) for part in _BETWEEN.split(text)}
    found = {names[part] for part in parts if part in names}
    return found.pop() if len(found) == 1 else ""
