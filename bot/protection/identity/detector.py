"""Finds in a text what would tell who or where somebody is, and covers it. Pure; the same answer for the same text.

Each detector sees the text without what an earlier one took: what proves itself by a check digit goes first, then what
is harmless is set aside, then come the numbers that only their shape or the words around them give away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain.closed_sets import for_each
from bot.language.folding import Folded
from bot.protection.identity.context import Words
from bot.protection.identity.documents import machine_lines, travel_documents
from bot.protection.identity.folding import fold
from bot.protection.identity.found import Found, Identity, without
from bot.protection.identity.harmless import without_harmless
from bot.protection.identity.marks import marks_in
from bot.protection.identity.numbers import accounts, cards, long_numbers, phones
from bot.protection.identity.places import coordinates, emails, links
from bot.protection.identity.residents import checked, named

#: What stands in a masked text.
WORDS = for_each(
    Identity,
    {
        Identity.TRAVEL_DOCUMENT: "[travel document number]",
        Identity.MRZ: "[passport line]",
        Identity.PHONE: "[phone number]",
        Identity.EMAIL: "[e-mail address]",
        Identity.COORDINATES: "[coordinates]",
        Identity.LONG_DIGITS: "[long number]",
        Identity.RESIDENT_ID: "[identity number]",
        Identity.NAME: "[possible name]",
        Identity.ADDRESS: "[possible address]",
    },
)
#: What only its writer can tell.
POSSIBLE = frozenset({Identity.NAME, Identity.ADDRESS})
#: Fewer figures than this are no number or place of anybody; most messages have none.
_FEWEST = 4
_FIGURE = re.compile(r"\d")
#: Of these a part is no use, or too much.
_WHOLE = frozenset({Identity.MRZ, Identity.COORDINATES, Identity.NAME, Identity.ADDRESS})


def find(text: str) -> tuple[Found, ...]:
    """List the identifiers in a text, in order and apart from each other."""
    folded = fold(text)
    search, figures = _Search(folded.text), len(_FIGURE.findall(folded.text))
    words = Words(folded.text)
    search.take(Identity.EMAIL, emails(search.text))
    search.take(Identity.COORDINATES, links(search.text))
    search.take(Identity.LONG_DIGITS, accounts(search.text))
    if figures >= _FEWEST:
        search.take(Identity.COORDINATES, coordinates(search.text, words))
    search.take(Identity.MRZ, machine_lines(search.text))
    if figures >= _FEWEST:
        _take_numbers(search, folded, words)
    spans = ((kind, *folded.span(start, end)) for kind, start, end in search.found)
    return tuple(sorted((Found(*span) for span in spans), key=lambda found: found.start))


def with_marks(text: str, found: Sequence[Found]) -> tuple[Found, ...]:
    """Add what may be a name or an address where no identifier stands."""
    marks = (m for m in marks_in(text) if not any(f.start < m.end and m.start < f.end for f in found))
    return tuple(sorted((*found, *marks), key=lambda one: one.start))


def _take_numbers(search: _Search, folded: Folded, words: Words) -> None:
    search.take(Identity.RESIDENT_ID, checked(search.text))
    search.text = without_harmless(search.text)
    search.take(Identity.TRAVEL_DOCUMENT, travel_documents(folded, search.text, words))
    search.take(Identity.RESIDENT_ID, named(search.text, words))
    search.take(Identity.LONG_DIGITS, cards(search.text, words))
    search.take(Identity.PHONE, phones(search.text, words))
    search.take(Identity.LONG_DIGITS, long_numbers(search.text, words))


class _Search:
    """A text from which what was found is blanked at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[Identity, int, int]] = []

    def take(self, kind: Identity, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
        if not ordered:
            return
        done = 0
        taken = []
        # Of two that overlap the first and longer one counts.
        for start, end in ordered:
            if start >= done:
                taken.append((start, end))
                done = end
        self.found += [(kind, start, end) for start, end in taken]
        self.text = without(self.text, taken)


def mask(text: str, found: Sequence[Found]) -> str:
    """Write a word in brackets in place of each identifier."""
    return replaced(text, found, words_for(found))


def words_for(found: Sequence[Found]) -> list[str]:
    """The word in brackets for each; what may be a name or an address is counted, so that two are told apart."""
    words: list[str] = []
    for one in found:
        word, seen = WORDS[one.kind], sum(each.kind is one.kind for each in found[: len(words)])
        words.append(f"{word[:-1]} {seen + 1}]" if seen and one.kind in POSSIBLE else word)
    return words


def partly(text: str, found: Sequence[Found]) -> str:
    """Leave of each identifier a leading letter and the last two signs, so that who knows it can tell: ``N•••••67``.

    How long it was is not told. Coordinates and passport lines are covered whole.
    """
    parts = (_covered(text[one.start : one.end]) for one in found)
    words = zip(found, words_for(found), parts, strict=True)
    return replaced(text, found, [word if one.kind in _WHOLE else part for one, word, part in words])


def _covered(part: str) -> str:
    first = part[0] if part[0].isalpha() else ""
    return f"{first}•••••{part[-2:]}"


def replaced(text: str, found: Sequence[Found], words: Sequence[str]) -> str:
    """Write these words in place of what was found."""
    parts, done = [], 0
    for one, word in zip(found, words, strict=True):
        parts += [text[done : one.start], word]
        done = one.end
    return "".join([*parts, text[done:]])
