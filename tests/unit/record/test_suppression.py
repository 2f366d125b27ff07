"""What the people behind small numbers were promised: nobody works a number out that the report keeps back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.record.report.suppression import FEWER, SMALL, WITHHELD, Shown, alone, suppressed

Table = tuple[int, ...]
MOST = 24  #: of a total; beyond it larger numbers only add shown ones


def tables(cells: int, total: int, lowest: int = 0) -> Iterator[Table]:
    """Every table with so many cells and this total."""
    if cells == 1:
        yield (total,) if total >= lowest else ()
        return
    for first in range(lowest, total - lowest * (cells - 1) + 1):
        yield from ((first, *rest) for rest in tables(cells - 1, total - first, lowest) if rest)


def row(table: Table, **how: int) -> dict[int, Shown]:
    return suppressed(dict(enumerate(table)), **how)  # type: ignore[arg-type]  # names of its own


def worked_out(found: Sequence[tuple[Hashable, Table]]) -> list[tuple[Hashable, int]]:
    """The hidden cells for which all tables that would be published alike have the same number."""
    alike: dict[Hashable, list[Table]] = defaultdict(list)
    for published, table in found:
        alike[published].append(table)
    return [
        (published, cell)
        for published, candidates in alike.items()
        for cell in range(len(candidates[0]))
        if isinstance(shown_at(published, cell), str) and len({table[cell] for table in candidates}) < 2
    ]


def shown_at(published: Hashable, cell: int) -> Shown:
    assert isinstance(published, tuple)
    return published[cell] if published else 0  # nothing is published: nothing can be worked out


@pytest.mark.parametrize("cells", [2, 3, 4])
@pytest.mark.parametrize("total", range(MOST))
@pytest.mark.parametrize("least", [0, SMALL])
def test_whoever_knows_the_total_and_the_rules_is_left_with_two_values_for_each_hidden_number(
    cells: int, total: int, least: int
) -> None:
    found = [(tuple(row(t, least=least).values()), t) for t in tables(cells, total)]
    assert worked_out(found) == []


@pytest.mark.parametrize("cells", [2, 3, 4])
@pytest.mark.parametrize("total", range(MOST))
def test_nor_does_it_help_that_only_what_there_is_is_listed(cells: int, total: int) -> None:
    found = [(tuple(row(t, least=SMALL, only_present=True).values()), t) for t in tables(cells, total, 1) if t]
    assert worked_out(found) == []


@pytest.mark.parametrize("cells", [2, 3, 4, 5])
def test_a_row_of_nothing_but_fours_says_nothing(cells: int) -> None:
    assert set(row((4,) * cells).values()) == {WITHHELD}


NUMBERS = st.lists(st.integers(0, 40) | st.integers(0, 6), min_size=2, max_size=8)


@given(NUMBERS, st.sampled_from([0, SMALL]))
def test_of_larger_tables_too_another_one_would_be_published_alike(numbers: list[int], least: int) -> None:
    published = row(tuple(numbers), least=least)
    hidden = [cell for cell, shown in published.items() if isinstance(shown, str)]
    for cell in hidden:
        assert any(row(other, least=least) == published for other in nearby(numbers, cell, hidden)), (numbers, cell)


def nearby(numbers: Sequence[int], cell: int, hidden: Sequence[int]) -> Iterator[Table]:
    """Tables with the same total and another number in this cell: two swapped, one moved, or all shared out anew."""
    for other in hidden:
        if numbers[other] != numbers[cell]:
            swapped = list(numbers)
            swapped[cell], swapped[other] = numbers[other], numbers[cell]
            yield tuple(swapped)
        elif other != cell:
            moved = list(numbers)
            moved[cell] += 1
            moved[other] -= 1
            if moved[other] >= 0:
                yield tuple(moved)
    small = [h for h in hidden if numbers[h] < SMALL]
    large = [h for h in hidden if numbers[h] >= SMALL]
    together = sum(numbers[h] for h in hidden)
    for least, first in product(range(4 * len(small) + 1), range(SMALL)):
        changed = dict(enumerate(numbers)) | dict.fromkeys(large, (together - least) // max(1, len(large)))
        changed |= shared_out(least, first, sorted(small, key=lambda s: s != cell))
        if changed[cell] != numbers[cell] and sum(changed.values()) == sum(numbers):
            yield tuple(changed.values())


def shared_out(number: int, first: int, cells: Sequence[int]) -> dict[int, int]:
    """A number shared out over cells that take 4 each, so many of it to the first."""
    shares: dict[int, int] = {}
    for cell in cells:
        shares[cell] = min(number, 4 if shares else first)
        number -= shares[cell]
    return shares


@given(NUMBERS)
def test_no_number_from_1_to_4_is_ever_shown_and_what_is_shown_is_true(numbers: list[int]) -> None:
    for cell, shown in row(tuple(numbers)).items():
        if isinstance(shown, int):
            assert shown == numbers[cell]
            assert shown == 0 or shown >= SMALL
        elif shown == FEWER:
            assert numbers[cell] < SMALL


@given(NUMBERS)
def test_where_nothing_is_small_nothing_is_hidden(numbers: list[int]) -> None:
    large = [n + SMALL if n else 0 for n in numbers]
    assert list(row(tuple(large)).values()) == large


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((2, 9, 12), ["<5", "not shown", 12]),  # alone it could be worked out: the next smallest goes with it
        ((2, 3, 12), ["<5", "<5", 12]),
        ((2, 0, 12), ["<5", "<5", 12]),  # a 0 is as good a companion as any
        ((1, 0, 0, 0), ["<5", "<5", "<5", "<5"]),
        ((0, 5, 7), [0, 5, 7]),
        ((1, 5), ["not shown", "not shown"]),  # to say which is the small one would tell both
    ],
)
def test_how_a_row_is_published(numbers: Table, shown: list[Shown]) -> None:
    assert list(row(numbers).values()) == shown


def test_nothing_at_all_is_shown_of_fewer_people_than_asked() -> None:
    assert row((1, 3), least=SMALL) == {}
    assert row((1, 2, 20), least=SMALL) == {0: FEWER, 1: FEWER, 2: WITHHELD}


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, "<5"), (4, "<5"), (5, 5)])
def test_a_number_that_belongs_to_no_total(count: int, shown: Shown) -> None:
    assert alone(count) == shown


def test_the_rules_do_not_look_at_the_order() -> None:
    def turned(publish: Callable[[Table], dict[int, Shown]], table: Table) -> list[Shown]:
        return list(publish(table[::-1]).values())[::-1]

    for table in product(range(8), repeat=3):
        assert turned(row, table) == list(row(table).values())
