"""Reading one country or several, by code or name. Pure."""

from __future__ import annotations

import re
from functools import cache

from bot.domain import countries
from bot.domain.countries import FoundCountry
from bot.domain.fields import Field, FieldKind
from bot.intake.reading.result import Confirm, Read, Reading, Unclear
from bot.language.folding import fold
from bot.language.texts import tr
from bot.language.words import any_of, words

_APART = re.compile(r"[,;/+&\n|]+")
_CODES = re.compile(r"[A-Z]{2,3}(?: [A-Z]{2,3})+")
_AT_MOST = 20  #: countries in one answer
_NAMED = 4  #: candidates named back


def read_country(field: Field, text: str, language: str) -> Reading:
    """Read a country, or several where the field takes several. Misspelt names are to be confirmed."""
    found = _all(text) if field.kind is FieldKind.COUNTRIES else [countries.find(text)]
    ambiguous = next((f for f in found if len(f.codes) > 1), None)
    if ambiguous:
        return _which(ambiguous, language)
    if not found or len(found) > _AT_MOST or not all(f.codes for f in found):
        return _unclear(field, language)
    codes = tuple(dict.fromkeys(f.codes[0] for f in found))
    value = codes if field.kind is FieldKind.COUNTRIES else codes[0]
    shown = ", ".join(tr(language, countries.name(code)) for code in codes)
    return Read(value, shown) if all(f.certain for f in found) else Confirm(value, shown)


def _all(text: str) -> list[FoundCountry]:
    whole = countries.find(text)
    if whole.codes:
        return [whole]
    text = fold(text)
    if _CODES.fullmatch(text.strip()):
        return [countries.find(code) for code in text.split()]
    pieces = [piece for piece in _APART.split(text) if piece.strip()][: _AT_MOST + 1]
    return [found for piece in pieces for found in _joined(piece)]


def _joined(piece: str) -> list[FoundCountry]:
    """Read names joined by "and", some of which have an "and" of their own."""
    names = _and().split(piece)[: _AT_MOST + 1]
    found: list[FoundCountry] = []
    while names:
        sizes = range(min(len(names), 3), 1, -1)
        longest = next((n for n in sizes if countries.find(" and ".join(names[:n]), nearly=False).codes), 1)
        found.append(countries.find(" and ".join(names[:longest])))
        names = names[longest:]
    return found


@cache
def _and() -> re.Pattern[str]:
    return re.compile(rf"\s*{any_of(words('and'))}\s*", re.IGNORECASE)


def _which(found: FoundCountry, language: str) -> Unclear:
    names = ", ".join(f"{tr(language, countries.name(c))} ({c})" for c in found.codes[:_NAMED])
    return Unclear(
        tr(
            language,
            "That could be more than one country: {names}. Please write the code or the full name.",
            names=names,
        )
    )


def _unclear(field: Field, language: str) -> Unclear:
    example = tr(language, field.example)
    if field.may_be_unknown:
        return Unclear(
            tr(
                language,
                "I could not read that as a country. Please write its name or two-letter code, for example: {example}; "
                "or write: unknown.",
                example=example,
            )
        )
    return Unclear(
        tr(
            language,
            "I could not read that as a country. Please write its name or two-letter code, for example: {example}.",
            example=example,
        )
    )
