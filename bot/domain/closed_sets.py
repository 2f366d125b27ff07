"""Closed sets: tables that have a row for every member of an enumeration, or say which members have none.

Whoever adds a member is told at the start of the program, by the name of each table that does not know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

E = TypeVar("E", bound=Enum)
V = TypeVar("V")


class Incomplete(LookupError):
    """A table by an enumeration has no row for one of its members."""


def for_each(members: type[E], table: Mapping[E, V], *, but: Iterable[E] = ()) -> Mapping[E, V]:
    """A table with a row for each member; `but` names those that have none, so that somebody has thought of them.

    Raises `Incomplete` where a member is neither in the table nor among `but`, or in both.
    """
    without = set(but)
    unknown = [member.name for member in members if (member in table) is (member in without)]
    if unknown:
        rows = ", ".join(member.name for member in table)
        raise Incomplete(f"a table by {members.__name__} ({rows}) has to say what holds for {', '.join(unknown)}")
    return MappingProxyType(dict(table))
