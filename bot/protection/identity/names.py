"""Finds what looks like the name of a person by the words that announce it. No promise of completeness. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain import countries, places
from bot.language.folding import Folded
from bot.protection.identity.announcing import either, is_joined_up, words

Span = tuple[int, int]

_LABELS, _CALLS, _TITLES = words("labels"), words("calls"), words("titles")
_KIND = {**dict.fromkeys(_TITLES, "title"), **dict.fromkeys(_CALLS, "call"), **dict.fromkeys(_LABELS, "label")}
_LATIN_START = r"(?<![\w-])"
_ANNOUNCED = re.compile(
    f"{_LATIN_START}(?:{either(w for w in _KIND if not is_joined_up(w))})"
    f"|(?:{either(sorted((w for w in _KIND if is_joined_up(w)), key=len, reverse=True))})"
)
#: "name of the girl is": whose name it is, then what links both.
_WHOSE = r"(?:\s+of\s+(?:the\s+|her\s+|his\s+|a\s+)?(?P<whose>\w+))?"
_LINK = re.compile(rf"{_WHOSE}\s*(?P<link>(?:['’]\s?)?(?:(?:{either(words('links'))})|[:៖：=\-–—,]|\s)*)")
_BEHIND_TITLE = re.compile(rf"{_WHOSE}\.?(?P<link>\s*)")
_JOIN = re.compile(rf"\s*,?\s*(?:{either(words('joins'))}|&)\s+")
_LATIN = r"[a-z\u00df-\u024f\u1e00-\u1eff]"
_WORD = re.compile(rf"{_LATIN}+(?:['’\-]{_LATIN}+)*")
_WRITINGS = ("\u0e00-\u0e7f", "\u1780-\u17d3", "\u0e80-\u0eff", "\u1000-\u109f")  #: Thai, Khmer, Lao, Burmese
_LONGEST = 30  #: signs of a part of a name where words are not set apart
_RUN = re.compile("|".join(f"[{signs}]{{1,{_LONGEST}}}" for signs in _WRITINGS))
_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")
_NOBODY, _ENDS, _THINGS = words("nobody"), words("ends"), words("things")
_NOBODY_FIRST = re.compile(f"(?:{either(_NOBODY)})")
_THING_BEFORE = re.compile(
    rf"(?:{_LATIN_START}(?:{either(t for t in _THINGS if not is_joined_up(t))})(?:\s+\w+){{0,2}}\s*"
    rf"|(?:{'|'.join(t for t in _THINGS if is_joined_up(t))})\s*)$"
)
_THING = frozenset(_THINGS)
_NAMES_TOO = frozenset(words("names_too"))
_ENDS_SMALL = re.compile(either(w for w in _ENDS if not is_joined_up(w)))
_OVER = re.compile(rf"\s*(?:$|[^\w\s'’-]|\d|\n|{_ENDS_SMALL.pattern})")
_GAP = re.compile(r"[ \u00a0]")
_MOST_SMALL = 3  #: words in small letters
_FAMILIES, _MIDDLES = words("families"), words("middles")
_FAMILY = re.compile(
    rf"{_LATIN_START}(?:(?P<family>{either(f for f in _FAMILIES if not is_joined_up(f))})"
    rf"|{_LATIN}+(?=\s+(?:{either(_MIDDLES)})))"
)
_HAN_FAMILY = re.compile("|".join(f for f in _FAMILIES if is_joined_up(f)))
_HAN_TITLED = re.compile(rf"(?:{_HAN_FAMILY.pattern})[\u4e00-\u9fff]{{0,2}}?(?=(?:{'|'.join(words('titles_after'))}))")
_MOST = 4  #: words of a name in Latin letters
_MOST_SHOUTED = 2  #: where everything is in capitals
_LONGEST_SECOND = 12  #: signs of a second part, where words are not set apart
_CODE = 3  #: letters of a country's code, which short names have too
_BACK = 40  #: characters looked at before an announcement


def names(folded: Folded) -> Iterator[Span]:
    """List what looks like a name, in the folded text."""
    for match in _ANNOUNCED.finditer(folded.text):
        kind = _KIND[" ".join(match[0].split())]
        if not _is_of_a_thing(folded, match, kind):
            yield from _announced(folded, match.end(), kind)
    yield from _by_family(folded)
    for match in () if folded.text.isascii() else _HAN_TITLED.finditer(folded.text):
        if not _NOBODY_FIRST.match(folded.text, match.start()):
            yield match.span()


def _is_of_a_thing(folded: Folded, match: re.Match[str], kind: str) -> bool:
    text, start = folded.text, match.start()
    if kind == "title" and is_joined_up(match[0]) and start and _RUN.fullmatch(text[start - 1]):
        return True  # a part of a longer word
    return kind != "title" and _THING_BEFORE.search(text[max(0, start - _BACK) : start]) is not None


def _announced(folded: Folded, end: int, kind: str) -> Iterator[Span]:
    link = (_BEHIND_TITLE if kind == "title" else _LINK).match(folded.text, end)
    if link is None or (link["whose"] or "") in _THING:
        return
    said = link["link"].strip()
    if kind == "title" and (said or "\n" in link[0]):
        return
    found = _at(folded, link.end(), kind, small=kind == "label" and said not in ("", ","))
    while found is not None:
        yield found
        join = _JOIN.match(folded.text, found[1]) if kind != "title" else None
        found = _latin(folded, join.end(), kind) if join is not None else None


def _at(folded: Folded, start: int, kind: str, *, small: bool) -> Span | None:
    """The name that begins here, in whatever writing."""
    if start >= len(folded.text) or _NOBODY_FIRST.match(folded.text, start):
        return None
    if _WORD.match(folded.text, start):
        return _latin(folded, start, kind) if folded.is_capital(start) or not small else _small(folded, start)
    if _HAN.match(folded.text, start):
        return _han(folded.text, start, kind)
    return _run(folded.text, start)


def _small(folded: Folded, start: int) -> Span | None:
    """Up to three words in small letters, when nothing but the end of it follows them."""
    first = end = start
    for _ in range(_MOST_SMALL):
        word = _WORD.match(folded.text, start)
        if word is None or _ENDS_SMALL.match(folded.text, start) or _NOBODY_FIRST.match(folded.text, start):
            break
        end = word.end()
        start = end + 1 if folded.text[end : end + 1] == " " else len(folded.text)
    is_harmless = first == end or _is_harmless(folded.text[first:end])
    return None if is_harmless or _OVER.match(folded.text, end) is None else (first, end)


def _latin(folded: Folded, start: int, kind: str) -> Span | None:
    """One to four capitalised words."""
    taken: list[Span] = []
    is_shouted = folded.typed.isupper()
    most = _MOST_SHOUTED if kind == "title" and is_shouted else _MOST
    while len(taken) < most and (word := _WORD.match(folded.text, start)) is not None:
        goes_on = bool(taken) and word[0] in _NAMES_TOO and not is_shouted
        if not folded.is_capital(start) or (not goes_on and _NOBODY_FIRST.match(folded.text, start)):
            break
        taken.append(word.span())
        gap = _GAP.match(folded.text, word.end())
        start = gap.end() if gap else len(folded.text)
    while taken and not _is_whole(folded, taken[-1]):
        taken.pop()
    span = (taken[0][0], taken[-1][1]) if taken else None
    return span if span and not _is_harmless(folded.text[slice(*span)]) else None


def _is_whole(folded: Folded, span: Span) -> bool:
    """Whether a word ends where it seems to: figures or an underscore behind it make it something else."""
    after = folded.text[span[1] : span[1] + 1]
    return not after.isalnum() and after not in ("_", "@")


def _is_harmless(words_: str) -> bool:
    """Whether capitalised words are a place, a country, or hold the word for a thing."""
    parts = words_.split()
    is_place = any(places.is_name(" ".join(parts[:n])) for n in range(1, len(parts) + 1))
    is_country = len(words_) > _CODE and countries.find(words_, nearly=False).certain
    return is_place or is_country or any(part in _THING for part in parts)


def _han(text: str, start: int, kind: str) -> Span | None:
    """Behind a label any two to four signs up to a word that ends a name; behind "calls" a family name first."""
    family = _HAN_FAMILY.match(text, start)
    if family is None and kind != "label":
        return None
    most = family.end() + 2 if family else start + 4
    run = _HAN.match(text, start)
    end = min(run.end() if run else start, most)
    end = _cut(text, start, end, first=1)
    name = text[start:end]
    return (start, end) if len(name) > 1 and name not in _THING and not places.is_name(name) else None


def _run(text: str, start: int) -> Span | None:
    """One or two parts in a writing without spaces, each up to a word that ends a name."""
    first = _RUN.match(text, start)
    if first is None:
        return None
    end = _cut(text, start, first.end(), first=2)
    if end == first.end() and text[end : end + 1] == " " and (second := _RUN.match(text, end + 1)) is not None:
        cut = _cut(text, second.start(), second.end(), first=0)
        is_name = second.start() < cut <= second.start() + _LONGEST_SECOND
        end = cut if is_name else end
    return (start, end) if end - start > 1 and not places.is_name(text[start:end]) else None


def _cut(text: str, start: int, end: int, *, first: int) -> int:
    """Where a name ends for the first time at a word that is no part of it, after `first` signs."""
    found = (text.find(word, start + first, end + len(word)) for word in _JOINED_ENDS)
    return min((at for at in found if 0 <= at < end and text[at - 1] not in _STACKED), default=end)


_STACKED = "\u17d2\u1039"  #: what follows is written below the sign before: in the middle of a word
_JOINED_ENDS = tuple(word for word in _ENDS if is_joined_up(word))


def _by_family(folded: Folded) -> Iterator[Span]:
    """A family name of the country with one to three more capitalised words, or a middle name between two."""
    for match in _FAMILY.finditer(folded.text):
        span = _latin(folded, match.start(), "family")
        if span and len(folded.text[slice(*span)].split()) >= (2 if match["family"] else 3):
            yield span
