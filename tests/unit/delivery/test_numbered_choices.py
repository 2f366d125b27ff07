"""Choices become numbers and words where there are no buttons, and what is written can be typed back."""

from __future__ import annotations

from bot.delivery.numbered_choices import as_links, as_text, numbered
from bot.domain.messages import Button

DANGER = (
    (Button("Yes", "f.7.danger_now.yes"), Button("No", "f.7.danger_now.no")),
    (Button("Skip", "f.7.danger_now.skip"), Button("Back", "f.7.danger_now.back")),
)
SEVERAL = ((Button("Rescue", "f.7.assistance.rescue"), Button("Return", "f.7.assistance.return")),)
AREA = ((Button("Unknown", "f.7.area.unknown"), Button("Skip", "f.7.area.skip")),)


def test_each_choice_has_its_number_and_what_moves_the_intake_its_word() -> None:
    assert as_text("In danger?", DANGER) == "In danger?\n\n1. Yes\n2. No\nOr type: skip, back"
    assert as_text("", DANGER[:1]) == "1. Yes\n2. No"
    assert [button.label for button in numbered(DANGER)] == ["Yes", "No"]


def test_a_question_of_several_choices_says_how_several_are_typed() -> None:
    assert as_text("What?", SEVERAL) == "What?\n\n1. Rescue\n2. Return\nSeveral: type for example 1,2"


def test_where_a_number_could_be_the_answer_itself_no_choice_has_one() -> None:
    assert as_text("Where?", AREA) == "Where?\n\nOr type: unknown, skip"
    assert numbered(AREA) == ()


def test_links_show_the_number_that_can_be_typed_too() -> None:
    text, links = as_links("In danger?", DANGER)
    assert text == "In danger?\n\nOr type: skip, back"
    assert links == ((Button("1. Yes", "f.7.danger_now.yes"),), (Button("2. No", "f.7.danger_now.no"),))


def test_buttons_of_acts_are_numbered_all() -> None:
    act = ((Button("Acknowledge", "a.7.1.ack"), Button("Show case", "a.7.1.case")),)
    assert as_text("Please.", act) == "Please.\n\n1. Acknowledge\n2. Show case"
