"""Which signs the fonts that ship here can show, and how one is written that they cannot. Pure after loading."""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
#: First and last of each run of signs, by font; `subset_fonts` writes it.
TABLE = FONTS / "glyphs.json"

#: Mark where a word ends or how letters join; Khmer, Thai, Lao and Burmese are written with them.
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060")
_BREAKS = frozenset("\n\t")


def is_shown(sign: str) -> bool:
    """Whether a sign can be printed: a font has it, or there is nothing of it to see."""
    if sign in _BREAKS or sign in _UNSEEN:
        return True
    if unicodedata.category(sign) in ("Cc", "Cf"):
        return False
    firsts, lasts = _runs()
    at = bisect_right(firsts, ord(sign)) - 1
    return at >= 0 and ord(sign) <= lasts[at]


def missing(text: str) -> str:
    """The signs of a text that cannot be printed, each once."""
    return "".join(dict.fromkeys(sign for sign in text if not is_shown(sign)))


def printable(text: str) -> str:
    """Write a text so that nothing in it is lost: a sign that no font has stands as its code point, ``[U+9FA6]``."""
    whole = unicodedata.normalize("NFC", text)
    return "".join(sign if is_shown(sign) else f"[U+{ord(sign):04X}]" for sign in whole)


@cache
def _runs() -> tuple[list[int], list[int]]:
    fonts = json.loads(TABLE.read_text("utf-8"))
    joined: list[list[int]] = []
    for first, last in sorted(tuple(run) for runs in fonts.values() for run in runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return [first for first, _ in joined], [last for _, last in joined]
