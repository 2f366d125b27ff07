"""The persons and groups of a case in words, as far as a reader may know of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from bot.domain.agreement import Agreement
from bot.domain.case import Case, Value
from bot.domain.fields import Field, field, show
from bot.domain.frozen import replace
from bot.domain.subjects import OF_A_PERSON, as_of, count_of, numbers
from bot.language.texts import tr
from bot.protection.redaction_policy import Matter, Showing, Way, decide, may_read
from bot.protection.seen_by import seen_by
from bot.protection.standings import Reader, standing_to_all

_ORDER = tuple(map(field, OF_A_PERSON))
#: What needs no label to be understood.
_PLAIN = frozenset({"age_group", "citizenship", "state", "sex"})


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """One person or group for a reader."""

    number: int
    count: int | None  #: how many they are; None where nobody knows
    facts: tuple[str, ...]

    def line(self, language: str) -> str:
        """Write them in one line: ``/47: 2 people · 12 to 17 · Viet Nam``."""
        return f"/{self.number}: " + " · ".join((people(self.count, language), *self.facts))


def persons(case: Case, reader: Reader, way: Way, agreement: Agreement, language: str) -> tuple[ShownPerson, ...]:
    """List the persons and groups that a reader may know of; nobody where the same is known of all."""
    seen = seen_by(case, reader.party, agreement)
    stands = standing_to_all(seen, reader, agreement)
    if len(numbers(seen)) == 1 or decide(Matter.CODED, way, stands, reader) is not Showing.SHOWN:
        return ()
    differing = [asked for asked in _ORDER if len({_value(seen, number, asked) for number in numbers(seen)}) > 1]
    return tuple(
        ShownPerson(number, count_of(seen, number), _facts(seen, number, differing, reader, way, agreement, language))
        for number in numbers(seen)
    )


def in_place_of(case: Case, number: int) -> Case:
    """The case as it stands for one of them, under their own reference: what is said of it names them."""
    one = as_of(case, number)
    return replace(one, reference=f"{case.reference}/{number}") if case.apart else one


def _value(case: Case, number: int, asked: Field) -> object:
    answer = as_of(case, number).answers.get(asked.id)
    return None if answer is None else answer.value


def for_whom(case: Case, covers: Collection[int], language: str) -> str:
    """Say for whom a hand-off is: for the persons named, and how many they are."""
    counts = [count_of(case, number) for number in covers if number in numbers(case)]
    if not counts or any(count is None for count in counts):
        return tr(language, "for the persons named")
    return tr(language, "for the persons named: {count}", count=sum(filter(None, counts)))


def people(count: int | None, language: str) -> str:
    """Write how many."""
    if count is None:
        return tr(language, "the others")
    return tr(language, "1 person") if count == 1 else tr(language, "{count} people", count=count)


def _facts(
    seen: Case,
    number: int,
    differing: Sequence[Field],
    reader: Reader,
    way: Way,
    agreement: Agreement,
    language: str,
) -> tuple[str, ...]:
    """What is known of one of them and not the same of all."""
    found = (
        (asked, _value(seen, number, asked)) for asked in differing if may_read(asked, seen, reader, way, agreement)
    )
    return tuple(
        _in_words(asked, show(asked, cast("Value", value), language), language)
        for asked, value in found
        if value is not None
    )


def _in_words(asked: Field, value: str, language: str) -> str:
    return value if asked.id in _PLAIN else f"{tr(language, asked.label)}: {value}"
