"""Provinces and large cities that words name beyond doubt, in the writings of the region. Pure.

What could be two places, or an ordinary word, is not decided. Names of roads and houses are no places: their own words
stand beside them. Where the names come from, and their licence: `data/places.json`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import normalize

from bot.data.reader import data, languages
from bot.language.normalise import bare, clean

_LATIN = r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+"
_WORD = re.compile(rf"{_LATIN}(?:['’]{_LATIN})*")
_JOINED = re.compile(r"[ \-.'’]*")
_OTHER_WRITING = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u4e00-\u9fff]"
)  #: Thai, Lao, Burmese, Khmer, Han
_AROUND = "around_places"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A province, or a place in one."""

    country: str  #: alpha-2
    province: str  #: English
    name: str = ""  #: English; empty for the province itself


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A name in words that may be a place."""

    start: int
    end: int
    place: Place | None  #: None where it may be several, or none


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    may_be: frozenset[Place]
    is_sure: bool = True  #: False for a word that may be no name at all


def _names() -> dict[str, set[Place]]:
    """All names by what they may stand for. In one country the province goes before a place called like it."""
    raw, found = data("places"), defaultdict[str, set[Place]](set)
    for listed in (data("provinces")["provinces"], raw["provinces"]):
        for country, names in listed.items():
            _add(found, {Place(country, english): (english, *also) for english, also in names.items()})
    provinces = {key: {place.country for place in places} for key, places in found.items()}
    for country, in_country in raw["places"].items():
        for province, names in in_country.items():
            free = {
                Place(country, province, english): [
                    n for n in (english, *also) if country not in provinces.get(_key(n), ())
                ]
                for english, also in names.items()
            }
            _add(found, free)
    return found


def _add(found: dict[str, set[Place]], named: Mapping[Place, Iterable[str]]) -> None:
    for place, names in named.items():
        for name in names:
            found[_key(name)].add(place)


def _accented() -> frozenset[str]:
    """All names in Latin letters that have accents, with them."""
    raw = data("places")
    countries = (*data("provinces")["provinces"].values(), *raw["provinces"].values())
    listed = [*countries, *(names for provinces in raw["places"].values() for names in provinces.values())]
    spelt = (name for names in listed for english, also in names.items() for name in (english, *also))
    return frozenset(_spelt(name) for name in spelt if not name.isascii() and _is_latin(name))


def _spelt(name: str) -> str:
    return re.sub(r"[ \-.'’]+", "", normalize("NFC", name).casefold())


def _key(name: str) -> str:
    return bare(name) if _is_latin(name) else normalize("NFC", name)


def _is_latin(name: str) -> bool:
    return not any(_OTHER_WRITING.match(c) for c in name)


def _beside(part: str) -> frozenset[str]:
    return frozenset(_key(word) for spoken in _SPOKEN for word in spoken[part])


_NAMES, _ACCENTED = _names(), _accented()
_SPOKEN = tuple(data(f"{_AROUND}/{language}") for language in languages(_AROUND))
_BEFORE, _AFTER = map(_beside, ("before", "after"))
_THING_BEFORE, _THING_AFTER, _NO_THING_AFTER, _HOUSE_AFTER = map(
    _beside, ("things_before", "things_after", "no_things_after", "houses_after")
)
_WORDS, _CAPITALS = (
    frozenset(map(_key, data("places")[part])) for part in ("only_beside_a_word", "only_with_a_capital")
)
_MOST = max(name.count(" ") for name in _NAMES) + 1  #: words of the longest name
_JOINED_UP = re.compile("|".join(sorted((re.escape(n) for n in _NAMES if not _is_latin(n)), key=len, reverse=True)))


def places_in(text: str) -> tuple[Place, ...]:
    """List the places that words name exactly and beyond doubt, in order; a province only without a place in it."""
    found = dict.fromkeys(m.place for m in mentioned(clean(text)) if m.place is not None)
    within = {(p.country, p.province) for p in found if p.name}
    return tuple(p for p in found if p.name or (p.country, p.province) not in within)


def named_alone(text: str) -> str:
    """Write in English the places that a text names, if it says nothing else: ``Nanchang, Jiangxi``; else nothing."""
    said = normalize("NFC", clean(text))
    found = mentioned(said)
    left = "".join(said[one.end : next_.start] for one, next_ in pairwise([_START, *found, _end_of(said)]))
    for word in sorted((*_BEFORE, *_AFTER), key=len, reverse=True):
        left = _key(left).replace(word, " ")
    if not found or any(each.place is None for each in found) or any(letter.isalnum() for letter in left):
        return ""
    return " / ".join(f"{p.name}, {p.province}" if p.name not in ("", p.province) else p.province
                      for p in places_in(text))  # fmt: skip


_START = Mentioned(0, 0, None)


def _end_of(text: str) -> Mentioned:
    return Mentioned(len(text), len(text), None)


def mentioned(text: str) -> tuple[Mentioned, ...]:
    """List each name of a place in words that `clean` made, in order, with what it stands for."""
    text = normalize("NFC", text)
    mentions = sorted([*_spaced(text), *_joined_up(text)], key=lambda mention: mention.start)
    provinces = {p for m in mentions if m.is_sure and len(m.may_be) == 1 for p in m.may_be if not p.name}
    return tuple(Mentioned(m.start, m.end, _decided(m, provinces)) for m in mentions)


def _decided(mention: _Mention, provinces: Iterable[Place]) -> Place | None:
    """Decide what a name stands for: alone, or by the province that is named too."""
    if mention.is_sure and len(mention.may_be) == 1:
        return next(iter(mention.may_be))
    named = {(p.country, p.province) for p in provinces}
    fitting = [p for p in mention.may_be if p.name and (p.country, p.province) in named]
    return fitting[0] if len(fitting) == 1 else None


def _spaced(text: str) -> Iterator[_Mention]:
    """Find names in Latin letters, the longest first."""
    words = [(m.start(), m.end(), bare(m[0])) for m in _WORD.finditer(text)]
    breaks = {i for i, (one, next_) in enumerate(pairwise(words), 1) if not _JOINED.fullmatch(text[one[1] : next_[0]])}
    first = 0
    while first < len(words):
        longest = range(min(_MOST, len(words) - first), 0, -1)
        size = next(
            (n for n in longest if _name(words, first, n) in _NAMES and not breaks & {*range(first + 1, first + n)}), 0
        )
        if size:
            yield from _mention(text, words, first, size)
        first += size or 1


def _name(words: list[tuple[int, int, str]], first: int, size: int) -> str:
    return " ".join(word for _, _, word in words[first : first + size])


def _mention(text: str, words: list[tuple[int, int, str]], first: int, size: int) -> Iterator[_Mention]:
    name, start, end = _name(words, first, size), words[first][0], words[first + size - 1][1]
    before = {_name(words, first - n, n) for n in (1, 2) if first >= n}
    after = {word for _, _, word in words[first + size : first + size + 1]}
    is_named = bool(before & _BEFORE or after & _AFTER)
    rest = text[end:].lstrip()
    is_house = rest[:1].isupper() and bool(after & _HOUSE_AFTER)
    if not is_named and (before & _THING_BEFORE or after & _THING_AFTER or is_house):
        return
    written = text[start:end]
    if not _spelt(written).isascii() and _spelt(written) not in _ACCENTED:
        return  # another word, but for its accents
    is_word = (name in _WORDS and written.isascii()) or (name in _CAPITALS and written.islower() and written.isascii())
    yield _Mention(start, end, frozenset(_NAMES[name]), is_named or not is_word)


def _joined_up(text: str) -> Iterator[_Mention]:
    """Find names in writings that put no space between words."""
    for match in _JOINED_UP.finditer(text):
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        is_thing = after.startswith(tuple(_THING_AFTER)) and not after.startswith(tuple(_NO_THING_AFTER))
        if before.endswith(tuple(_THING_BEFORE)) or is_thing:
            continue
        is_named = before.endswith(tuple(_BEFORE)) or after.startswith(tuple(_AFTER))
        yield _Mention(match.start(), match.end(), frozenset(_NAMES[match[0]]), is_named or match[0] not in _WORDS)


def is_name(text: str) -> bool:
    """Whether a text as a whole is the name of a place, whichever it is."""
    return _key(text) in _NAMES
