"""Makes typed text comparable: figures, spaces and marks of every script and keyboard, the same for all readers. Pure.

Folded for comparing only: what is kept stays as it was typed, and `begins` says where that goes on. Signs that stood
apart never join: a circled figure is a figure of its own, a raised one is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Marks as other keyboards write them. Those of Chinese and Khmer stand for a mark and the space after it.
_MARKS = {
    **dict.fromkeys("’‘‚‛ʼ`´′", "'"),
    **dict.fromkeys("“”„‟″«»‹›「」『』《》〈〉", '"'),
    **dict.fromkeys("。｡។៕", ". "),
    **dict.fromkeys("、､，،", ", "),
    **dict.fromkeys("；؛", "; "),
    **dict.fromkeys("៖", ": "),
    **dict.fromkeys("∶꞉", ":"),
    **dict.fromkeys("∕⁄", "/"),
    **dict.fromkeys("−﹣", "-"),
    **dict.fromkeys("【〔〖", "("),
    **dict.fromkeys("】〕〗", ")"),
    "？": "?", "！": "!", "؟": "?", "～": "~", "〜": "~",
    # The space bar of Khmer keyboards, and what encloses the figure before it.
    "\u200b": " ", "\u20e3": " ", "\U0001f51f": " 10 ",
}  # fmt: skip
#: Black circles, which Unicode does not call the figures that they are.
_BLACK = {chr(0x2776 + n): n + 1 for n in range(10)} | {chr(0x24EB + n): n + 11 for n in range(10)}
#: Raised, lowered and broken figures say something else than the figure.
_NOT_THE_SAME = ("<super>", "<sub>", "<fraction>")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BEGINNING = 400  #: signs that a command, a reference and what follows them stand in
#: Khmer typed in two signs or with the other of two subscripts that look alike.
_ALIKE = (("\u17c1\u17b6", "\u17c4"), ("\u17c1\u17b8", "\u17be"), ("\u17d2\u178f", "\u17d2\u178a"))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable, and where each of its signs stands in what was typed."""

    text: str
    at: Sequence[int]
    typed: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Say where a part of the folded text stands in what was typed."""
        return self.at[start], self.at[end - 1] + 1

    def is_capital(self, position: int) -> bool:
        """Whether a letter was typed as a capital."""
        return self.typed[self.at[position]].isupper()

    def part(self, start: int, end: int) -> str:
        """What was typed for a part of the folded text."""
        return (
            self.typed[self.at[start] : self.at[end] if end < len(self.at) else len(self.typed)] if start < end else ""
        )

    def rest(self, position: int) -> str:
        """What was typed from a position of the folded text on."""
        return self.typed[self.at[position] :] if position < len(self.at) else ""


def traced(typed: str, plain: Callable[[str], str]) -> Folded:
    """Make a text plain sign by sign, and remember where each stood."""
    signs: list[str] = []
    at: list[int] = []
    for position, sign in enumerate(typed):
        made = plain(sign)
        signs.append(made)
        at.extend([position] * len(made))
    return Folded("".join(signs), at, typed)


def folded(text: str) -> Folded:
    """Fold a text, with composed accents, and remember where each sign stood."""
    if text.isascii():
        return Folded(text, range(len(text)), text)
    return traced(unicodedata.normalize("NFC", text), _plain)


def fold(text: str) -> str:
    """Fold a text for comparing."""
    if text.isascii():
        return text
    plain = "".join(map(_plain, unicodedata.normalize("NFC", text)))
    for two, one in _ALIKE:
        plain = plain.replace(two, one)
    return unicodedata.normalize("NFC", plain)


def begins(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str], str] | None:
    """Match a pattern at the beginning of the folded text; also returns what follows it, as it was typed."""
    head, tail = folded(text[:_BEGINNING]), text[_BEGINNING:]
    match = pattern.match(head.text)
    if match and tail and match.end() == len(head.text):
        head, tail = folded(text), ""
        match = pattern.match(head.text)
    return (match, head.rest(match.end()) + tail) if match else None


@lru_cache(maxsize=4096)
def _plain(sign: str) -> str:
    if sign in _MARKS:
        return _MARKS[sign]
    if sign in _BLACK:
        return f" {_BLACK[sign]} "
    match unicodedata.category(sign):
        case "Cf":
            return ""
        case "Nd":
            return str(unicodedata.decimal(sign))
        case "Zs" | "Zl" | "Zp":
            return " "
        case "Pd":
            return "-"
        case _:
            return "" if _SELECTORS.match(sign) else _same(sign)


def _same(sign: str) -> str:
    if unicodedata.decomposition(sign).startswith(_NOT_THE_SAME):
        return sign
    same = unicodedata.normalize("NFKC", sign)
    # One sign that holds a figure is read by itself: two of them are no larger number.
    return f" {same} " if same != sign and any(map(str.isdecimal, same)) else same
