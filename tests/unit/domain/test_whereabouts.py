"""Alerts about one door are found, mostly; those about other doors are left alone, mostly."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.domain.whereabouts import REPEATED_WITHIN, Whereabouts, is_near, is_said_again
from tests.kit.clock import START
from tests.kit.pairs import Measured, measured


class Pair(NamedTuple):
    label: str
    who: str
    hours: str
    country: str
    area: str
    exploitation: str
    words: str
    other_country: str
    other_area: str
    other_exploitation: str
    other_words: str

    @property
    def is_found(self) -> bool:
        apart = timedelta(hours=float(self.hours))
        one = _of(self.country, self.area, self.exploitation)
        other = _of(self.other_country, self.other_area, self.other_exploitation, apart)
        is_again = self.who == "own" and apart <= REPEATED_WITHIN and is_said_again(self.words, self.other_words)
        return is_again or (is_near(one, other) and bool(set(one.keys) & set(other.keys)))


def _of(country: str, area: str, exploitation: str, after: timedelta = timedelta()) -> Whereabouts:
    return Whereabouts(country, area, frozenset(exploitation.split(",")), START + after)


def _pairs(file: str) -> list[Pair]:
    rows = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return [Pair(*row.split("\t")) for row in rows if not row.startswith("#")]


PAIRS, UNSEEN = _pairs("door_pairs.tsv"), _pairs("door_pairs_unseen.tsv")


def _measured(pairs: list[Pair]) -> Measured:
    return measured((pair.label, pair.is_found) for pair in pairs)


def test_most_alerts_about_one_door_are_found_and_few_about_others(capsys: pytest.CaptureFixture[str]) -> None:
    known, unseen = _measured(PAIRS), _measured(UNSEEN)
    with capsys.disabled():
        sys.stdout.write(f"\nalerts: {known}; unseen: {unseen}\n")
    assert known.recall >= 0.9
    assert known.precision >= 0.9
    assert min(unseen.recall, unseen.precision) >= 0.7


def test_the_list_is_written_as_it_says() -> None:
    assert {(pair.label, pair.who) for pair in PAIRS} == {(a, b) for a in ("same", "other") for b in ("two", "own")}
    assert len(set(PAIRS)) == len(PAIRS) >= 75


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.area or pair.words} - {pair.other_area}")
def test_two_alerts_are_as_near_from_either_side(pair: Pair) -> None:
    one, other = _of(*pair[3:6]), _of(*pair[7:10], timedelta(hours=float(pair.hours)))
    assert is_near(one, other) is is_near(other, one)
    assert is_said_again(pair.words, pair.other_words) is is_said_again(pair.other_words, pair.words)


def test_nothing_of_a_place_is_said() -> None:
    assert "Nanchang" not in repr(_of("CN", "Nanchang", "ForcedMarriage"))
