"""Reading one choice or several: by number, code, label, common word or unmistakable beginning. Pure."""

from __future__ import annotations

import re
from functools import cache

from bot.domain.fields import UNKNOWN, UNKNOWN_WORDS, Choice, Field, FieldKind
from bot.domain.purpose_limits import outside_purpose
from bot.intake.reading.result import OutsidePurpose, Read, Reading, Unclear
from bot.language.normalise import plain
from bot.language.texts import tr

_PREFIX = 3  #: letters that may stand for a whole choice
#: Beginnings that mean something of their own: "not" is no short form of "not asked yet", nor "can" of "cannot".
_NO_PREFIX = re.compile(r"(not|non|can|cannot|can ?not|only|under|with|in( a)?|the|any|all)$")
_NUMBERED = re.compile(r"#?(\d{1,3})\)?$")
_APART = re.compile(r"[,;/+&\n、，；•|]+|\band\b")
_AGE = re.compile(
    r"(?:aged? )?(\d{1,3})(?: ?(?:(y|yr|yrs|year|years|yo|y/o)|(m|mo|month|months))(?: ?old)?| ?y\.o)?$", re.IGNORECASE
)
_YOUNGEST_BARE_AGE, _OLDEST = 5, 120  #: years; a bare 1 to 4 is the number of a choice
_CHILD, _ADULT = 12, 18  #: years


def read_choice(field: Field, text: str, language: str) -> Reading:
    """Read the answer to a question with one choice."""
    choice = _one(field, text, language)
    if choice is not None:
        return Read(choice.code, tr(language, choice.label))
    typed = plain(text)
    refused = next((c for c in field.refused if typed in _names(c, language) or typed in _also(c)), None)
    return OutsidePurpose(outside_purpose(language), refused.code) if refused else _unclear(field, language)


def read_choices(field: Field, text: str, language: str) -> Reading:
    """Read one or several choices; the value is in the field's order. Unknown goes with nothing else."""
    chosen = _several(field, text, language)
    codes = {c.code for c in chosen if c}
    if not chosen or None in chosen or (UNKNOWN in codes and len(codes) > 1):
        return _unclear(field, language)
    ordered = [c for c in field.choices if c.code in codes]
    shown = ", ".join(tr(language, c.label) for c in ordered)
    return Read(UNKNOWN if UNKNOWN in codes else tuple(c.code for c in ordered), shown)


def _several(field: Field, text: str, language: str) -> list[Choice | None]:
    whole = _one(field, text, language)
    if whole:
        return [whole]
    parts = [part for part in (p.strip() for p in _APART.split(text.casefold())) if part]
    if all(_NUMBERED.match(word) for part in parts for word in part.split()):
        parts = [word for part in parts for word in part.split()]
    return [_one(field, part, language) for part in parts]


def _one(field: Field, text: str, language: str) -> Choice | None:
    typed = plain(text)
    if not typed:
        return None
    return (
        _age(field, typed)
        or _by_number(field, typed)
        or _by_word(field, typed, language)
        or _by_beginning(field, typed, language)
    )


def _by_number(field: Field, typed: str) -> Choice | None:
    match = _NUMBERED.match(typed)
    position = int(match[1]) if match else 0
    return field.choices[position - 1] if 1 <= position <= len(field.choices) else None


def _by_word(field: Field, typed: str, language: str) -> Choice | None:
    if field.may_be_unknown and typed in UNKNOWN_WORDS:
        return field.choice(UNKNOWN)
    return next((c for c in field.choices if typed in _names(c, language) or typed in _also(c)), None)


def _by_beginning(field: Field, typed: str, language: str) -> Choice | None:
    if sum(map(str.isalpha, typed)) < _PREFIX or _NO_PREFIX.match(typed):
        return None
    found = [c for c in field.choices if any(name.startswith(typed) for name in _names(c, language))]
    return found[0] if len(found) == 1 else None


@cache
def _names(choice: Choice, language: str) -> tuple[str, ...]:
    return plain(choice.code), plain(choice.label), plain(tr(language, choice.label))


@cache
def _also(choice: Choice) -> frozenset[str]:
    return frozenset(plain(word) for word in choice.also)


def _age(field: Field, typed: str) -> Choice | None:
    """Read a stated age in whole years or months as its group."""
    match = _AGE.match(typed) if field.id == "age_group" else None
    if not match:
        return None
    number, _, months = match.groups()
    age = int(number) // 12 if months else int(number)
    is_bare = typed.isdecimal()
    if age > _OLDEST or (is_bare and age < _YOUNGEST_BARE_AGE):
        return None
    return field.choice("under_12" if age < _CHILD else "12_17" if age < _ADULT else "18_or_over")


def _unclear(field: Field, language: str) -> Unclear:
    example = tr(language, field.example)
    if field.kind is FieldKind.CHOICES:
        return Unclear(
            tr(
                language,
                "I could not read that. Please tap your choices, or write their numbers or words, "
                "for example: {example}.",
                example=example,
            )
        )
    return Unclear(
        tr(
            language,
            "I could not read that. Please tap one choice, or write its number or words, for example: {example}.",
            example=example,
        )
    )
