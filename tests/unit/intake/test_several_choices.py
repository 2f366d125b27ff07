"""What a word or a tap adds to several choices, and what takes one out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fields import UNKNOWN, field
from bot.intake.several_choices import added, adds, code_of, tap_of, without
from bot.language.talk_words import asks, is_bare_edit, is_done, taken_out
from tests.kit.cases import a_case, with_answers

ASSISTANCE, CITIZENSHIP, AGE = field("assistance"), field("citizenship"), field("age_group")
CODES = [choice.code for choice in ASSISTANCE.choices]


@given(
    before=st.lists(st.sampled_from(CODES), min_size=1, unique=True),
    more=st.lists(st.sampled_from(CODES), min_size=1, unique=True),
)
def test_choices_add_up_in_the_order_of_the_question(before: list[str], more: list[str]) -> None:
    both = added(ASSISTANCE, tuple(before), tuple(more))
    assert both == tuple(code for code in CODES if code in {*before, *more})


def test_unknown_adds_nothing_and_other_answers_are_as_they_are() -> None:
    assert added(CITIZENSHIP, ("KH",), UNKNOWN) == ("KH",)
    assert added(CITIZENSHIP, UNKNOWN, ("KH",)) == ("KH",)
    assert added(CITIZENSHIP, None, UNKNOWN) == UNKNOWN
    assert added(AGE, "12_17", "under_12") == "under_12"


def test_the_last_one_goes_only_where_not_knowing_is_an_answer() -> None:
    case = with_answers(a_case(), assistance=("urgent_rescue", "interpreter"), citizenship=("KH",))
    assert without(ASSISTANCE, case, ("interpreter",)) == ("urgent_rescue",)
    assert without(ASSISTANCE, case, ("interpreter", "urgent_rescue")) is None
    assert without(CITIZENSHIP, case, "KH") == UNKNOWN


@pytest.mark.parametrize("code", ["KH", "urgent_rescue"])
def test_a_button_says_whether_it_adds_or_takes_out(code: str) -> None:
    assert adds(tap_of(code, is_chosen=False))
    assert not adds(tap_of(code, is_chosen=True))
    assert {code_of(tap_of(code, is_chosen=chosen)) for chosen in (True, False)} == {code}


@pytest.mark.parametrize(
    ("text", "out"),
    [("not interpreter", "interpreter"), ("No 2", "2"), ("take out China.", "china"), ("not", ""), ("nothing", "")],
)
def test_what_words_take_out(text: str, out: str) -> None:
    assert taken_out(text) == out


def test_words_of_a_conversation() -> None:
    assert is_done("Done.")
    assert is_done("that's all")
    assert not is_done("done with it all")
    assert is_bare_edit("Edit")
    assert not is_bare_edit("edit 4")
    assert asks("Which floor? ")
    assert asks("几楼？")
    assert not asks("Which floor")
