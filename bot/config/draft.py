"""A configuration as far as it could be read, for the checks that look at several keys together. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.config.model import CorridorTable, DeskTable, PartyTable, Settings

T = TypeVar("T")
_LISTS = ("parties", "corridors", "desks")


@dataclass(frozen=True)
class Draft:
    """Settings without their wrong parts."""

    settings: Settings
    broken: frozenset[str] = frozenset()  #: sections of which something was taken out
    places: dict[str, list[int]] = field(default_factory=dict)  #: where the tables left in a list were, from 0

    @classmethod
    def without(cls, raw: dict[str, Any], wrong: Sequence[tuple[int | str, ...]]) -> Draft:
        """Take out what is wrong: a key, or a whole table of a list of tables."""
        left = copy.deepcopy(raw)
        dropped: set[tuple[str, int]] = set()
        for place in wrong:
            if place[0] in _LISTS and len(place) > 1 and isinstance(place[1], int):
                dropped.add((str(place[0]), place[1]))
            else:
                _take_out(left, place)
        places: dict[str, list[int]] = {}
        for name in {name for name, _ in dropped}:
            places[name] = [at for at in range(len(left[name])) if (name, at) not in dropped]
            left[name] = [left[name][at] for at in places[name]]
        return cls(Settings(**left), frozenset(str(place[0]) for place in wrong), places)

    def parties(self) -> Iterator[tuple[str, PartyTable]]:
        """Parties with the keys of their tables: ``parties.2``."""
        return self._placed("parties", self.settings.parties)

    def corridors(self) -> Iterator[tuple[str, CorridorTable]]:
        """Corridors with the keys of their tables."""
        return self._placed("corridors", self.settings.corridors)

    def desks(self) -> Iterator[tuple[str, DeskTable]]:
        """Desks with the keys of their tables."""
        return self._placed("desks", self.settings.desks)

    def _placed(self, name: str, tables: Sequence[T]) -> Iterator[tuple[str, T]]:
        places = self.places.get(name) or range(len(tables))
        return ((f"{name}.{at + 1}", table) for at, table in zip(places, tables, strict=True))


def _take_out(left: dict[str, Any], place: tuple[int | str, ...]) -> None:
    """Remove the key at a place, or the key of the list that the place is in."""
    table = left
    for part, following in zip(place, (*place[1:], 0), strict=True):
        if isinstance(following, int) or not isinstance(table.get(str(part)), dict):
            table.pop(str(part), None)
            return
        table = table[str(part)]
