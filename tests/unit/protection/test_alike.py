"""One person's name is found in other spellings, orders and writings, mostly; others' are left alone, mostly."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.protection.identity.alike import ALIKE, Name, likeness, likeness_of
from tests.kit.examples import examples
from tests.kit.pairs import Measured, measured


class Pair(NamedTuple):
    label: str
    one: str
    other: str


def _pairs(file: str) -> list[Pair]:
    rows = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return [Pair(*row.split("\t")) for row in rows if not row.startswith("#")]


PAIRS, UNSEEN = _pairs("name_pairs.tsv"), _pairs("unseen_name_pairs.tsv")
ANY_NAME = st.one_of(
    st.text(max_size=100),
    st.sampled_from([name for pair in PAIRS for name in pair[1:]]),
    st.text("កខនីុ្៉៍ៈេา่ิ์รแเກວົ່ຍမြင့်ော王小氏 ng()-'v", max_size=30),
    st.lists(st.sampled_from(["ng", "tan", "wong", "ma", "u", "thi", "ស្រី", "မ", "王", "先生"]), max_size=9).map(
        " ".join
    ),
)


def _measured(pairs: list[Pair]) -> Measured:
    return measured((pair.label, likeness(pair.one, pair.other) >= ALIKE) for pair in pairs)


def test_most_names_of_one_person_are_found_and_few_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    known, unseen = _measured(PAIRS), _measured(UNSEEN)
    with capsys.disabled():
        sys.stdout.write(f"\nnames: {known}; unseen: {unseen}\n")
    assert known.recall >= 0.9
    assert known.precision >= 0.8
    assert min(unseen.recall, unseen.precision) >= 0.8


def test_the_lists_are_written_as_they_say() -> None:
    both = [*PAIRS, *UNSEEN]
    assert {pair.label for pair in both} == {"same", "other"}
    assert len({frozenset(pair[1:]) for pair in both}) == len(both)
    assert len(PAIRS) >= 320


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ស្រី នាង", "Srey Neang"),
        ("NGUYEN THI HOA", "Hoa Nguyễn"),
        ("Cheung Lai Wah", "张丽华"),
        ("สมชาย ใจดี", "Somchai Jaidee"),
        ("ຄຳໄພ ສີສຸກ", "Khamphai Sisouk"),
        ("ခင်မြဝေ", "Khin Mya Wai"),
        ("Иван Петров", "ПЕТРОВ Иван"),
    ],
)
def test_a_name_is_found_in_another_writing_or_order(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE


@pytest.mark.parametrize("part", ["Hoa", "Thi Hoa", "Nguyen Thi", "Nguyen"])
def test_a_part_that_half_a_country_has_is_not_enough(part: str) -> None:
    assert likeness(part, "Nguyen Thi Hoa") < ALIKE


@pytest.mark.parametrize("nothing", ["", " ", "()", "-", "៍", "\u200b", "123", "先生"])
def test_where_there_is_no_name_nothing_is_alike(nothing: str) -> None:
    assert likeness(nothing, nothing) == 0
    assert likeness(nothing, "Sok Dara") == 0


@given(ANY_NAME, ANY_NAME)
@settings(max_examples=examples(600), deadline=None)
def test_any_two_texts_have_a_likeness_the_same_from_both_sides(one: str, other: str) -> None:
    alike = likeness(one, other)
    assert 0 <= alike <= 1
    assert likeness(other, one) == pytest.approx(alike)
    assert likeness_of(Name.of(one), Name.of(other)) == alike


@pytest.mark.parametrize("pair", PAIRS[::10], ids=lambda pair: pair.one)
def test_nothing_of_a_name_is_said(
    pair: Pair, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(0):
        likeness(pair.one, pair.other)
    assert not caplog.records
    assert capfd.readouterr() == ("", "")
    name = Name.of(pair.one)
    shown = f"{name!r} {name.readings!r} {name.readings[0].parts!r}"
    assert not any(
        part.letters in shown for reading in name.readings for part in reading.parts if len(part.letters) > 3
    )
