"""Long texts arrive whole, in parts that read well; choices and files reach messengers that lack them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.split import fit, measure, split
from bot.domain.messages import Address, Button, Capabilities, Delivery, Outgoing, OutgoingKind

TELEGRAM = Capabilities(text_limit=4096, edits=True, files=True)
WECHAT = Capabilities(text_limit=2048, text_unit="bytes", buttons=False)
CHOICES = ((Button("Yes", "f.7.danger.yes"), Button("No", "f.7.danger.no")), (Button("Unknown", "f.7.danger.u"),))


def delivery(text: str = "In danger?", **fields: object) -> Delivery:
    message = Outgoing(1, "key:1", OutgoingKind.REPLY, "person:1", Address("telegram", "1"), text=text)
    return Delivery(replace(message, **fields))  # type: ignore[arg-type]


def test_a_text_that_fits_is_left_alone() -> None:
    assert split("  as it is \n", 20) == ("  as it is \n",)
    assert split("", 20) == ("",)


def test_telegram_counts_utf16_units_and_wechat_bytes() -> None:
    assert measure("a😀中", "characters") == 4
    assert measure("a😀中", "bytes") == 8


def test_a_text_is_cut_between_paragraphs_first() -> None:
    assert split("one two\nthree\n\nfour five six seven", 24) == ("one two\nthree", "four five six seven")


def test_a_text_is_cut_between_lines_when_a_paragraph_is_too_long() -> None:
    assert split("one two three\nfour five six", 20) == ("one two three", "four five six")


def test_a_text_is_cut_between_words_when_a_line_is_too_long() -> None:
    assert split("one two three four", 10) == ("one two", "three four")


def test_a_cut_that_would_leave_a_stub_is_not_taken() -> None:
    assert split("Hi\n\n" + "word " * 9, 30)[0] == "Hi\n\nword word word word word"


def test_a_word_without_end_is_cut_between_characters() -> None:
    assert split("a" * 25, 10) == ("a" * 10, "a" * 10, "a" * 5)


def test_a_character_outside_the_basic_plane_is_never_halved() -> None:
    assert split("😀" * 5, 5) == ("😀😀", "😀😀", "😀")


def test_a_chinese_character_is_never_halved() -> None:
    assert split("中文" * 4, 8, "bytes") == ("中文", "中文", "中文", "中文")


@pytest.mark.parametrize(
    ("letter", "why"),
    [
        ("\u1780\u17d2\u1798\u17c2", "Khmer letter with one below and a vowel"),
        ("e\u0302\u0301", "Vietnamese letter in pieces"),
        ("\U0001f469\u200d\U0001f467", "family"),
        ("\U0001f44d\U0001f3fd", "skin colour"),
        ("\U0001f1f0\U0001f1ed", "flag"),
    ],
)
def test_a_letter_is_not_cut_from_its_marks(letter: str, why: str) -> None:
    for limit in range(measure(letter, "characters"), 3 * measure(letter, "characters")):
        parts = split(letter * 7, limit)
        assert all(len(part) % len(letter) == 0 for part in parts), why


def test_a_letter_that_never_ends_does_not_stop_the_message() -> None:
    parts = split("a" + "\u0301" * 100, 40)
    assert "".join(parts) == "a" + "\u0301" * 100


@given(st.text(max_size=400), st.integers(4, 60), st.sampled_from(["characters", "bytes"]))
def test_no_part_is_too_long_and_nothing_but_white_space_is_lost(text: str, limit: int, unit: str) -> None:
    parts = split(text, limit, unit)
    assert all(measure(part, unit) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_choices_become_numbered_lines_where_there_are_no_buttons() -> None:
    fitted, parts = fit(delivery(buttons=CHOICES), WECHAT)
    assert (fitted.message.buttons, parts) == ((), ("In danger?\n\n1. Yes\n2. No\n3. Unknown",))


def test_choices_become_links_that_show_their_number_where_the_messenger_has_those() -> None:
    fitted, parts = fit(delivery(buttons=CHOICES), replace(WECHAT, menu_links=True))
    assert [row[0].label for row in fitted.message.buttons] == ["1. Yes", "2. No", "3. Unknown"]
    assert [row[0].data for row in fitted.message.buttons] == [b.data for row in CHOICES for b in row]
    assert parts == ("In danger?",)


def test_whoever_cannot_answer_is_offered_nothing_to_choose() -> None:
    for can in (replace(WECHAT, receives=False), replace(WECHAT, send_only="1")):
        fitted, parts = fit(delivery(buttons=CHOICES), can)
        assert (fitted.message.buttons, parts) == ((), ("In danger?",))


def test_buttons_stay_where_there_are_buttons() -> None:
    given_ = delivery(buttons=CHOICES)
    assert fit(given_, TELEGRAM) == (given_, ("In danger?",))


def test_a_button_whose_data_the_messenger_cannot_carry_becomes_a_number() -> None:
    fitted, parts = fit(delivery(buttons=((Button("Yes", "x" * 65),),)), TELEGRAM)
    assert (fitted.message.buttons, parts) == ((), ("In danger?\n\n1. Yes",))


CARDS = Capabilities(
    2048, "bytes", most_buttons=6, button_columns=20, text_over_buttons=40, receives=True, send_only="robot:"
)


def test_more_buttons_than_a_messenger_shows_or_wider_ones_become_numbers() -> None:
    seven = (tuple(Button(f"Choice {n}", f"f.7.situation.{n}") for n in range(7)),)
    wide, fits = ((Button("现在是否有人身危险呢吗", "c.x"),),), ((Button("现在是否有人身危险呢", "c.x"),),)
    for keyboard, is_kept in ((seven, False), (seven[0][:6], True), (wide, False), (fits, True)):
        rows = keyboard if isinstance(keyboard[0], tuple) else (keyboard,)
        fitted, parts = fit(delivery(buttons=rows), CARDS)
        assert bool(fitted.message.buttons) is is_kept
        assert ("1. " in parts[-1]) is not is_kept
    assert CARDS.numbers_choices


def test_buttons_stand_under_the_end_of_a_text_that_is_too_long_for_them() -> None:
    fitted, parts = fit(delivery("A long story. " * 9 + "\n\nWho?\nAre they in danger now?", buttons=CHOICES), CARDS)
    assert parts == (("A long story. " * 9).rstrip(), "Who?\nAre they in danger now?")
    assert fitted.message.buttons == CHOICES
    assert fit(delivery("Are they in danger?", buttons=CHOICES), CARDS)[1] == ("Are they in danger?",)
    assert fit(delivery("A long story. " * 9), CARDS)[1] == ("A long story. " * 9,)


def test_buttons_stand_under_a_sentence_where_the_text_ends_in_a_long_line() -> None:
    text = "Are they in danger now, as far as anybody knows?"
    assert fit(delivery(text, buttons=CHOICES), CARDS)[1] == (text, "Please choose.")


@given(st.text(st.sampled_from("a中 \n"), max_size=300))
def test_nothing_is_lost_over_buttons_and_the_last_part_fits(text: str) -> None:
    parts = fit(delivery(text, buttons=CHOICES), CARDS)[1]
    assert measure(parts[-1], "characters") <= 40
    said = parts[:-1] if parts[-1] == "Please choose." else parts
    assert "".join("".join(said).split()) == "".join(text.split())


LINKS = Capabilities(48, "bytes", buttons=False, menu_links=True)


@given(st.text(st.sampled_from("a中 \n"), max_size=120))
def test_choices_that_are_links_never_make_a_message_of_the_last_part_that_is_two(text: str) -> None:
    fitted, parts = fit(delivery(text, buttons=CHOICES), LINKS)
    labels = "".join(f"\n{button.label}" for row in fitted.message.buttons for button in row)
    assert labels == "\n1. Yes\n2. No\n3. Unknown"
    assert measure(parts[-1] + labels, "bytes") <= 48
    assert all(measure(part, "bytes") <= 48 for part in parts)
    said = parts[:-1] if parts[-1] == "Please choose." else parts
    assert "".join("".join(said).split()) == "".join(text.split())


def test_a_place_that_nobody_can_answer_from_gets_the_words_alone() -> None:
    fitted, parts = fit(delivery(buttons=CHOICES, address=Address("wecom", "robot:duty")), CARDS)
    assert (fitted.message.buttons, parts) == ((), ("In danger?",))


def test_a_file_for_a_messenger_without_files_becomes_a_sentence_and_a_way_to_get_it() -> None:
    fitted, parts = fit(delivery("The log.", file="log.csv"), WECHAT)
    assert fitted.message.file == ""
    assert parts == ("The log.\n\nThe file log.csv cannot be sent on this messenger. Fetch it from the exports page.",)


def test_a_file_alone_is_one_part() -> None:
    fitted, parts = fit(delivery("", file="log.csv"), TELEGRAM)
    assert (fitted.message.file, parts) == ("log.csv", ("",))


def test_an_edit_that_became_too_long_for_one_message_is_sent_anew_and_whole() -> None:
    fitted, parts = fit(replace(delivery("word " * 1000, edits="m1"), edits="m1"), TELEGRAM)
    assert (fitted.edits, fitted.message.edits, len(parts)) == ("", "", 2)


def test_an_edit_that_fits_stays_an_edit() -> None:
    fitted, _ = fit(replace(delivery(), edits="m1"), TELEGRAM)
    assert fitted.edits == "m1"


@pytest.mark.parametrize("capabilities", [TELEGRAM, WECHAT], ids=["telegram", "wechat"])
def test_each_part_of_a_long_text_about_an_exercise_says_that_it_is_one(capabilities: Capabilities) -> None:
    _, parts = fit(delivery("EXERCISE · XX26-M9S34-D\n" + "nobody is in danger " * 500), capabilities)
    assert len(parts) > 2
    for part in parts:
        assert part.startswith("EXERCISE · ")
        assert measure(part, capabilities.text_unit) <= capabilities.text_limit
