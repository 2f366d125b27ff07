"""Finds what looks like a street address: a number with the word for a road, a house or a block of flats. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.language.folding import Folded
from bot.protection.identity.announcing import either, is_joined_up, words
from bot.protection.identity.found import without
from bot.protection.identity.harmless import without_harmless

Span = tuple[int, int]

_LATIN = r"[a-z\u00df-\u024f\u1e00-\u1eff]"
_NUMBERS = "|".join(re.escape(word) for word in words("numbers"))
_NO = rf"(?:(?:{_NUMBERS})(?:\.|\b|(?=[\s\d]))\s*|#\s*|n°\s*)?"
_NUMBER = rf"{_NO}(?<![\d/-])\d{{1,4}}[a-z]?(?:[/-]\d{{1,4}}[a-z]?)*(?![\w:/])"
_BEHIND = words("roads_after")
_ROAD = rf"(?:{either(w for w in _BEHIND if not is_joined_up(w))})\.?"
_NAME = rf"{_LATIN}+(?:['’\-]{_LATIN}+)*"
_SPACED = tuple(w for w in words("roads_before") if not is_joined_up(w))
_JOINED = tuple(w for w in words("roads_before") if is_joined_up(w))
_NAMED_BEFORE = (
    rf"(?:{either(_SPACED)})(?:\s+{_NAME}){{1,3}}|(?:{'|'.join(_JOINED)})\s*[\u0e00-\u0e7f\u1780-\u17d3]{{2,20}}"
)
_WITH_NUMBER = rf"(?:{either(words('roads_numbered'))})\.?\s*{_NUMBER}"
_STRONG = (
    re.compile(rf"(?<![\w-]){_NUMBER},?\s+(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})\s+{_ROAD}(?:\s+\d{{1,4}}(?!\w))?"),
    re.compile(rf"(?<![\w-])(?P<name>{_NAME}(?:\s+{_NAME})?)\s+{_ROAD},?\s+{_NUMBER}"),
    re.compile(rf"(?<![\w-]){_NUMBER},?\s*(?:{_NAMED_BEFORE})"),
    re.compile(rf"(?<!\w)(?:{either(words('houses'))})\.?\s*{_NUMBER}"),
)
_NUMBERED = re.compile(rf"(?<![\w-])(?:{_NUMBER},?\s+)?(?P<road>{_WITH_NUMBER})(?P<name>(?:\s+{_NAME}){{0,2}})")
_ROOM = re.compile(rf"(?<!\w)(?:{either(words('rooms'))})\.?\s*{_NUMBER}")
_WEAK = re.compile(rf"(?<!\w)(?:{_NAME}\s+{_ROAD}|{_NAMED_BEFORE})")
_MAIN = re.compile(
    rf"(?<![a-z])(?:{either(words('main_roads'))})\.?\s*(?:{_NUMBERS})?\.?\s*\d{{1,4}}[a-z]?"
    rf"|\d{{1,4}}\s*(?:{'|'.join(w for w in words('main_roads') if is_joined_up(w))})"
)
_HAN_FIGURES = r"(?:\d{1,5}|[一二三四五六七八九十百零〇两]{1,6})"
_UNIT = rf"\s*{_HAN_FIGURES}\s*(?:-\s*\d{{1,4}})?\s*(?:{'|'.join(words('units'))})"
_HAN = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{1,6}}?)(?:"
    rf"(?:{'|'.join(w for w in _BEHIND if is_joined_up(w))})(?:{_UNIT})+"
    rf"|(?:{'|'.join(words('estates'))})(?:{_UNIT})+)(?:\s*\d{{2,5}}(?:室|号|房)?(?!\d))?"
)
_IN = re.compile(r".*[市区县省镇在住于到去是从址，]")  #: what stands before the name of a road
#: What every address holds; most texts with figures do not.
_HINT = re.compile(
    rf"(?<!\w)(?:{either({*_BEHIND, *_SPACED, *words('roads_numbered'), *words('houses')})})"
    rf"|{'|'.join({*_JOINED, *words('estates'), *(w for w in _BEHIND if is_joined_up(w))})}"
    rf"|(?<!\w)(?:{either(words('rooms'))})\W{{0,3}}{_NO}\d"
)
_NOT_ROADS = frozenset(words("not_roads"))
_BETWEEN = re.compile(r"[\s,.\-/·，、]{0,3}")
_ROOMS = 2  #: a room alone tells nobody where; a room in a building does


def streets(folded: Folded) -> Iterator[Span]:
    """List what looks like a street address, its parts joined, in the folded text."""
    if _HINT.search(folded.text) is None:
        return
    roads = without(folded.text, (m.span() for m in _MAIN.finditer(folded.text)))
    text = without_harmless(roads)
    strong = [*_strong(folded, text), *_han(roads)]
    rooms = [m.span() for m in _ROOM.finditer(text)]
    weak = [m.span() for m in _WEAK.finditer(text) if folded.is_capital(m.start()) or not text[m.start()].isascii()]
    for chain in _chains(text, sorted({*strong, *rooms, *weak})):
        if not {*chain}.isdisjoint(strong) or len({*chain} & {*rooms}) >= _ROOMS:
            yield chain[0][0], max(end for _, end in chain)


def _strong(folded: Folded, text: str) -> Iterator[Span]:
    for pattern in _STRONG:
        for match in pattern.finditer(text):
            named = match.groupdict().get("name")
            if named is None or _is_name(folded, match.start("name"), named):
                yield match.span()
    for match in _NUMBERED.finditer(text):
        if _is_numbered(folded, text, match):
            yield match.start(), _end_of_name(folded, match)


def _is_name(folded: Folded, start: int, named: str) -> bool:
    """Whether words before the word for a road are its name: capitals, or one or two words that say nothing else."""
    parts = named.split()
    return parts[0] not in _NOT_ROADS and (
        folded.is_capital(start) or (len(parts) <= 2 and _NOT_ROADS.isdisjoint(parts))
    )


def _is_numbered(folded: Folded, text: str, match: re.Match[str]) -> bool:
    """Whether a road has the number behind it: with a capital or nothing that counts; "street 3 days ago" has not."""
    start, end = match.span("road")
    is_marked = folded.is_capital(start) or not text[start].isascii() or folded.typed[folded.at[start] :][:1] == "#"
    following = re.match(r"\s*(\w*)", text[end:])
    return is_marked or following is None or following[1] == "" or following[1] not in _NOT_ROADS


def _end_of_name(folded: Folded, match: re.Match[str]) -> int:
    """Behind the number of an alley stands the street that it leaves: "ngõ 12 Hàng Bông"."""
    start = match.start("name")
    named = match["name"].strip()
    at = start + len(match["name"]) - len(match["name"].lstrip())
    is_street = named and folded.is_capital(at) and match["road"][0] not in "sr"
    return match.end() if is_street else match.end("road")


def _han(text: str) -> Iterator[Span]:
    for match in _HAN.finditer(text):
        before = _IN.match(match["name"])
        yield match.start() + (before.end() if before else 0), match.end()


def _chains(text: str, parts: list[Span]) -> Iterator[list[Span]]:
    """Put parts together that stand beside each other or overlap."""
    chain: list[Span] = []
    end = 0
    for part in parts:
        if chain and part[0] > end and not _BETWEEN.fullmatch(text, end, part[0]):
            yield chain
            chain = []
        chain.append(part)
        end = max(end, part[1])
    if chain:
        yield chain
