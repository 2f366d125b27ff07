"""Reading what a person typed or tapped as the value of a field. Pure.

An answer is understood, understood but to be confirmed, or unclear. It is never guessed.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.fields import UNKNOWN, UNKNOWN_WORDS, Field, FieldKind
from bot.intake.reading.choice import read_choice, read_choices
from bot.intake.reading.country import read_country
from bot.intake.reading.numbers import read_count
from bot.intake.reading.result import Confirm, Read, Reading, Unclear
from bot.intake.reading.typed_times import read_time
from bot.intake.reading.yes_no import read_agreement
from bot.language.normalise import clean, plain
from bot.language.texts import tr

#: No answer that is not a text is longer; what is longer is not looked at.
_LONGEST = 1000


def read(field: Field, text: str, *, now: datetime, zone: ZoneInfo, language: str = "en") -> Reading:
    """Read an answer to a field; `zone` is the writer's, for times without an offset."""
    if field.kind is FieldKind.TEXT:
        return _read_text(field, text, language)
    text = clean(text)[:_LONGEST]
    match field.kind:
        case FieldKind.CHOICE:
            return read_choice(field, text, language)
        case FieldKind.CHOICES:
            return read_choices(field, text, language)
        case _ if _is_unknown(field, text):
            return Read(UNKNOWN, tr(language, "Unknown"))
        case FieldKind.COUNTRY | FieldKind.COUNTRIES:
            return read_country(field, text, language)
        case FieldKind.TIME:
            return read_time(text, now=now, zone=zone, language=language)
        case FieldKind.NUMBER:
            return _read_number(field, text, language)


def _is_unknown(field: Field, text: str) -> bool:
    return field.may_be_unknown and plain(text) in UNKNOWN_WORDS


def _read_text(field: Field, text: str, language: str) -> Reading:
    kept = clean(text)
    if _is_unknown(field, kept):
        return Read(UNKNOWN, tr(language, "Unknown"))
    if not any(map(str.isalpha, kept)) or read_agreement(kept) is not None:
        return Unclear(
            tr(language, "Please write a few words, for example: {example}.", example=tr(language, field.example))
        )
    if len(kept) > field.limit:
        return Unclear(
            tr(
                language,
                "That is {length} characters long and {limit} fit here. Please write it shorter.",
                length=len(kept),
                limit=field.limit,
            )
        )
    return Read(kept)


def _read_number(field: Field, text: str, language: str) -> Reading:
    count = read_count(text)
    if count is not None and 1 <= count.number <= field.limit:
        return Read(count.number, str(count.number)) if count.is_exact else Confirm(count.number, str(count.number))
    return Unclear(
        tr(
            language,
            "Please write one whole number from 1 to {limit}, for example: {example}.",
            limit=field.limit,
            example=tr(language, field.example),
        )
    )
