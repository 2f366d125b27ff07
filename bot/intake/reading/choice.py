"""Reading one choice or several: by number, code, label, common word or unmistakable beginning. Pure.

What is only near to a choice, or said with an "about", is shown back before it is stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.domain.fields import UNKNOWN, Choice, Field, FieldKind
from bot.domain.fields import field as field_of
from bot.domain.purpose_limits import outside_purpose
from bot.intake.reading.numbers import read_age
from bot.intake.reading.result import Confirm, OutsidePurpose, Read, Reading, Unclear
from bot.language.folding import fold
from bot.language.nearness import nearest
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.language.words import any_of, words

_PREFIX = 3  #: letters that may stand for a whole choice
#: Beginnings that mean something of their own: "not" is no short form of "not asked yet", nor "can" of "cannot".
_NO_PREFIX = re.compile(r"(not|non|can|cannot|can ?not|only|under|with|in( a)?|the|any|all)$")
_NUMBERED = re.compile(r"#?(\d{1,3})$")
_MARKS = r"[,;/+&\n，；•|()\[\]]+"
_YOUNGEST_BARE_AGE, _OLDEST = 5, 120  #: years; a bare 1 to 4 is the number of a choice
_CHILD, _ADULT = 12, 18  #: years
_ABOUT = 2  #: years that an "about" may be off


@dataclass(frozen=True, slots=True)
class _Found:
    choice: Choice
    certain: bool = True  #: as one of ours is written; else it is shown back first


def read_choice(field: Field, text: str, language: str) -> Reading:
    """Read the answer to a question with one choice."""
    found = _one(field, text, language)
    if found is not None:
        shown = tr(language, found.choice.label)
        return Read(found.choice.code, shown) if found.certain else Confirm(found.choice.code, shown)
    typed = plain(text)
    refused = next((c for c in field.refused if typed in _names(c, language) or typed in _also(c)), None)
    return OutsidePurpose(outside_purpose(language), refused.code) if refused else _unclear(field, language)


def read_choices(field: Field, text: str, language: str) -> Reading:
    """Read one or several choices; the value is in the field's order. Unknown goes with nothing else."""
    found = _several(field, text, language)
    codes = {each.choice.code for each in found if each}
    if not found or None in found or (UNKNOWN in codes and len(codes) > 1):
        return _unclear(field, language)
    ordered = [c for c in field.choices if c.code in codes]
    shown = ", ".join(tr(language, c.label) for c in ordered)
    value = UNKNOWN if UNKNOWN in codes else tuple(c.code for c in ordered)
    return Read(value, shown) if all(each and each.certain for each in found) else Confirm(value, shown)


def _several(field: Field, text: str, language: str) -> list[_Found | None]:
    whole = _one(field, text, language)
    if whole and whole.certain:
        return [whole]
    parts = [part for part in _apart().split(fold(text).casefold()) if plain(part)]
    if all(_NUMBERED.match(plain(word)) for part in parts for word in part.split()):
        parts = [word for part in parts for word in part.split()]
    return [_one(field, part, language) for part in parts]


@cache
def _apart() -> re.Pattern[str]:
    return re.compile(rf"{_MARKS}|{any_of(words('and'))}")


def _one(field: Field, text: str, language: str) -> _Found | None:
    typed = plain(text)
    if not typed:
        return None
    found = _age(field, typed) if field.id == "age_group" else None
    choice = _by_number(field, typed) or _by_word(field, typed, language) or _by_beginning(field, typed, language)
    return found or (_Found(choice) if choice else _nearly(field, typed, language))


def _by_number(field: Field, typed: str) -> Choice | None:
    match = _NUMBERED.match(typed)
    position = int(match[1]) if match else 0
    return field.choices[position - 1] if 1 <= position <= len(field.choices) else None


def _by_word(field: Field, typed: str, language: str) -> Choice | None:
    return next((c for c in field.choices if typed in _names(c, language) or typed in _also(c)), None)


def _by_beginning(field: Field, typed: str, language: str) -> Choice | None:
    if sum(map(str.isalpha, typed)) < _PREFIX or _NO_PREFIX.match(typed):
        return None
    found = [c for c in field.choices if any(name.startswith(typed) for name in _names(c, language))]
    return found[0] if len(found) == 1 else None


def _nearly(field: Field, typed: str, language: str) -> _Found | None:
    """The one choice that a misspelt name is near to."""
    near = set(nearest(typed, _every_name(field.id, language)))
    found = [c for c in field.choices if near.intersection(_all_names(c, language))] if near else []
    return _Found(found[0], certain=False) if len(found) == 1 else None


@cache
def _every_name(field_id: str, language: str) -> frozenset[str]:
    return frozenset(name for c in field_of(field_id).choices for name in _all_names(c, language))


def _all_names(choice: Choice, language: str) -> frozenset[str]:
    return frozenset((*_names(choice, language), *_also(choice)))


@cache
def _names(choice: Choice, language: str) -> tuple[str, ...]:
    return plain(choice.code), plain(choice.label), plain(tr(language, choice.label))


@cache
def _also(choice: Choice) -> frozenset[str]:
    return frozenset(plain(word) for word in choice.also)


def _age(field: Field, typed: str) -> _Found | None:
    """Read a stated age as its group, where all that it may mean are in one."""
    age = read_age(typed)
    if age is None or age.years > _OLDEST or (age.is_bare and age.years < _YOUNGEST_BARE_AGE):
        return None
    if not age.bound:
        off = 0 if age.is_exact else _ABOUT
        lowest, highest = age.years - off, age.years + off
    elif age.is_exact:
        lowest, highest = (0, age.years - 1) if age.bound < 0 else (age.years, _OLDEST)
    else:
        return None
    choice = field.choice(group_of(lowest)) if group_of(lowest) == group_of(highest) else None
    return _Found(choice, age.is_exact) if choice else None


def group_of(age: int) -> str:
    """The age group of an age in years."""
    return "under_12" if age < _CHILD else "12_17" if age < _ADULT else "18_or_over"


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
