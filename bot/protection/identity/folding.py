"""Makes a text plain for the detectors: figures of any script, full-width and invisible signs. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_INVISIBLE = frozenset({"Cf", "Mn", "Me"})  #: joiners and marks; accents too, so that "hộ chiếu" is "ho chieu"
_SAME = {"đ": "d", "«": "<<", "‹": "<", "ˮ": '"', "−": "-", "º": "°"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A plain text in small letters, and where each of its signs stands in the text it was made from."""

    text: str
    at: Sequence[int]
    original: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Say where a part of the plain text stands in the original."""
        return self.at[start], self.at[end - 1] + 1

    def is_capital(self, position: int) -> bool:
        """Whether a letter was written as a capital."""
        return self.original[self.at[position]].isupper()


def fold(text: str) -> Folded:
    """Make a text plain."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)), text)
    signs: list[str] = []
    at: list[int] = []
    for position, sign in enumerate(text):
        plain = _plain(sign)
        signs.append(plain)
        at.extend([position] * len(plain))
    return Folded("".join(signs), tuple(at), text)


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
