"""What looks like a name or a street address in words is marked, mostly; look-alikes are left alone, mostly."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from bot.protection.identity.detector import find, mask, partly, with_marks
from bot.protection.identity.found import Found
from bot.protection.identity.marks import marks_in
from bot.protection.identity.restoring import holds_marks, marked, restored
from tests.unit.protection.marked_lines import read

LANGUAGES = ("en", "zh", "km", "vi", "th")


@dataclass(frozen=True)
class Line:
    language: str
    text: str
    expected: tuple[Found, ...]


def _read(row: str) -> Line:
    language, kinds, text = row.split("\t")
    return Line(language, *read(kinds, text))


def _lines() -> list[Line]:
    rows = Path(__file__).with_name("marked_lines.tsv").read_text(encoding="utf-8").splitlines()
    return [_read(row) for row in rows if not row.startswith("#")]


LINES = _lines()


UNSEEN = [
    row.split("\t")
    for row in Path(__file__).with_name("unseen_lines.tsv").read_text(encoding="utf-8").splitlines()
    if not row.startswith("#")
]


def _is_covered(wanted: Found, got: tuple[Found, ...]) -> bool:
    """Whether all letters of what should be marked are."""
    return any(g.kind is wanted.kind and g.start <= wanted.start and g.end >= wanted.end for g in got)


def _is_right(mark: Found, wanted: tuple[Found, ...]) -> bool:
    """Whether a mark touches something of its kind that should be marked."""
    return any(w.kind is mark.kind and w.start < mark.end and mark.start < w.end for w in wanted)


def test_most_names_and_addresses_are_marked_and_few_look_alikes(capsys: pytest.CaptureFixture[str]) -> None:
    expected, covered, made, right = (Counter[str]() for _ in range(4))
    for line in LINES:
        got = marks_in(line.text)
        expected[line.language] += len(line.expected)
        covered[line.language] += sum(_is_covered(wanted, got) for wanted in line.expected)
        made[line.language] += len(got)
        right[line.language] += sum(_is_right(mark, line.expected) for mark in got)
    harmless = [line for line in LINES if not line.expected]
    alarms = [line.text for line in harmless if marks_in(line.text)]
    recall, precision = covered.total() / expected.total(), right.total() / made.total()
    with capsys.disabled():
        print(f"\n{len(LINES)} lines, {len(harmless)} of them harmless, {len(alarms)} of these marked")  # noqa: T201 - the figure is the point
        for each in LANGUAGES:
            print(f"  {each} {covered[each]:3} of {expected[each]:3} marked, {made[each] - right[each]} wrongly")  # noqa: T201
        print(f"  recall {recall:.3f}, precision {precision:.3f}")  # noqa: T201
    assert len(LINES) >= 300
    assert set(LANGUAGES) == {line.language for line in LINES}
    assert recall >= 0.9
    assert precision >= 0.9


def test_lines_that_the_detector_was_never_changed_for_are_told_apart_as_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrong = [text for should, text in UNSEEN if bool(marks_in(text)) != (should == "yes")]
    with capsys.disabled():
        print(f"\n{len(UNSEEN)} unseen lines, {len(wrong)} of them wrong")  # noqa: T201 - the figure is the point
    assert len(wrong) <= len(UNSEEN) / 10


BEFORE = ("", "URGENT ", "please help, ", "救命，", "cứu em với: ", "17 Apr 14:05 ", "U1\n", "3 girls; ")
BEHIND = ("", " now", ", please hurry", "\nthank you", "。", " (the boss wrote it)", " since 17/04/2026")


def test_words_around_them_hide_no_marks_and_make_none() -> None:
    wanted = hidden = alarms = 0
    for line, before, behind in product(LINES, BEFORE, BEHIND):
        got = marks_in(before + line.text + behind)
        moved = [Found(w.kind, w.start + len(before), w.end + len(before)) for w in line.expected]
        wanted += len(moved)
        hidden += sum(not _is_covered(each, got) for each in moved)
        alarms += bool(got) and not moved
    assert hidden / wanted < 0.05
    assert alarms == 0


def test_signs_that_nobody_sees_and_full_width_letters_hide_no_name() -> None:
    for text, name in (("na\u200bme Sokha Chan", "Sokha Chan"), ("ｎａｍｅ Ｓｏｋｈａ", "Ｓｏｋｈａ")):
        assert [text[m.start : m.end] for m in marks_in(text)] == [name]


def test_a_name_and_an_address_are_counted_and_come_back_as_they_were() -> None:
    whole = "Mr Golden sold her to Mr Silver at 13 Beijing Road, call +855 10 000 000"
    words = mask(whole, with_marks(whole, find(whole)))
    assert words == ("Mr [possible name] sold her to Mr [possible name 2] at [possible address], call [phone number]")
    assert holds_marks(words, whole)
    assert not holds_marks("call [phone number]", whole)
    assert restored(words, whole) == whole.replace("+855 10 000 000", "[phone number]")
    assert marked("Mr [possible name 2]", whole) == "Mr «Silver»"


def test_where_the_last_signs_may_stay_a_name_is_covered_whole() -> None:
    whole = "Mr Golden has N01830275"
    assert partly(whole, with_marks(whole, find(whole))) == "Mr [possible name] has N•••••75"


def test_a_long_text_takes_no_long_time() -> None:
    for part in ("Aa ", "name is Aa ", "叫王", "13 a b ", "street 3 ", "Nguyen Thi ", "room 3 ", "ឈ្មោះ", "ชื่อ"):
        started = time.process_time()
        marks_in(part * 2000)
        assert time.process_time() - started < 5  # a pattern that backtracks takes hours
