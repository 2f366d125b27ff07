"""The persons and groups within a case: who they are, how many, and the case as it stands for one of them. Pure.

Number 1 is everybody of whom nothing else was said. Others are set apart under numbers of their own, which are drawn
and never given twice, so that a number that somebody does not see says nothing. Everything known of them are answers,
dated and attributed; whoever has none of their own for a question shares the one that was given for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from enum import StrEnum

from bot.domain.case import Answer, Case, Value
from bot.domain.frozen import replace

#: Of a person: whoever is set apart may have answers of their own to these.
OF_A_PERSON = (
    "age_group", "sex", "citizenship", "safe_to_contact", "consent_police", "consent_diplomatic",
    "fears_own_authorities", "protection_flag", "guardian", "best_interests", "vital_interest", "police_decision",
    "diplomatic_alternative", "state",
)  # fmt: skip
COUNT = "persons_count"
STATE = "state"
REST = 1  #: the number of everybody who is not set apart
MOST = 99  #: the largest number


class SubjectState(StrEnum):
    """How things stand for somebody affected."""

    REPORTED = "reported"
    LOCATED = "located"
    SAFE = "safe"
    REFERRED = "referred"  #: to support or to another authority
    RETURNED = "returned"
    WITHDREW = "withdrew"
    NOT_FOUND = "not_found"
    DIED = "died"


#: How it can have ended for somebody.
OUTCOMES = tuple(state for state in SubjectState if state not in (SubjectState.REPORTED, SubjectState.LOCATED))
#: Who is in one of these is handed off no more.
ENDED = frozenset({SubjectState.RETURNED, SubjectState.WITHDREW, SubjectState.NOT_FOUND, SubjectState.DIED})


def counted(value: Value | None) -> int | None:
    """A number of persons; None while nobody knows it."""
    return value if isinstance(value, int) else None


def numbers(case: Case) -> tuple[int, ...]:
    """The numbers of the persons and groups of a case, in order; there is always one."""
    if not case.apart:
        return (REST,)
    others = [number for number in sorted(case.apart) if number != REST and count_of(case, number) != 0]
    return (REST, *others) if count_of(case, REST) != 0 or not others else tuple(others)


def count_of(case: Case, number: int) -> int | None:
    """How many persons a number stands for; 0 where they went to another number, None while nobody knows."""
    if number != REST:
        own = case.apart.get(number, {}).get(COUNT)
        return 0 if own is None else counted(own.value)
    total = counted(case.value(COUNT))
    if total is None:
        return None
    return max(0, total - sum(count_of(case, other) or 0 for other in case.apart if other != REST))


def own_value(case: Case, number: int, field_id: str) -> Value | None:
    """What is known of one of them, by their own answer or that for all."""
    own = case.apart.get(number, {}).get(field_id)
    return own.value if own is not None else case.value(field_id)


def as_of(case: Case, number: int) -> Case:
    """The case as it stands for one of its persons or groups: with their answers, and nobody else in it."""
    if not case.apart:
        return case
    return replace(case, answers={**case.answers, **case.apart.get(number, {})}, apart={})


def with_answer(case: Case, answer: Answer) -> Case:
    """The case with a new current answer, of the case or of whom it is about."""
    if not answer.subject:
        return replace(case, answers={**case.answers, answer.field: answer})
    own = {**case.apart.get(answer.subject, {}), answer.field: answer}
    return replace(case, apart={**case.apart, answer.subject: own})


def set_apart_at(case: Case, number: int) -> int:
    """The id of the first answer that says of somebody something else than of all: what is older may be about them.

    0 for whoever was never set apart.
    """
    own = case.apart.get(number)
    return min((answer.id for answer in own.values()), default=0) if own and number != REST else 0


def only(case: Case, known: Container[str]) -> Case:
    """The case with no other answers than these, of it and of everybody in it."""
    apart = {
        number: {name: answer for name, answer in own.items() if name in known} for number, own in case.apart.items()
    }
    return replace(case, answers={n: answer for n, answer in case.answers.items() if n in known}, apart=apart)


def one_by_one(case: Case) -> Iterator[tuple[int, Case]]:
    """The case as it stands for each single person of it, with their number; of unknown many there is one."""
    for number in numbers(case):
        one = as_of(case, number)
        yield from ((number, one) for _ in range(count_of(case, number) or 1))


def by_answer(case: Case, field_id: str) -> Mapping[str, int]:
    """How many persons have each answer to a question of one choice; those who have none are not counted."""
    found: Counter[str] = Counter()
    for number in numbers(case):
        value, count = own_value(case, number, field_id), count_of(case, number)
        if value is not None and count:
            found[str(value)] += count
    return found


def all_current(case: Case) -> Mapping[int, Answer]:
    """Every current answer by its id, in their order: of the case, then of each person."""
    found = [*case.answers.values(), *(a for own in case.apart.values() for a in own.values())]
    return {answer.id: answer for answer in found}
