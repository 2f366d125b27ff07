"""Persons and groups set apart within a case: split off, added, put together again. Decides, does no I/O.

Everything is a further answer of somebody at a time; nothing is overwritten. Callers `follow_up` once afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.case import Case, Value
from bot.domain.fields import field
from bot.domain.subjects import COUNT, MOST, OF_A_PERSON, REST, count_of, numbers, own_value
from bot.intake.answers import keep, keep_of
from bot.turns.composer import Composer

_FIGURES = "0123456789"


def split(c: Composer, case: Case, of: int, count: int, values: Mapping[str, Value], source: str) -> tuple[Case, int]:
    """Split some persons off a group, who differ by these values; returns the number that they have from now on.

    All of a group are not split off: it gets the values itself.
    """
    size = count_of(case, of)
    if size is not None and count >= size and of != REST:
        return keep_of(c, case, of, values, source), of
    number = _fresh_number(c, case)
    own = {name: value for name, value in _own(case, of).items() if name not in values}
    case = keep_of(c, case, number, {COUNT: count, **own, **values}, source)
    if of != REST and size is not None:
        case = keep_of(c, case, of, {COUNT: size - count}, source)
    return case, number


def add(c: Composer, case: Case, count: int, values: Mapping[str, Value], source: str) -> tuple[Case, int]:
    """Add persons who were not reported before; the number of all goes up with them."""
    total = case.value(COUNT)
    if isinstance(total, int):
        case = keep(c, case, field(COUNT), total + count, source)
    number = _fresh_number(c, case)
    return keep_of(c, case, number, {COUNT: count, **values}, source), number


def merge(c: Composer, case: Case, number: int, into: int, source: str) -> Case:
    """Put a group into another one: its persons are known by the other number and answers from now on."""
    count, size = count_of(case, number), count_of(case, into)
    if into != REST and count is not None and size is not None:
        case = keep_of(c, case, into, {COUNT: size + count}, source)
    return keep_of(c, case, number, {COUNT: 0}, source)


def may_take(case: Case, of: int, count: int) -> bool:
    """Whether a group has so many persons."""
    size = count_of(case, of)
    return size is None or 1 <= count <= size


def most_of(case: Case, number: int) -> int | None:
    """How many a group can be at most: with those who are not set apart; None while nobody knows."""
    size, rest = count_of(case, number), count_of(case, REST)
    return None if size is None or rest is None else size + (rest if number != REST else 0)


def may_be(case: Case, number: int, count: int) -> bool:
    """Whether a group can be so many."""
    most = most_of(case, number)
    return most is None or count <= most


def with_citizenship(case: Case, country: str) -> int | None:
    """The group that was set apart for this citizenship alone."""
    found = (n for n in numbers(case) if n != REST and own_value(case, n, "citizenship") == (country,))
    return next(found, None)


def _own(case: Case, number: int) -> Mapping[str, Value]:
    answers = case.apart.get(number, {})
    return {name: answers[name].value for name in OF_A_PERSON if name in answers}


def _fresh_number(c: Composer, case: Case) -> int:
    """Draw a number that nobody in the case has or had: one that somebody does not see leaves no gap."""
    free = [n for n in range(REST + 1, MOST + 1) if n not in case.apart] or [max(case.apart) + 1]
    return free[int("".join(c.context.choose(_FIGURES) for _ in range(3))) % len(free)]
