"""Groups of people told in one line: ``2 children, 5 Vietnam, 1 CN fears``. Pure. All of it is understood, or none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.domain import countries
from bot.domain.case import Value
from bot.intake.reading.numbers import in_figures
from bot.language.folding import fold
from bot.language.normalise import clean, plain
from bot.language.words import any_of, words

_APART = re.compile(r"[,;/+&\n|]+")
_NUMBER = re.compile(r"(\d{1,3}) ?(.+)")
_MOST = 9  #: groups in one line
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Group:
    """Some people, and what of them is different."""

    count: int
    is_child: bool = False
    country: str = ""  #: their citizenship, alpha-2
    fears: bool = False  #: the authorities of their own country

    @property
    def values(self) -> Mapping[str, Value]:
        """What is known of them, by field."""
        return {
            **({"age_group": "12_17"} if self.is_child else {}),
            **({"citizenship": (self.country,)} if self.country else {}),
            **({"fears_own_authorities": "yes"} if self.fears else {}),
        }


def read_groups(text: str) -> tuple[Group, ...] | None:
    """Read every group of a line; None where anything of it is not understood beyond doubt."""
    if len(text) > _LONGEST:
        return None
    pieces = [
        piece
        for part in _APART.split(fold(clean(text)))
        for piece in _any("and", r"\s{}\s").split(part)
        if piece.strip()
    ]
    found = [_group(plain(piece)) for piece in pieces[: _MOST + 1]]
    groups = tuple(group for group in found if group is not None)
    is_whole = 0 < len(groups) == len(found) <= _MOST
    are_different = len({(g.is_child, g.country, g.fears) for g in groups}) == len(groups)
    return groups if is_whole and are_different else None


def _group(piece: str) -> Group | None:
    found = _NUMBER.fullmatch(in_figures(piece))
    if found is None or int(found[1]) < 1:
        return None
    rest, minors = _any("minors").subn(" ", found[2])
    rest, fearing = _any("fearing").subn(" ", rest)
    named = _any("in", "^{} ").sub("", " ".join(rest.split()), count=1)
    place = countries.find(named) if named else None
    if place is not None and (len(place.codes) != 1 or not place.certain):
        return None
    group = Group(int(found[1]), bool(minors), place.codes[0] if place else "", bool(fearing))
    return group if group.values else None


@cache
def _any(kind: str, shape: str = "{}") -> re.Pattern[str]:
    """Find any word of a kind, in a shape around it."""
    return re.compile(shape.format(any_of(words(kind))))
