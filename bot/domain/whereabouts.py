"""Where and when a case is, as far as another may be compared with it: city, province, kind of exploitation. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.domain.places import Place, places_in
from bot.language.nearness import likeness_of_texts
from bot.language.normalise import bare

#: How long apart two alerts about one door may come in.
WITHIN = timedelta(days=7)
#: How long what an officer writes may be a repetition of what they wrote before.
REPEATED_WITHIN = timedelta(hours=1)
_NEAR = 0.86  #: from here on two texts say the same
_ENOUGH = 12  #: signs that a text must have to say anything by itself; in writings without spaces a third of it
_UNKNOWN = frozenset({"", "unknown"})
_FIGURES = re.compile(r"\d+")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, repr=False)
class Whereabouts:
    """What is compared of one case."""

    country: str
    area: str  #: as it was typed
    exploitation: frozenset[str]
    at: datetime  #: when it was opened

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """By what another case about the same place is found; one of them is enough to look at both."""
        if not self.country or bare(self.area) in _UNKNOWN:
            return ()
        provinces = dict.fromkeys(f"{self.country}|{place.province}" for place in self._places)
        return (*provinces, f"{self.country}={bare(self.area)}")

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        return tuple(place for place in self._all_places if place.country == self.country)

    @cached_property
    def _all_places(self) -> tuple[Place, ...]:
        return tuple(places_in(self.area))

    @cached_property
    def is_only_a_place(self) -> bool:
        """Whether its area says no more than the name of a place."""
        words = sum(len(f"{place.name} {place.province}".split()) for place in self._all_places)
        return len(bare(self.area).split()) <= words + 1


def is_near(one: Whereabouts, other: Whereabouts) -> bool:
    """Whether two alerts may be about one door: the same place and kind of exploitation, within days."""
    is_comparable = one.country == other.country and bool(one.keys and other.keys)
    if not is_comparable or abs(one.at - other.at) > WITHIN or _has_other_figures(one.area, other.area):
        return False
    if _says_the_same(one, other):
        return _may_agree(one, other)
    return _is_one_place(one, other) and bool(_known(one) & _known(other))


def is_said_again(one: str, other: str) -> bool:
    """Whether an officer's first words say what they said before; figures tell one person from the next."""
    if min(map(_weight, (one, other))) < _ENOUGH or _has_other_figures(one, other):
        return False
    return likeness_of_texts(bare(one), bare(other)) >= _NEAR


def _says_the_same(one: Whereabouts, other: Whereabouts) -> bool:
    """Whether two areas have the same words, and more of them than the name of a place."""
    if one.is_only_a_place or other.is_only_a_place:
        return False
    return likeness_of_texts(bare(one.area), bare(other.area)) >= _NEAR


def _may_agree(one: Whereabouts, other: Whereabouts) -> bool:
    return not _known(one) or not _known(other) or bool(_known(one) & _known(other))


def _known(of: Whereabouts) -> frozenset[str]:
    return of.exploitation - _UNKNOWN


def _is_one_place(one: Whereabouts, other: Whereabouts) -> bool:
    """Whether both name one city, or one of them names no more than the province of the other's."""
    return any(
        mine.province == theirs.province and (mine.name == theirs.name or not (mine.name and theirs.name))
        for mine in one._places  # noqa: SLF001 - of the same class
        for theirs in other._places  # noqa: SLF001
    )


def _has_other_figures(one: str, other: str) -> bool:
    """Whether both name numbers, of a building or an age, and none is in both."""
    mine, theirs = (frozenset(_FIGURES.findall(bare(text))) for text in (one, other))
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def _weight(text: str) -> int:
    signs = bare(text).replace(" ", "")
    return len(signs) if _LATIN.search(signs) else 3 * len(signs)


def comparable(codes: object) -> frozenset[str]:
    """The codes of an answer with several choices."""
    return frozenset(map(str, codes)) if isinstance(codes, Iterable) and not isinstance(codes, str) else frozenset()
