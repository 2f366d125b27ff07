"""Cases that lead to others: what was joined comes with what it was joined to, and the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.domain.case import Case


def leading(cases: Mapping[int, Case], read: Callable[[set[int]], dict[int, Case]]) -> dict[int, Case]:
    """Read the cases that those at hand were joined to, and those that were joined to them, however far that goes."""
    found: dict[int, Case] = {}
    newest: Iterable[Case] = cases.values()
    while missing := {i for case in newest for i in (case.joined_to, *case.joins) if i} - cases.keys() - found.keys():
        read_now = read(missing)
        if not read_now:
            break
        found |= read_now
        newest = read_now.values()
    return found
