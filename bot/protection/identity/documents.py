"""Finds numbers and machine-readable lines of travel documents, by check digit, shape or words beside them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain import reference
from bot.language.folding import Folded
from bot.protection.identity.context import About, Words
from bot.protection.identity.found import without

_WEIGHTS = (7, 3, 1)
_VALUES = {sign: value for value, sign in enumerate("0123456789abcdefghijklmnopqrstuvwxyz")} | {"<": 0}

_LINE = re.compile(r"[a-z0-9<]{20,}")
#: Lines without a filler: where the checked parts and their check digits stand, by length (ICAO 9303 parts 4 to 6).
_CHECKED = {
    44: (((0, 9), (13, 19), (21, 27)),),
    36: (((0, 9), (13, 19), (21, 27)),),
    30: (((5, 14),), ((0, 6), (8, 14))),
}

#: Capitals and figures joined as passports of the region have them; anywhere in a text.
_JOINED = re.compile(
    r"(?<![a-z0-9])(?:[a-z]\d{7,9}|[a-z]{2}\d{7}|[a-z]{1,2}\d{6,7}[a-z]\d?|[a-z]\d{6}[a-z0-9]{2})(?![a-z0-9])"
)
_APART = re.compile(r"(?<![a-z0-9])[b-hj-z][ -]\d{8}(?![a-z0-9])")
_WITH_CHECK = re.compile(r"(?<![a-z0-9])(?=\d{0,8}[a-z])[a-z0-9]{9}\d(?![a-z0-9])")
#: Beside a word for a travel document; an O is taken for a zero.
_NAMED = re.compile(r"(?<![a-z0-9])(?:([a-z]{1,3})([ -]?))?\d(?:[ -]?\d|o){5,11}[a-z]?(?![a-z0-9])")

#: A plus and figures up to where a number begins: it is dialled, whatever word stands beside it.
_DIALLED = re.compile(r"\+[\d ()-]*$")
_BEFORE = 16


def check_digit(text: str) -> str:
    """Compute the check digit of ICAO 9303 over letters, figures and fillers."""
    return str(sum(_VALUES[sign] * _WEIGHTS[i % 3] for i, sign in enumerate(text)) % 10)


def machine_lines(text: str) -> Iterator[tuple[int, int]]:
    """List the lines of a machine-readable zone: by their fillers, or by check digits where nothing is filled up."""
    for match in _LINE.finditer(text):
        line = match[0]
        if ("<<" in line and line.strip("<")) or _is_checked(line):
            yield match.span()


def _is_checked(line: str) -> bool:
    layouts = _CHECKED.get(len(line), ())
    return not line.isdigit() and any(
        all(check_digit(line[start:end]) == line[end] for start, end in layout) for layout in layouts if len(layout) > 1
    )


def travel_documents(folded: Folded, text: str, words: Words) -> Iterator[tuple[int, int]]:
    """List numbers of travel documents; `text` is the folded text without what was taken already."""
    for pattern in (_JOINED, _WITH_CHECK):
        for match in pattern.finditer(text):
            if pattern is _JOINED or _has_check(match[0]):
                yield match.span()
    for match in _APART.finditer(text):
        if folded.is_capital(match.start()):
            yield match.span()
    yield from _named(folded, without(text, (m.span() for m in _JOINED.finditer(text))), words)


def _has_check(number: str) -> bool:
    figures = sum(sign.isdigit() for sign in number)
    return figures >= 6 and check_digit(number[:9]) == number[9] and reference.parse(number) is None


def _named(folded: Folded, text: str, words: Words) -> Iterator[tuple[int, int]]:
    for match in _NAMED.finditer(text):
        start, end = match.span()
        if _DIALLED.search(text, max(0, start - _BEFORE), start):
            continue
        letters, apart = match[1] or "", match[2] or ""
        if letters and apart == " " and not _is_part(folded, start, letters):
            start, letters = start + len(letters) + 1, ""
        figures = sum(sign.isdigit() for sign in text[start:end])
        if figures >= (6 if letters else 7) and words.about(start, end) is About.DOCUMENT:
            yield start, end


def _is_part(folded: Folded, start: int, letters: str) -> bool:
    """Whether letters a space before the figures belong to them: capitals, and no word for "number"."""
    return letters not in ("no", "nr", "pp", "id", "so") and folded.is_capital(start)
