"""Finds numbers of identity cards: by check character, birthday or province, or by the words beside them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.protection.identity.context import About, Words

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  #: GB 11643
_CHECKS = "10x98765432"
#: First two figures: province-level divisions.
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")

_EIGHTEEN = re.compile(r"(?<!\d)\d(?:[ -]?\d){16}[ -]?[\dx](?!\d)")
_FIFTEEN = re.compile(r"(?<!\d)\d{6}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
_TWELVE = re.compile(r"(?<!\d)0(?:0[1-9]|[1-8]\d|9[0-6])([ -]?)[0-3]\d{2}\1\d{3}\1\d{3}(?!\d)")
_NAMED = re.compile(r"(?<![\da-z])\d(?:[ -]?\d){8,17}(?![\da-z])")


def checked(text: str) -> Iterator[tuple[int, int]]:
    """List Chinese numbers that prove themselves; nothing else looks like them."""
    for match in _EIGHTEEN.finditer(text):
        if _is_chinese(re.sub(r"[ -]", "", match[0])):
            yield match.span()
    for match in _FIFTEEN.finditer(text):
        if _PROVINCES.match(match[0]):
            yield match.span()


def _is_chinese(number: str) -> bool:
    total = sum(int(figure) * weight for figure, weight in zip(number[:17], _WEIGHTS, strict=True))
    return number[-1] == _CHECKS[total % 11]


def named(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """List Vietnamese numbers, and any long enough beside a word for an identity card."""
    for match in _TWELVE.finditer(text):
        if words.about(*match.span()) not in (About.PHONE, About.ACCOUNT, About.CODE):
            yield match.span()
    for match in _NAMED.finditer(text):
        if words.about(*match.span()) is About.RESIDENT:
            yield match.span()
