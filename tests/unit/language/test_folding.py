"""Whatever marks stand before, after and between: what is compared is read the same, and nothing joins."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reference
from bot.domain.fields import by_number, field
from bot.domain.typed_commands import parse_command
from bot.intake.reading.numbers import read_count
from bot.intake.reading.result import Read, Unclear
from bot.intake.reading.yes_no import read_agreement
from bot.language.folding import fold, folded
from bot.language.normalise import bare, plain, whole_number
from tests.unit.intake.test_answer_reader import reading

REFERENCE = "KC26-M9S34-4"
#: What keyboards and messengers leave before and after words without anybody meaning anything by it.
UNSEEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u200f",
    "\u2060",
    "\ufeff",
    "\u202a",
    "\u2068",
    "\u2069",
    "\ufe0f",
    "\xad",
]
SPACES = [" ", "\xa0", "\u3000", "\u2009", "\t", "\u202f"]
OPENING = ["“", "(", "（", "【", "「", '"', "'", "«", "*"]
CLOSING = [
    ".",
    "。",
    "!",
    "！",
    ",",
    "，",
    "、",
    "；",
    ";",
    ":",
    "：",
    "។",
    "៕",
    "…",
    "”",
    ")",
    "）",
    "】",
    "」",
    "~",
    "～",
    "*",
]
FIGURES = ["0123456789", "០១២៣៤៥៦៧៨៩", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]

before = st.text(alphabet=st.sampled_from([*UNSEEN, *SPACES, *OPENING]), max_size=4)
after = st.text(alphabet=st.sampled_from([*UNSEEN, *SPACES, *CLOSING]), max_size=4)
within = st.text(alphabet=st.sampled_from([sign for sign in UNSEEN if sign != "\u200b"]), max_size=2)
between = st.text(alphabet=st.sampled_from([*SPACES, "\u200b"]), min_size=1, max_size=3)


def wide(word: str) -> str:
    """As a keyboard set to full width writes it."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in word)


@st.composite
def typed(draw: st.DrawFn, *words: str, apart: st.SearchStrategy[str] = between) -> str:
    """Words as some keyboard leaves them: in any case and width, signs before, after and between."""
    writings: list[Callable[[str], str]] = [str.lower, str.upper, str.title, wide]
    forms = [draw(st.sampled_from(writings))(word) for word in words]
    inside = draw(within).join(forms[0])
    text = inside + "".join(draw(apart) + form for form in forms[1:])
    return draw(before) + text + draw(after)


@given(st.data(), st.sampled_from(["yes", "no", "yep", "y", "nope"]))
def test_a_yes_or_no_is_one_with_any_marks(data: st.DataObject, word: str) -> None:
    said = data.draw(typed(word))
    is_yes = word in ("yes", "yep", "y")
    assert read_agreement(said) is is_yes
    assert reading("danger_now", said) == Read("yes" if is_yes else "no", "Yes" if is_yes else "No")


@given(st.data(), st.sampled_from(["back", "skip", "summary", "send", "help", "cases"]))
def test_a_command_is_one_with_any_marks(data: st.DataObject, word: str) -> None:
    found = parse_command(data.draw(typed(word)))
    assert found is not None
    assert found.name == word


@given(st.data(), st.sampled_from(["/ack", "ack", "／ack", "、ack"]))
def test_a_command_and_its_reference_are_read_with_any_marks(data: st.DataObject, word: str) -> None:
    found = parse_command(
        data.draw(typed(word, REFERENCE, apart=between | st.sampled_from(["，", "：", ", ", "\u200b"])))
    )
    assert found is not None
    assert found.name == "ack"
    named = reference.find_in(found.rest)
    assert named is not None
    assert named[0] == REFERENCE


@given(st.data(), st.integers(1, 14))
def test_a_number_is_read_in_any_figures_with_any_marks(data: st.DataObject, number: int) -> None:
    figures = data.draw(st.sampled_from(FIGURES))
    word = "".join(figures[int(figure)] for figure in str(number))
    said = data.draw(before) + data.draw(within).join(word) + data.draw(after)
    assert whole_number(said) == number
    count = read_count(said)
    assert count is not None
    assert count.number == number
    assert by_number(said) == by_number(str(number))


@given(st.data(), st.sampled_from(["Interpreter", "medical care", "urgent_rescue", "7"]))
def test_a_choice_is_read_with_any_marks(data: st.DataObject, word: str) -> None:
    right = reading("assistance", word)
    assert not isinstance(right, Unclear)
    assert reading("assistance", data.draw(typed(word))) == right


@given(st.data(), st.sampled_from(["yesterday 21:00", "17 Apr 14:05", "2 hours ago", "3 pm yesterday"]))
def test_a_time_is_read_with_any_marks(data: st.DataObject, words: str) -> None:
    right = reading("last_contact_at", words)
    assert not isinstance(right, Unclear)
    assert reading("last_contact_at", data.draw(typed(*words.split(" ")))) == right


@given(st.lists(st.integers(1, 20), min_size=2, max_size=4), st.sampled_from([0x2460, 0x2474, 0x2488]))
def test_figures_that_stand_apart_never_join(numbers: list[int], first: int) -> None:
    said = "".join(chr(first + number - 1) for number in numbers)
    assert whole_number(said) is None
    assert [
        int(figures) for figures in fold(said).replace("(", " ").replace(")", " ").replace(".", " ").split()
    ] == numbers


@given(st.integers(0, 99), st.sampled_from("²³¹½⅓₂"))
def test_a_raised_or_broken_figure_is_no_figure(number: int, sign: str) -> None:
    assert whole_number(f"{number}{sign}") is None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_every_sign_of_the_folded_text_knows_where_it_was_typed(text: str) -> None:
    found = folded(text)
    assert len(found.text) == len(found.at)
    assert list(found.at) == sorted(found.at)
    assert all(0 <= position < len(found.typed) for position in found.at)
    assert found.typed == unicodedata.normalize("NFC", text)


@given(st.text(max_size=60))
def test_what_is_comparable_stays_the_same(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("name", ["Trung Quốc", "Việt Nam", "កម្ពុជា", "không biết", "đúng rồi"])
def test_accents_compare_composed_or_not(form: str, name: str) -> None:
    assert plain(unicodedata.normalize(form, name)) == plain(name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"), [("ភ្នំ ពេញ", "ភ្នំពេញ"), ("ភ្នំ\u200bពេញ", "ភ្នំពេញ"), ("是 的", "是的"), ("Đà Nẵng", "da nang")]
)
def test_names_compare_without_what_only_looks_different(one: str, other: str) -> None:
    assert bare(one) == bare(other)


def test_choices_are_named_by_their_number_with_any_mark() -> None:
    assert field("situation").choices[1].code == "confined"
    for said in ("②", "2️⃣", "(2)", "２", "២", "❷", "2.", "#2", "⒉", "⑵"):
        assert reading("situation", said).value == "confined", said  # type: ignore[union-attr]
