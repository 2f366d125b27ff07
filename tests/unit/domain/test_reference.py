"""What people are promised about references: unmistakable, tolerant to type, redrawn when unlucky."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from bot.domain.reference import ALPHABET, compose, draw, find_in, looks_like, parse, spoken

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALL_36 = "0123456789" + LETTERS
SAME_AS = {"O": "0", "I": "1", "L": "1"}  #: after the corridor a letter that looks like a figure is that figure

corridors = st.text(LETTERS, min_size=2, max_size=2)
years = st.integers(2026, 2099)
fives = st.text(ALPHABET, min_size=5, max_size=5)


@st.composite
def references(draw_from: st.DrawFn) -> str:
    reference = None
    while reference is None:
        reference = compose(draw_from(corridors), draw_from(years), draw_from(fives))
    return reference


def test_a_quote_after_a_reference_stays_with_the_words() -> None:
    assert find_in('KC26-M9S34-4 "she is home"') == ("KC26-M9S34-4", '"she is home"')
    assert find_in("“KC26-M9S34-4”：她在家") == ("KC26-M9S34-4", "她在家")


@pytest.mark.parametrize(
    ("corridor", "five", "reference"),
    [("KC", "M9S34", "KC26-M9S34-4"), ("VC", "6Q3D2", "VC26-6Q3D2-S"), ("KC", "7H4QM", "KC26-7H4QM-4")],
)
def test_the_agreed_examples_come_out(corridor: str, five: str, reference: str) -> None:
    assert compose(corridor, 2026, five) == reference
    assert parse(reference) == reference


@given(corridors, years, fives)
def test_the_check_character_is_the_standards(corridor: str, year: int, five: str) -> None:
    body = f"{corridor}{year % 100:02}{five}"
    check = mod_37_36.calc_check_digit(body)
    expected = None if check in "ILOU" else f"{body[:4]}-{body[4:]}-{check}"
    assert compose(corridor, year, five) == expected


@given(references())
def test_no_single_wrong_character_passes_anywhere(reference: str) -> None:
    letters = reference.replace("-", "")
    for position, right in enumerate(letters):
        for wrong in ALL_36:
            typed = letters[:position] + wrong + letters[position + 1 :]
            is_the_same = wrong == right or (position >= 2 and SAME_AS.get(wrong) == right)
            assert parse(typed) == (reference if is_the_same else None), typed


def test_no_single_wrong_character_passes_in_a_thousand_neighbours() -> None:
    chosen = [compose("KC", 2026, f"{a}{b}7H4") for a in ALPHABET for b in ALPHABET]
    for reference in filter(None, chosen):
        letters = reference.replace("-", "")
        wrong = [letters[:p] + w + letters[p + 1 :] for p in (4, 5, 9) for w in ALPHABET if w != letters[p]]
        assert not [w for w in wrong if parse(w)]


@given(references(), st.data())
def test_case_hyphens_spaces_and_look_alikes_do_not_matter(reference: str, data: st.DataObject) -> None:
    typed = ""
    for position, letter in enumerate(reference.replace("-", "")):
        alike = [letter, letter.lower()]
        if position >= 2:
            alike += [look for look, meant in SAME_AS.items() if meant == letter]
            alike += [look.lower() for look, meant in SAME_AS.items() if meant == letter]
        typed += data.draw(st.sampled_from(alike)) + data.draw(st.sampled_from(["", "", "-", " ", " - ", "–"]))
    assert parse(typed) == reference


@pytest.mark.parametrize(
    "typed",
    [
        "KC26-M9S34-5",
        "KC26-M9S34",
        "KC26-M9S34-44",
        "K026-M9S34-4",
        "KC26-M9U34-4",
        "",
        "4",
        "KC26/M9S34/4",
        "ＫＣ２６",
    ],
)
def test_what_is_no_reference_is_not_read_as_one(typed: str) -> None:
    assert parse(typed) is None


def test_full_width_typing_is_read() -> None:
    assert parse("ＫＣ２６－Ｍ９Ｓ３４－４") == "KC26-M9S34-4"


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or parse(parsed) == parsed
    found = find_in(text)
    assert found is None or (parse(found[0]) == found[0] and text.endswith(found[1]))
    assert not (looks_like(text) and (parsed or found))


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("KC26-M9S34-4 she is safe", "she is safe"),
        ("kc26 m9s34 4 she is safe", "she is safe"),
        ("kc26m9s344 30m reason", "30m reason"),
        ("KC26-M9S34-4: she is safe", "she is safe"),
        ("#kc26-m9s34-4\nshe is safe", "she is safe"),
        ("kc 26 m9s34 4 safe", "safe"),
        ("KC26-M9S34-4", ""),
        ("KC26-M9S34-4 4 people", "4 people"),
        ("ＫＣ２６－Ｍ９Ｓ３４－４ 她安全", "她安全"),
    ],
)
def test_a_leading_reference_is_found_and_the_rest_kept(text: str, rest: str) -> None:
    assert find_in(text) == ("KC26-M9S34-4", rest)


@pytest.mark.parametrize(
    "text",
    [
        "at 12 people need help",
        "apologised and left",
        "she is safe KC26-M9S34-4",
        "KC26M9S344X",
        "in 10 minutes 5 men come",
        "ជួយ KC26-M9S34-4",
    ],
)
def test_ordinary_words_are_no_reference_and_no_near_miss(text: str) -> None:
    assert find_in(text) is None
    assert not looks_like(text)


@pytest.mark.parametrize(
    "text",
    [
        "KC26-M9S34-5",
        "kc26-m9s34-5 she is safe",
        "kc26 m9s34 5",
        "KC26-M9S34",
        "KC26-M9S3-4",
        "KC26-M9S345-4",
        "KC2B-M9S34-4",
        "KC26-M9U34-4",
    ],
)
def test_a_mistyped_reference_is_told_apart_from_other_text(text: str) -> None:
    assert parse(text) is None
    assert find_in(text) is None
    assert looks_like(text)


def choosing(*words: str) -> Callable[[str], str]:
    letters: Iterator[str] = iter("".join(words))
    return lambda alphabet: alphabet[alphabet.index(next(letters))]


def test_an_unlucky_check_character_is_drawn_again() -> None:
    unlucky = next(f"0000{a}" for a in ALPHABET if compose("KC", 2026, f"0000{a}") is None)
    assert draw("KC", 2026, choosing(unlucky, "M9S34")) == "KC26-M9S34-4"


def test_drawing_again_after_a_collision_gives_another_reference() -> None:
    choose = choosing("M9S34", "7H4QM")
    assert [draw("KC", 2026, choose), draw("KC", 2026, choose)] == ["KC26-M9S34-4", "KC26-7H4QM-4"]


def test_no_reference_has_a_letter_that_looks_like_a_figure_after_the_corridor() -> None:
    made = [compose("XX", 2026, f"{a}{b}000") for a in ALPHABET for b in ALPHABET]
    assert not any(set(reference[2:]) & set("ILOU") for reference in made if reference)


def test_a_reference_can_be_said_on_the_telephone() -> None:
    assert spoken("KC26-M9S34-4") == "Kilo Charlie 2 6, Mike 9 Sierra 3 4, check 4"
    assert spoken("VC26-6Q3D2-S") == "Victor Charlie 2 6, 6 Quebec 3 Delta 2, check Sierra"


def test_every_letter_has_a_word_that_starts_with_it() -> None:
    for letter in LETTERS:
        assert spoken(f"{letter}{letter}26-00000-0").split()[0][0] == letter
