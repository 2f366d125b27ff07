"""The questions of the intake as data: what is asked, in which order, and how values read. Pure after loading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from bot.data.reader import data
from bot.domain import countries
from bot.domain.agreement import Party
from bot.domain.case import Answer, Value
from bot.domain.time_words import both_times
from bot.language.normalise import plain
from bot.language.texts import tr
from bot.language.words import of_choice, words

#: The value of every field that was asked and is not known, whatever its kind.
UNKNOWN = "unknown"

#: Choices that several questions have, with the same words for each.
_OF_SEVERAL = ("yes", "no", UNKNOWN, "not_asked", "cannot_ask")
#: Matters whose purpose is asked; the first is what an unanswered category counts as.
_WITH_EXPLOITATION = ("trafficking_in_persons", "online_scam_site_victim")


class FieldKind(StrEnum):
    """What a field's value is."""

    CHOICE = "choice"  #: one code
    CHOICES = "choices"  #: codes in the field's order
    COUNTRY = "country"  #: ISO 3166-1 alpha-2
    COUNTRIES = "countries"
    TEXT = "text"
    TIME = "time"  #: RFC 3339 in UTC
    NUMBER = "number"  #: whole, from 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a field's allowed values."""

    code: str
    label: str  #: English, what a person reads
    also: tuple[str, ...] = ()  #: other words people type for it, matched whole


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the intake."""

    id: str
    whole_number: int  #: 1..14, as people see it, without its part
    part: str  #: a, b, c where one number holds several questions; else empty
    question: str  #: English, whole sentences
    label: str  #: short, for summaries and blocks
    kind: FieldKind
    choices: tuple[Choice, ...]  #: as numbered from 1; "unknown" is last where it is allowed
    required: bool  #: an intake is not complete without it
    may_skip: bool
    may_be_unknown: bool
    limit: int  #: characters of a text, or the largest number; 0 for other kinds
    default: Value | None  #: what counts when it is skipped
    example: str
    coded: bool  #: codes, numbers and times only: may leave on a messenger
    also: tuple[str, ...] = ()  #: other labels people write in a block
    is_of_several: bool = False  #: asked only where several people are affected
    is_later: bool = False  #: not asked before the summary: who has time answers it then
    refused: tuple[Choice, ...] = ()  #: what people may type for it that is outside the purpose of the bridge

    @property
    def number(self) -> str:
        """The number people see and type: ``4``, ``13b``."""
        return f"{self.whole_number}{self.part}"

    def choice(self, code: str) -> Choice | None:
        """The choice with this code."""
        return next((c for c in self.choices if c.code == code), None)


def _load() -> Iterator[tuple[Field, ...]]:
    raw = data("fields")
    lists = data("htcds")["codes"]
    for whose in ("fields", "desk_fields", "subject_fields"):
        yield tuple(_field(each, lists) for each in raw[whose])


def _field(raw: dict[str, Any], lists: Mapping[str, Any]) -> Field:
    labels = {c["code"]: c["label"] for c in lists.get(raw.get("choices_from", ""), ())}
    choices = tuple(
        Choice(c["code"], c.get("label") or labels[c["code"]], _other_words(raw["id"], c))
        for c in raw.get("choices", ())
    )
    return Field(
        id=raw["id"],
        whole_number=raw["number"],
        part=raw.get("part", ""),
        question=raw["question"],
        label=raw["label"],
        kind=FieldKind(raw["kind"]),
        choices=choices,
        required=raw["required"],
        may_skip=not raw["required"],
        may_be_unknown=raw.get("may_be_unknown", False) or any(c.code == UNKNOWN for c in choices),
        limit=raw.get("limit", 0),
        default=raw.get("default"),
        example=raw["example"],
        coded=raw["coded"],
        also=tuple(raw.get("also", ())),
        is_of_several=raw.get("of_several", False),
        is_later=raw.get("later", False),
        refused=tuple(Choice(c["code"], c["label"], tuple(c.get("also", ()))) for c in raw.get("refused", ())),
    )


def _other_words(field_id: str, choice: Mapping[str, Any]) -> tuple[str, ...]:
    code = choice["code"]
    shared = sorted(words(code)) if code in _OF_SEVERAL else ()
    return (*shared, *choice.get("also", ()), *of_choice(field_id, code))


#: All fields of the intake in asking order, those that only a desk or a supervisor of the reporting side records, and
#: those that are only kept of a person or a group.
FIELDS, DESK_FIELDS, SUBJECT_FIELDS = _load()

#: The words that mean "unknown" in every field that allows it.
UNKNOWN_WORDS = words(UNKNOWN)

#: How many questions people are told there are: the parts of one number count once.
COUNT = max(f.whole_number for f in FIELDS)

_BY_ID = {f.id: f for f in (*FIELDS, *DESK_FIELDS, *SUBJECT_FIELDS)}
_OF_INTAKE = frozenset(f.id for f in FIELDS)


def field(field_id: str) -> Field:
    """Look a field up by its id; raises KeyError for an id that is none of ours."""
    return _BY_ID[field_id]


def is_field(field_id: str) -> bool:
    """Whether the intake asks such a field; what only a desk records is none that a tap can answer."""
    return field_id in _OF_INTAKE


def asked(field: Field, answers: Mapping[str, Answer | Value]) -> bool:
    """Whether a field is asked at all, given the other answers (or their values)."""
    if field.is_of_several:
        count = _value(answers, "persons_count")
        return isinstance(count, int) and count > 1
    if field.id != "exploitation":
        return True
    category = _value(answers, "category")
    return category is None or category in _WITH_EXPLOITATION


def _value(answers: Mapping[str, Answer | Value], name: str) -> Value | None:
    found = answers.get(name)
    return found.value if isinstance(found, Answer) else found


@cache
def asked_for(category: Value | None, *, several: bool = False) -> tuple[Field, ...]:
    """The fields asked about a matter of this category, in order; None while it is not known, or of several people."""
    known: dict[str, Value] = {} if category is None else {"category": category}
    if several:
        known["persons_count"] = 2
    return tuple(f for f in FIELDS if asked(f, known))


def by_number(text: str) -> tuple[Field, ...]:
    """Find the fields behind a number as people type it: ``13`` is three, ``13b`` is one, else none."""
    wanted = "".join(plain(text).split()).lstrip("#")
    return tuple(f for f in FIELDS if wanted in (str(f.whole_number), f.number))


def find_label(text: str, language: str = "en") -> Field | None:
    """Find a field by its label, its id or a common other word, in English or this language."""
    return _labels(language).get(plain(text))


@cache
def _labels(language: str) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for each in FIELDS:
        for name in (each.id, each.label, tr(language, each.label), each.question, *each.also):
            found.setdefault(plain(name), each)
    return found


def ask(field: Field, language: str) -> str:
    """Write the question with how far it is; the caller adds the choices."""
    question = tr(language, field.question)
    return tr(language, "({number} of {count}) {question}", number=field.number, count=COUNT, question=question)


def show(field: Field, value: Value, language: str, parties: Sequence[Party] = ()) -> str:
    """Write a value for people: labels for codes, names for countries, all sides' local times."""
    if value == UNKNOWN:
        return tr(language, "Unknown")
    if isinstance(value, tuple):
        return ", ".join(_show_one(field, each, language) for each in value)
    if field.kind is FieldKind.TIME:
        return both_times(datetime.fromisoformat(str(value)), parties, with_year=True)
    return _show_one(field, str(value), language)


def _show_one(field: Field, value: str, language: str) -> str:
    if field.kind in (FieldKind.COUNTRY, FieldKind.COUNTRIES):
        return tr(language, countries.name(value))
    choice = field.choice(value)
    return tr(language, choice.label) if choice else value


def sentences() -> tuple[str, ...]:
    """List every text of the fields that goes through the catalogue, so that it can be extracted."""
    texts = [t for f in _BY_ID.values() for t in (f.question, f.label, f.example, *(c.label for c in f.choices))]
    return tuple(dict.fromkeys(texts))
