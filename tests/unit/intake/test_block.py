"""What people are promised about pasted blocks: every line lands, unknown labels are named, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fields import FIELDS
from bot.intake.reading.block import Block, parse_block


@pytest.mark.parametrize("colon", [":", "：", " ៖ ", "="])
@pytest.mark.parametrize("bullet", ["", "- ", "1. ", "1、", "１．"])
def test_labels_stand_with_the_marks_of_any_keyboard(bullet: str, colon: str) -> None:
    block = parse_block(f"{bullet}Age{colon}16\n{bullet}ｃｏｕｎｔｒｙ{colon}中国")
    assert block is not None
    assert [(each.id, text) for each, text in block.values] == [("age_group", "16"), ("country", "中国")]


def values(block: Block | None) -> list[tuple[str, str]]:
    assert block is not None
    return [(each.id, text) for each, text in block.values]


def test_labels_and_ids_fill_fields_in_any_order() -> None:
    block = parse_block("Country now: China\nage_group: 16\nDANGER: yes\nassistance asked: rescue and interpreter")
    assert values(block) == [
        ("country", "China"),
        ("age_group", "16"),
        ("danger_now", "yes"),
        ("assistance", "rescue and interpreter"),
    ]
    assert block is not None
    assert (block.unknown_labels, block.rest) == ((), "")


def test_every_label_and_every_id_is_known() -> None:
    for name in ("id", "label"):
        text = "\n".join(f"{getattr(each, name)}: x" for each in FIELDS)
        assert values(parse_block(text)) == [(each.id, "x") for each in FIELDS]


def test_unknown_labels_are_named_back_and_their_lines_kept() -> None:
    block = parse_block("Country: China\nName: somebody\nAge: 16\nPassport no.: see desk\nName: another")
    assert values(block) == [("country", "China"), ("age_group", "16")]
    assert block is not None
    assert block.unknown_labels[0] == "Name"
    assert block.rest == "Name: somebody\nPassport no.: see desk\nName: another"


def test_one_line_alone_is_a_block() -> None:
    assert values(parse_block("country: China")) == [("country", "China")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "age 16",
        "She said: help me",
        "help",
        "urgent: girl 16 locked in a flat",
        "please look\ncountry: China",
        "14:05 she called\nhttps://map.example/a\ncountry: CN",
        "2026-04-17T14:05+07:00",
        "https://map.example/country: x",
        "danger:\nage:",
        "danger:",
        ": :\n:",
        "police\nembassy\nhelp",
    ],
)
def test_other_text_is_no_block(text: str) -> None:
    assert parse_block(text) is None


def test_times_and_addresses_in_values_stay_whole() -> None:
    block = parse_block(
        "last contact: 2026-04-17T14:05+07:00\nArea: Nanchang\nSummary: see https://map.example/a?b=c: now"
    )
    assert values(block) == [
        ("last_contact_at", "2026-04-17T14:05+07:00"),
        ("area", "Nanchang"),
        ("summary", "see https://map.example/a?b=c: now"),
    ]


def test_lines_that_are_no_answers_are_kept_as_the_rest() -> None:
    block = parse_block("urgent girl 16\n14:05 called\nhttps://map.example/a\ncountry: CN\n\ndanger: yes\nthank you")
    assert values(block) == [("country", "CN"), ("danger_now", "yes")]
    assert block is not None
    assert block.rest == "urgent girl 16\n14:05 called\nhttps://map.example/a\nthank you"
    assert block.unknown_labels == ()


def test_a_summary_may_go_on_over_lines() -> None:
    block = parse_block("country: CN\nsummary: called sister\nsays door is locked\ndanger: yes\nthank you")
    assert values(block) == [
        ("country", "CN"),
        ("summary", "called sister\nsays door is locked"),
        ("danger_now", "yes"),
    ]
    assert block is not None
    assert block.rest == "thank you"


def test_bullets_numbers_bold_and_other_separators_do_not_matter() -> None:
    block = parse_block("- Danger: yes\n* *Age*: 16\n3. Country = CN\n13b) embassy：no\n• AREA : Nanchang")
    assert values(block) == [
        ("danger_now", "yes"),
        ("age_group", "16"),
        ("country", "CN"),
        ("consent_diplomatic", "no"),
        ("area", "Nanchang"),
    ]


def test_empty_lines_of_a_form_answer_nothing() -> None:
    assert values(parse_block("danger: yes\ncountry:\nage: 16\narea: ")) == [("danger_now", "yes"), ("age_group", "16")]


def test_the_three_consents_may_stand_on_one_line() -> None:
    block = parse_block("consent: police=yes; diplomatic=not_asked; fears=unknown\ncountry: CN")
    assert values(block) == [
        ("consent_police", "yes"),
        ("consent_diplomatic", "not_asked"),
        ("fears_own_authorities", "unknown"),
        ("country", "CN"),
    ]


def test_a_bare_consent_is_not_guessed_for_whom() -> None:
    block = parse_block("consent: yes\ncountry: CN\nage: 16")
    assert values(block) == [("country", "CN"), ("age_group", "16")]
    assert block is not None
    assert block.unknown_labels == ("consent",)


def test_a_field_written_twice_comes_twice_in_order() -> None:
    assert values(parse_block("age: 16\nage: 17")) == [("age_group", "16"), ("age_group", "17")]


words = st.sampled_from(
    ["country", "age", "summary", "consent", "name", ":", "=", "：", "\n", " ", "yes", "14:05", "//", "- "]
)


@given(st.one_of(st.text(), st.lists(words, max_size=30).map("".join)))
def test_no_text_breaks_the_reading(text: str) -> None:
    block = parse_block(text)
    assert block is None or (block.values and all(value for _, value in block.values))
