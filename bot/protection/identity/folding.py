"""Makes a text plain for the detectors: figures of any script, full-width and invisible signs. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bot.language.folding import Folded, traced

_INVISIBLE = frozenset({"Cf", "Mn", "Me"})  #: joiners and marks; accents too, so that "hộ chiếu" is "ho chieu"
_SAME = {"đ": "d", "«": "<<", "‹": "<", "ˮ": '"', "−": "-", "º": "°"}


def fold(text: str) -> Folded:
    """Make a text plain."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)), text)
    return traced(text, _plain)


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    if sign in "\n\r\t":
        return sign
    return "".join(_one(part) for part in unicodedata.normalize("NFKD", sign) if _is_seen(part))


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in _INVISIBLE


def _one(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    small = sign.lower()
    return _SAME.get(small, small if len(small) == 1 else sign)
