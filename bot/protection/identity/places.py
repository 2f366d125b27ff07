"""Finds where somebody is or is written to: coordinates, links to maps, e-mail addresses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.protection.identity.context import About, Words

_PAIR = re.compile(
    r"(?:(?<![a-z])[nsew] ?)?(?<![\d.])[-+]?(\d{1,3})\.(\d{2,15})(?!\d) ?°? ?(?:[nsew](?![a-z]))?"
    r" ?[,;/]? ?(?:(?:long?|lng|longitude)[ :=]{0,2})?"
    r"(?:[nsew] ?)?[-+]?(?<!\d)(\d{1,3})\.(\d{2,15})(?!\d)(?: ?° ?(?:[nsew](?![a-z]))?| ?[nsew](?![a-z]))?"
)
_ANGLE = r"\d{1,3} ?[° ] ?\d{1,2}(?:\.\d{1,8})?(?: ?['′’ ] ?\d{1,2}(?:\.\d{1,8})?)? ?(?:[\"”]|['′’]{0,2})"
_WITH_DEGREE = _ANGLE.replace("[° ]", "°", 1)
_SEXAGESIMAL = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_ANGLE} ?[nsew](?![a-z]) ?[,;/]? ?{_ANGLE} ?[nsew](?![a-z])",
        rf"(?<![a-z])[nsew] ?{_ANGLE} ?[,;/]? ?[nsew] ?{_ANGLE}",
        rf"(?<!\d){_WITH_DEGREE} ?[,;/]? ?{_WITH_DEGREE}",
    )
)
_PLUS_CODE = re.compile(
    r"(?<![a-z0-9])(?=[2-9]{0,8}[cfghjmpqrvwx])[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,3}(?![a-z0-9])"
)
_HEMISPHERE = re.compile(r"°|[nsew](?![a-z])|lo?ng")
_TOKEN = re.compile(r"\S+")
_LINK = re.compile(r"https?://|geo:")
_MAPS = (
    "maps.google.", "google.com/maps", "maps.app.goo.gl/", "goo.gl/maps", "amap.com/", "map.baidu.com/",
    "maps.baidu.com/", "map.qq.com/", "openstreetmap.org/", "maps.apple.com/", "waze.com/", "bing.com/maps",
    "what3words.com/", "w3w.co/", "osm.org/",
)  # fmt: skip
_LINKED = re.compile("|".join((_LINK.pattern, *map(re.escape, _MAPS))))

#: ``sok (at) example.org``, ``sok @ example.org`` and, with its dot spelt out, ``sok at example dot org``.
_AT = re.compile(r" ?@ ?| ?[(\[]at[)\]] ?| at (?=[a-z0-9-]{1,63} dot )")
_LOCAL = re.compile(r"[a-z0-9._%+-]{1,64}$")
_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}(?:\.| ?[(\[]dot[)\]] ?| dot )){1,8}[a-z]{2,24}(?![a-z0-9])")


def emails(text: str) -> Iterator[tuple[int, int]]:
    """List e-mail addresses, also those written with (at)."""
    for at in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, at.start() - 64) : at.start()])
        domain = _DOMAIN.match(text, at.end())
        if local and domain:
            yield at.start() - len(local[0].lstrip(".-")), domain.end()


def links(text: str) -> Iterator[tuple[int, int]]:
    """List links that point to a place on a map, whole."""
    if not _LINKED.search(text):
        return
    for token in _TOKEN.finditer(text):
        word = token[0]
        link = _LINK.search(word)
        start = link.start() if link else 0
        is_map = any(host in word for host in _MAPS) or (link and _PAIR.search(word, start))
        if is_map:
            yield token.start() + start, token.start() + len(word.rstrip(".,;)>"))


def coordinates(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """List pairs of degrees; with three decimals only where a word or a sign says what they are."""
    for match in _PAIR.finditer(text):
        decimals = min(len(match[2]), len(match[4]))
        is_marked = bool(_HEMISPHERE.search(match[0])) or words.about(*match.span()) is About.PLACE
        if decimals >= (3 if is_marked else 4) and _is_on_earth(int(match[1]), int(match[3])):
            yield _trimmed(text, *match.span())
    for pattern in (*_SEXAGESIMAL, _PLUS_CODE):
        for match in pattern.finditer(text):
            yield match.span()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    return start, start + len(text[start:end].rstrip())


def _is_on_earth(first: int, second: int) -> bool:
    return max(first, second) <= 180 and min(first, second) <= 90
