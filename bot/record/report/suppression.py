"""Keeps small numbers of a table back so that none can be worked out from what is shown. Pure.

What is hidden depends on the numbers alone and never on the order they stand in, and how it is marked depends only on
what a reader knows anyway. So whoever has the published table, its total and these rules is left with at least two
values for every number kept back. (Of a table with one cell its total tells the cell; nothing can be done about that.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

#: A number above 0 and below this may point to somebody.
SMALL = 5
FEWER = "<5"  #: stands for 0 to 4 where there is anything small, because a shown 0 could give the others away
#: A number kept back because a smaller one could be worked out from it and the total.
WITHHELD = "not shown"

#: A number as it may be published.
Shown = int | str

K = TypeVar("K")


def alone(count: int) -> Shown:
    """Publish a number that belongs to no total."""
    return FEWER if 0 < count < SMALL else count


def suppressed(counts: Mapping[K, int], *, only_present: bool = False, least: int = 0) -> dict[K, Shown]:
    """Publish a row whose total is known.

    With `only_present` a cell is listed only where there is something, which tells that it is no 0. Of the cells
    hidden as small, `least` or more cases are left together; nothing at all is shown of fewer cases than that.
    """
    total, lowest = sum(counts.values()), int(only_present)
    if total < least or (only_present and total == len(counts)):
        return {}
    small = [key for key, count in counts.items() if count < SMALL]
    if not any(counts[key] for key in small):
        return dict(counts)
    if total == len(counts) * (SMALL - 1):
        return dict.fromkeys(counts, WITHHELD)
    if sum(counts[key] for key in small) in _vague(len(small), lowest, least):
        return {key: FEWER if count < SMALL else count for key, count in counts.items()}
    return _with_the_next(counts, lowest, least)


def _vague(cells: int, lowest: int, least: int) -> range:
    """The sums of so many small cells that leave two values or more for each of them."""
    if cells < 2:
        return range(0)
    return range(max(lowest * cells + 1, least, 1), (SMALL - 1) * cells)


def _with_the_next(counts: Mapping[K, int], lowest: int, least: int) -> dict[K, Shown]:
    """Keep the smallest of the larger numbers back too, all of them if there are several of one size."""
    small = {key: count for key, count in counts.items() if count < SMALL}
    larger = sorted(count for count in counts.values() if count >= SMALL)
    if not larger:
        return dict.fromkeys(counts, WITHHELD)
    taken = [key for key, count in counts.items() if count == larger[0]]
    shown: dict[K, Shown] = {**counts, **dict.fromkeys([*small, *taken], WITHHELD)}
    below = next((count for count in larger if count > larger[0]), None)
    together = sum(small.values()) + larger[0] * len(taken)
    sums = _telling(len(small), lowest, least)
    sizes = [(together - s) // len(taken) for s in sums if (together - s) % len(taken) == 0]
    if sum(size >= SMALL and (below is None or size < below) for size in sizes) >= 2:
        shown.update(dict.fromkeys(small, FEWER))  # to say which are the small ones leaves two answers still
    return shown


def _telling(cells: int, lowest: int, least: int) -> list[int]:
    """The sums of so many small cells that need a larger one to hide behind."""
    vague = _vague(cells, lowest, least)
    return [s for s in range(max(lowest * cells, 1), (SMALL - 1) * cells + 1) if s not in vague]
