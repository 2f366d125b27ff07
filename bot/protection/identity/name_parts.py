"""Splits a name, as it was written, into parts that can be compared, in each way in which it may be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice, product
from operator import add
from unicodedata import category, normalize

from bot.data.reader import by_language
from bot.language.folding import fold
from bot.protection.identity.romanised import is_romanised, romanised
from bot.protection.identity.sounds import Sound, sound

_TABLES = by_language("name_sounds")
_TITLES = tuple(title for table in _TABLES.values() for title in table["titles"])
_MAYBE_TITLES = tuple(title for table in _TABLES.values() for title in table["maybe_titles"])
_COMMON = frozenset(part for table in _TABLES.values() for part in table.get("common", ()))
_SPELLINGS: dict[str, list[str]] = _TABLES["zh"]["spellings"]
_FAMILIES: dict[str, str] = _TABLES["zh"]["families"]
_DOUBLE = frozenset(_TABLES["zh"]["double"])
_VIETNAMESE: dict[str, str] = _TABLES["vi"]["characters"]
_VIETNAMESE_SIGNS = _TABLES["vi"]["signs"]
_LONGEST = 80  #: characters of a name that are read
_MOST = 5  #: parts of a name that are read
_MOST_READINGS = 8
_BRACKETED = re.compile(r"[(\[{<\"][^)\]}>\"]*[)\]}>\"]")
_WITHIN = frozenset("'.")  #: stands within a word
_C = re.compile("c(?!h)")
_HAN_TITLE = re.compile(f"(?:{'|'.join(_TABLES['zh']['titles'])})$")
_WRITING = re.compile("[\u3400-\u9fff\uf900-\ufaff]+|[^\u3400-\u9fff\uf900-\ufaff]+")
_IS_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_PINYIN = re.compile("(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?[aeiou]{1,3}(?:ng|n|r)?){1,2}")


@dataclass(frozen=True, slots=True, repr=False)  # no trace of a name in a traceback
class Reading:
    """One way to read a name."""

    parts: tuple[Sound, ...]
    telling: int  #: how many of the parts are not such as half of all names have


def readings(name: str) -> tuple[Reading, ...]:
    """List the ways in which a name may be read: with and without what may be a title, in each spelling it may have."""
    words = _words(name)
    ways = [way for titled in _without_titles(words) for way in _spelled(titled)]
    return tuple(dict.fromkeys(_reading(way) for way in ways[:_MOST_READINGS] if way))


def _reading(parts: tuple[tuple[str, ...], ...]) -> Reading:
    """Each part comes as the syllables that it is joined of."""
    sounds = tuple(reduce(add, map(sound, syllables)) for syllables in parts)
    return Reading(sounds, sum(part.letters not in _COMMON for part in sounds))


def _words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters; all Chinese characters together are one."""
    text = _BRACKETED.sub(" ", fold(name[:_LONGEST])).lower()
    signs = (sign if category(sign)[0] in "LM" else "" if sign in _WITHIN else " " for sign in text)
    words = [part for word in "".join(signs).split() for part in _WRITING.findall(word)]
    han = "".join(word for word in words if _IS_HAN.match(word))
    others = [_plain(word) for word in words if not _IS_HAN.match(word)]
    return tuple(word for word in (han, *others) if word)[:_MOST]


def _plain(word: str) -> str:
    """A Latin word without its marks; one of any other writing as it is."""
    if is_romanised(word):
        return word
    apart = normalize("NFD", word.replace("đ", "d"))
    return "".join(sign for sign in apart if sign.isascii() and sign.isalpha()) or word


def _without_titles(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    left = tuple(word for word in words if word not in _TITLES)
    if left and (title := _title(left[0], _TITLES)):
        left = (left[0].removeprefix(title), *left[1:])
    if left and _IS_HAN.match(left[0]):
        left = (_HAN_TITLE.sub("", left[0]), *left[1:])
    yield left
    if len(left) > 1 and left[0] in _MAYBE_TITLES:
        yield left[1:]
    elif left and (title := _title(left[0], _MAYBE_TITLES)):
        yield (left[0].removeprefix(title), *left[1:])


def _title(word: str, titles: tuple[str, ...]) -> str:
    """The title that a word begins with, in a writing that puts no space behind it."""
    if not is_romanised(word):
        return ""
    begun = (title for title in titles if word.startswith(title) and word != title)
    return next((title for title in begun if category(word[len(title)]) == "Lo"), "")


def _spelled(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ...]]:
    if words and _IS_HAN.match(words[0]):
        rest = tuple((word,) for word in words[1:])
        yield (*_pinyin(words[0]), *rest)
        if len(words[0]) <= _MOST and any(sign in words[0] for sign in _VIETNAMESE_SIGNS):
            yield (*((_VIETNAMESE.get(sign) or _syllables(sign)[0],) for sign in words[0]), *rest)
        return
    latin = tuple(romanised(word) if is_romanised(word) else word for word in words)
    yield tuple((word,) for word in latin if word)
    if any(word in _SPELLINGS for word in latin) and all(w in _SPELLINGS or _PINYIN.fullmatch(w) for w in latin):
        for way in islice(product(*(_SPELLINGS.get(word, [word]) for word in latin)), _MOST_READINGS):
            yield tuple((word,) for word in way)


def _pinyin(han: str) -> Iterator[tuple[str, ...]]:
    """The family name, then the given name, each by its syllables."""
    cut = 2 if han[:2] in _DOUBLE else 1
    family, given = han[:cut], han[cut:]
    yield (_FAMILIES[family],) if family in _FAMILIES else _syllables(family)
    if given:
        yield _syllables(given)


def _syllables(han: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # reads 3 MB of tables, so only for whoever compares Chinese names

    return tuple(_C.sub("ts", syllable.replace("v", "u")) for syllable in lazy_pinyin(list(han)))
