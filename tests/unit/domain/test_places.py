"""A place that words name beyond doubt is told; what could be two places, or a word, is left undecided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.data.reader import data
from bot.domain import countries
from bot.domain.places import Place, is_name, places_in


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    expected: tuple[Place, ...]


def _read(number: int, row: str) -> Line:
    told, text = row.split("\t")
    places = [] if told == "-" else [Place(*part.split("/")) for part in told.split(" ; ")]
    return Line(number, text, tuple(places))


def _lines() -> list[Line]:
    rows = Path(__file__).with_name("place_lines.tsv").read_text(encoding="utf-8").splitlines()
    return [_read(number, row) for number, row in enumerate(rows, start=1) if not row.startswith("#")]


LINES = _lines()


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"line{line.number}")
def test_each_line_is_read_as_written_down(line: Line) -> None:
    assert places_in(line.text) == line.expected, line.text


def test_most_places_are_found_and_none_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    expected = Counter(place for line in LINES for place in line.expected)
    found = Counter(place for line in LINES for place in places_in(line.text))
    right = sum((expected & found).values())
    recall, precision = right / expected.total(), right / found.total()
    undecided = sum(not line.expected for line in LINES)
    with capsys.disabled():
        print(f"\n{len(LINES)} lines with places, {undecided} of them undecided")  # noqa: T201 - the figure is the point
        print(f"  recall {recall:.3f}, precision {precision:.3f}")  # noqa: T201
    assert len(LINES) >= 120
    assert recall >= 0.97
    assert precision == 1


def test_every_place_stands_in_a_province_and_country_that_we_know() -> None:
    provinces = data("provinces")["provinces"]
    for country, places in data("places")["places"].items():
        known = {*provinces.get(country, ()), *data("places")["provinces"][country]}
        assert country in countries.NAMES
        assert set(places) <= known


def test_a_name_alone_is_told_from_words_with_a_name_in_them() -> None:
    assert is_name("Phnom Penh")
    assert is_name("南昌")
    assert not is_name("Sokha of Phnom Penh")
