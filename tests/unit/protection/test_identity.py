"""What would tell who or where somebody is, is found; what only looks like it is left alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reference
from bot.people.enrolment import CODE_ALPHABET, shown_code
from bot.protection.identity.detector import POSSIBLE, find, mask, partly
from bot.protection.identity.found import Found, Identity
from tests.unit.protection.marked_lines import read


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    expected: tuple[Found, ...]


def _read(number: int, row: str) -> Line:
    return Line(number, *read(*row.split("\t")))


def _lines() -> list[Line]:
    rows = Path(__file__).with_name("identity_lines.tsv").read_text(encoding="utf-8").splitlines()
    return [_read(number, row) for number, row in enumerate(rows, start=1) if not row.startswith("#")]


LINES = _lines()
TELLING = [line for line in LINES if line.expected]
HARMLESS = [line for line in LINES if not line.expected]


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"line{line.number}")
def test_each_line_is_read_as_written_down(line: Line) -> None:
    assert find(line.text) == line.expected, line.text


def test_few_identifiers_are_missed_and_few_alarms_are_false(capsys: pytest.CaptureFixture[str]) -> None:
    expected, found, right = Counter[str](), Counter[str](), Counter[str]()
    for line in LINES:
        got = find(line.text)
        expected.update(f.kind for f in line.expected)
        found.update(f.kind for f in got)
        right.update(f.kind for f in set(got) & set(line.expected))
    recall, precision = right.total() / expected.total(), right.total() / found.total()
    with capsys.disabled():
        print(f"\n{len(LINES)} lines, {len(HARMLESS)} of them harmless")  # noqa: T201 - the figure is the point
        for kind in (kind for kind in Identity if kind not in POSSIBLE):
            print(f"  {kind:16} {right[kind]:3} of {expected[kind]:3} found, {found[kind] - right[kind]} false")  # noqa: T201
        print(f"  recall {recall:.3f}, precision {precision:.3f}")  # noqa: T201
    assert len(LINES) >= 300
    assert 0.4 < len(HARMLESS) / len(LINES) < 0.6
    assert recall >= 0.98
    assert precision >= 0.90


_BEFORE = (
    "",
    "URGENT ",
    "please help, ",
    "chuoy phong! ",
    "救命，",
    "cứu em với: ",
    "17 Apr 14:05 ",
    "U1\n",
    "🙏 ",
    "3 girls; ",
)
_BEHIND = (
    "",
    " now",
    ", please hurry",
    "\nthank you",
    " 🙏",
    "。",
    " (the boss wrote it)",
    "; 2 girls",
    " since 17/04/2026",
)


@given(line=st.sampled_from(TELLING), before=st.sampled_from(_BEFORE), behind=st.sampled_from(_BEHIND))
def test_words_around_it_do_not_hide_an_identifier(line: Line, before: str, behind: str) -> None:
    assert _uncovered(before + line.text + behind, len(before), line) == []


@given(line=st.sampled_from(HARMLESS), before=st.sampled_from(_BEFORE), behind=st.sampled_from(_BEHIND))
def test_words_around_it_do_not_make_a_harmless_line_an_alarm(line: Line, before: str, behind: str) -> None:
    text = before + line.text + behind
    assert mask(text, find(text)) == text


@given(line=st.sampled_from(TELLING), seed=st.integers(0, 9999))
def test_signs_that_nobody_sees_do_not_hide_an_identifier(line: Line, seed: int) -> None:
    choose = random.Random(seed)
    for wanted in line.expected:
        value = line.text[wanted.start : wanted.end]
        hidden = "".join(c + choose.choice(("", "", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")) for c in value)
        text = line.text[: wanted.start] + hidden + line.text[wanted.end :]
        left = _left_open(text, wanted.start, wanted.start + len(hidden))
        assert left.strip("\u200b\u200d\u2060\ufeff\u00ad") == "", text


@given(line=st.sampled_from(TELLING))
def test_full_width_letters_and_figures_do_not_hide_an_identifier(line: Line) -> None:
    text = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in line.text)
    for wanted in line.expected:
        assert _left_open(text, wanted.start, wanted.end) == "", text


@given(
    number=st.sampled_from(("012999888", "0961112223", "13800001111", "0900000011", "11010519491231002X")),
    separators=st.lists(st.sampled_from(("", "", " ", "-", "\u00a0", "\u2013", "\u3000")), min_size=18, max_size=18),
)
def test_blanks_and_hyphens_do_not_hide_a_number(number: str, separators: list[str]) -> None:
    text = "".join(c + s for c, s in zip(number, separators, strict=False)).rstrip(" -\u00a0\u2013\u3000")
    assert mask(text, find(text)) in ("[phone number]", "[identity number]")


_MOMENTS = (
    "%Y-%m-%dT%H:%M+07:00", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y.%m.%d %H:%M:%S",
    "%Y-%m-%d %I%p", "%d %b %H:%M", "%d%b %H:%M", "%H:%M %d %B %Y", "%dth of %B %Y at %I:%M %p",
    "%B %dth, %Y at %I:%M %p", "%d/%m/%Y %H:%M", "%d.%m.%Y %Hh%M", "%d-%m-%Y %H:%M", "%d/%m %H:%M", "%m/%d/%Y %H:%M",
    "%a, %d %b %Y, %H:%M", "%d %b %H:%M UTC+8", "%d %b %H:%M Beijing time", "%H%M hrs", "%Y%m%d",
    "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d %H%M",
)  # fmt: skip
_DATES = st.datetimes(datetime(2000, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moment=_DATES, form=st.sampled_from(_MOMENTS))
def test_no_date_or_time_is_taken_for_an_identifier(moment: datetime, form: str) -> None:
    text = f"last seen {moment.strftime(form)}, then nothing"
    assert find(text) == ()


@given(seed=st.integers(), form=st.sampled_from(("{}", "/ack {}", "see {} please", "passport of {} is gone")))
def test_no_reference_is_taken_for_an_identifier(seed: int, form: str) -> None:
    name = reference.draw("KC", 2026, random.Random(seed).choice)
    for typed in (name, name.lower(), name.replace("-", ""), name.replace("-", " ")):
        assert find(form.format(typed)) == ()


@given(seed=st.integers())
def test_no_invite_code_is_taken_for_an_identifier(seed: int) -> None:
    code = "".join(random.Random(seed).choices(CODE_ALPHABET, k=12))
    if sum(c.isalpha() for c in code) >= 4:
        assert find(f"/start {shown_code(code)}") == find(f"/start {code}") == ()


HOSTILE = {
    "figures": "1" * 100_000, "figures apart": "1 " * 50_000, "zeros apart": "0 " * 50_000, "numbers": "012 " * 25_000,
    "pluses": "+8" * 50_000, "dots": "1." * 50_000, "letters": "a" * 100_000, "ats": "a@" * 50_000,
    "domains": "a@" + "a." * 50_000, "fillers": "<" * 100_000, "half fillers": "A<<" * 33_000,
    "words": "passport " * 11_000, "documents": "N0183027 " * 11_000, "degrees": "11°33'" * 16_000,
    "pairs": "11.5564 " * 12_500, "links": "http://" * 14_000, "prices": "1 000 " * 16_000, "cases": "kc26-" * 20_000,
    "thousands": "1" + ",000" * 25_000, "phones": "".join(f"01{n:07} " for n in range(10_000)),
    "marks": "e\u0301" * 50_000, "invisible": "\u200b" * 100_000, "brackets": "(" * 100_000, "ids": "110105 " * 14_000,
    "ligatures": "\ufdfa" * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    find(text)
    assert time.process_time() - started < 5  # a pattern that backtracks takes hours


@given(st.text(max_size=200))
def test_any_text_is_read_and_what_is_found_stands_in_order_within_it(text: str) -> None:
    ends = [0]
    for found in find(text):
        assert ends[-1] <= found.start < found.end <= len(text)
        ends.append(found.end)


def test_a_number_that_is_dialled_is_a_phone_whatever_word_stands_beside_it() -> None:
    text = "her phone +855 12 345 678 passport N01234567"
    assert mask(text, find(text)) == "her phone [phone number] passport [travel document number]"


def test_a_masked_text_says_what_stood_there() -> None:
    text = "pp N01830275, call 012 000 111 or sok@example.org at 11.5564, 104.9282"
    assert mask(text, find(text)) == (
        "pp [travel document number], call [phone number] or [e-mail address] at [coordinates]"
    )


def test_who_knows_the_number_can_tell_it_by_what_is_left() -> None:
    text = "pp N01830267, call 012 000 111"
    assert partly(text, find(text)) == "pp N•••••67, call •••••11"


def test_of_a_place_and_a_passport_line_nothing_is_left() -> None:
    text = "11.5564, 104.9282\nP<KHMSOK<<SREY<NEANG<<<<<<<<<<<<<<<<<<<<<<<<"
    assert partly(text, find(text)) == "[coordinates]\n[passport line]"


def _uncovered(text: str, shift: int, line: Line) -> list[str]:
    parts = (_left_open(text, f.start + shift, f.end + shift) for f in line.expected)
    return [part for part in parts if part]


def _left_open(text: str, start: int, end: int) -> str:
    covered = {i for found in find(text) for i in range(found.start, found.end)}
    return "".join(text[i] for i in range(start, end) if i not in covered)
