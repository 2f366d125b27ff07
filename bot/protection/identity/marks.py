"""Marks what looks like a name or a street address in words. It may be none: whoever wrote it says so. Pure."""

from __future__ import annotations

import re

from bot.protection.identity.announcing import lower
from bot.protection.identity.found import Found, Identity, without
from bot.protection.identity.names import names
from bot.protection.identity.streets import streets

_SHORTEST = 4  #: characters; shorter texts announce nothing
_FIGURE = re.compile(r"[\d一二三四五六七八九十百]")


def marks_in(text: str) -> tuple[Found, ...]:
    """List what looks like a name or a street address, in order and apart from each other."""
    if len(text) < _SHORTEST:
        return ()
    folded = lower(text)
    addresses = list(streets(folded)) if _FIGURE.search(folded.text) else []
    left = without(folded.text, addresses)
    found = [*((Identity.ADDRESS, *span) for span in addresses)]
    found += [(Identity.NAME, *span) for span in names(type(folded)(left, folded.at, folded.typed))]
    kept: list[Found] = []
    for kind, start, end in sorted(found, key=lambda each: (each[1], -each[2])):
        span = folded.span(start, end)
        if not kept or span[0] >= kept[-1].end:
            kept.append(Found(kind, *span))
    return tuple(kept)
