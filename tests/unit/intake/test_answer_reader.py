"""What people are promised about answers: understood as typed, or asked again; never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import Value
from bot.domain.fields import FIELDS, Field, FieldKind, field
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Confirm, Read, Reading, Unclear

NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Phnom_Penh")
WITH_CHOICES = [f for f in FIELDS if f.choices]


def reading(field_id: str, text: str, language: str = "en") -> Reading:
    return read(field(field_id), text, now=NOW, zone=ZONE, language=language)


def value_of(each: Field, code: str) -> Value:
    return code if each.kind is FieldKind.CHOICE or code == "unknown" else (code,)


@pytest.mark.parametrize("each", WITH_CHOICES, ids=lambda f: f.id)
def test_every_choice_is_understood_by_code_label_number_and_other_words(each: Field) -> None:
    for number, choice in enumerate(each.choices, start=1):
        typed = [choice.code, choice.code.upper(), choice.label, choice.label.lower(), f" {choice.label}. "]
        typed += [str(number), f"{number}.", f"#{number}", f"{number})", *choice.also]
        for text in typed:
            found = reading(each.id, text)
            assert found == Read(value_of(each, choice.code), choice.label), text


@pytest.mark.parametrize(
    ("field_id", "text", "value"),
    [
        ("danger_now", "y", "yes"),
        ("danger_now", "YES!", "yes"),
        ("danger_now", "n", "no"),
        ("danger_now", "?", "unknown"),
        ("danger_now", "don’t know", "unknown"),
        ("danger_now", "unk", "unknown"),
        ("danger_now", "１", "yes"),
        ("situation", "esc", "escaped_not_safe"),
        ("situation", "conf", "confined"),
        ("situation", "contact", "contact_lost"),
        ("situation", "locked", "confined"),
        ("situation", "Being   moved", "being_moved"),
        ("age_group", "16", "12_17"),
        ("age_group", "16 years", "12_17"),
        ("age_group", "16yo", "12_17"),
        ("age_group", "16 y/o", "12_17"),
        ("age_group", "aged 17", "12_17"),
        ("age_group", "17 years old", "12_17"),
        ("age_group", "11", "under_12"),
        ("age_group", "12", "12_17"),
        ("age_group", "18", "18_or_over"),
        ("age_group", "120", "18_or_over"),
        ("age_group", "5", "under_12"),
        ("age_group", "2 years", "under_12"),
        ("age_group", "8 months", "under_12"),
        ("age_group", "1", "under_12"),
        ("age_group", "3", "18_or_over"),
        ("age_group", "4", "unknown"),
        ("age_group", "18+", "18_or_over"),
        ("category", "trafficking", "trafficking_in_persons"),
        ("safe_to_contact", "only via", "only_via_reporter"),
        ("consent_police", "not asked", "not_asked"),
    ],
)
def test_common_ways_to_answer_are_understood(field_id: str, text: str, value: str) -> None:
    found = reading(field_id, text)
    assert isinstance(found, Read)
    assert found.value == value


@pytest.mark.parametrize(
    ("field_id", "text"),
    [
        ("danger_now", "yes in 2 hours"),
        ("danger_now", "not yes"),
        ("danger_now", "no longer sure"),
        ("danger_now", "yes?"),
        ("danger_now", "yes and no"),
        ("danger_now", "yes, no"),
        ("danger_now", "not now"),
        ("danger_now", "no danger yet but soon"),
        ("danger_now", "nothing"),
        ("danger_now", "ye"),
        ("danger_now", "0"),
        ("danger_now", "4"),
        ("danger_now", "-1"),
        ("danger_now", "1.5"),
        ("danger_now", "1 or 2"),
        ("danger_now", ""),
        ("danger_now", "   "),
        ("situation", "con"),
        ("situation", "not confined"),
        ("situation", "confined?"),
        ("situation", "was confined, now free"),
        ("situation", "in a"),
        ("situation", "with"),
        ("situation", "not in a safe place"),
        ("situation", "unknown"),
        ("situation", "?"),
        ("age_group", "girl 16"),
        ("age_group", "about 16"),
        ("age_group", "16?"),
        ("age_group", "16-17"),
        ("age_group", "16 or 17"),
        ("age_group", "not 16"),
        ("age_group", "16.5"),
        ("age_group", "-16"),
        ("age_group", "0"),
        ("age_group", "121"),
        ("age_group", "under 18"),
        ("age_group", "child"),
        ("age_group", "teenager"),
        ("age_group", "under"),
        ("age_group", "over 12"),
        ("category", "not trafficking"),
        ("safe_to_contact", "yes but only at night"),
        ("safe_to_contact", "only"),
        ("consent_police", "not"),
        ("consent_police", "can"),
        ("consent_police", "cannot"),
        ("consent_police", "yes but only later"),
        ("consent_police", "unknown"),
        ("consent_police", "ok if embassy agrees"),
        ("fears_own_authorities", "not really"),
        ("exploitation", "forced"),
        ("exploitation", "all"),
        ("exploitation", "unknown, 1"),
        ("exploitation", "no marriage"),
        ("assistance", "rescue, no interpreter"),
        ("assistance", "rescue interpreter"),
        ("assistance", "none"),
        ("assistance", "1, 13"),
        ("assistance", "0"),
        ("assistance", ","),
        ("assistance", "unknown"),
        ("persons_count", "20+"),
        ("persons_count", "20-30"),
        ("persons_count", "3 or 4"),
        ("persons_count", "at least 3"),
        ("persons_count", "several"),
        ("persons_count", "a dozen"),
        ("persons_count", "0"),
        ("persons_count", "1000"),
        ("persons_count", "1,000"),
        ("persons_count", "-3"),
        ("persons_count", "2.0"),
        ("persons_count", "unknown"),
        ("persons_count", "3 dogs"),
        ("persons_count", "not 3"),
        ("area", ""),
        ("area", "\u202e\x00"),
        ("summary", "  "),
    ],
)
def test_what_only_looks_like_an_answer_is_asked_again(field_id: str, text: str) -> None:
    found = reading(field_id, text)
    assert isinstance(found, Unclear)
    assert found.sentence.startswith(("I could not read that", "Please write"))
    assert "for example" in found.sentence


@pytest.mark.parametrize(
    ("field_id", "text", "value"),
    [
        ("exploitation", "1, 3", ("ForcedLabour", "ChildLabour")),
        ("exploitation", "3 1", ("ForcedLabour", "ChildLabour")),
        ("exploitation", "3;3;1", ("ForcedLabour", "ChildLabour")),
        ("exploitation", "marriage & organs", ("ForcedMarriage", "OrganRemoval")),
        ("exploitation", "Forced marriage, Other", ("ForcedMarriage", "Other")),
        ("exploitation", "unknown", "unknown"),
        ("exploitation", "no idea", "unknown"),
        ("assistance", "rescue and interpreter", ("urgent_rescue", "interpreter")),
        ("assistance", "Interpreter\nUrgent rescue", ("urgent_rescue", "interpreter")),
        ("assistance", "1、7", ("urgent_rescue", "interpreter")),
        ("assistance", "urgent_rescue; interpreter", ("urgent_rescue", "interpreter")),
        ("assistance", "12", ("advice_only",)),
        ("assistance", "1 2", ("urgent_rescue", "locate_person")),
    ],
)
def test_several_choices_are_understood_and_put_in_order(field_id: str, text: str, value: Value) -> None:
    found = reading(field_id, text)
    assert isinstance(found, Read)
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("three", 3), ("Three people", 3), ("3 persons", 3), ("2 girls", 2), ("999", 999), ("1", 1), ("៣", 3)],
)
def test_whole_numbers_are_understood(text: str, number: int) -> None:
    assert reading("persons_count", text) == Read(number, str(number))


def test_a_text_is_kept_as_written_without_what_cannot_be_stored() -> None:
    assert reading("area", "  Jiangxi, Nanchang \n") == Read("Jiangxi, Nanchang")
    assert reading("summary", "a\x00b\ud800\u202ec\r\nd") == Read("abc\nd")
    assert reading("summary", "ប្រទេស\u200bកម្ពុជា") == Read("ប្រទេស\u200bកម្ពុជា")


def test_a_text_too_long_is_told_its_length_and_the_limit() -> None:
    assert reading("area", "x" * 80) == Read("x" * 80)
    assert reading("summary", "x" * 500) == Read("x" * 500)
    found = reading("area", "x" * 81)
    assert found == Unclear("That is 81 characters long and 80 fit here. Please write it shorter.")
    found = reading("summary", "x" * 501)
    assert found == Unclear("That is 501 characters long and 500 fit here. Please write it shorter.")


@pytest.mark.parametrize("each", [f for f in FIELDS if f.may_be_unknown], ids=lambda f: f.id)
def test_unknown_is_understood_wherever_it_is_allowed(each: Field) -> None:
    for text in ("unknown", "Unknown", "don't know", "I don’t know.", "?", "not known"):
        assert reading(each.id, text) == Read("unknown", "Unknown")


@pytest.mark.parametrize("each", [f for f in FIELDS if not f.may_be_unknown], ids=lambda f: f.id)
def test_unknown_is_no_value_where_it_is_not_allowed(each: Field) -> None:
    found = reading(each.id, "unknown")
    assert found == Read("unknown") if each.id == "summary" else isinstance(found, Unclear)


@pytest.mark.parametrize("each", FIELDS, ids=lambda f: f.id)
def test_the_example_of_a_question_is_an_answer_to_it(each: Field) -> None:
    for text in each.example.split(", or ") if each.kind is not FieldKind.TIME else ["17 Apr 14:05", "2 hours ago"]:
        assert not isinstance(reading(each.id, text), Unclear), text


@given(st.sampled_from(FIELDS), st.text())
def test_no_text_breaks_the_reading(each: Field, text: str) -> None:
    assert_storable(each, reading(each.id, text))


KNOWN = (
    "yes no not 1 2 16 and , / unknown KH china korea 14:05 -07:00 ago 2h apr 17 fri last 2026-04-17 T Z am +99 today"
)
typed_words = st.sampled_from(KNOWN.split())


@given(st.sampled_from(FIELDS), st.lists(typed_words, max_size=6), st.sampled_from(["", " ", "\n"]))
def test_no_mixture_of_known_words_breaks_the_reading(each: Field, words: list[str], between: str) -> None:
    assert_storable(each, reading(each.id, between.join(words)))


def assert_storable(each: Field, found: Reading) -> None:
    """Whatever is read is a value of the field."""
    if isinstance(found, Unclear):
        assert found.sentence
    elif found.value == "unknown":
        assert each.may_be_unknown or each.kind is FieldKind.TEXT
    elif each.choices:
        codes = [c.code for c in each.choices]
        chosen = [found.value] if each.kind is FieldKind.CHOICE else list(found.value)  # type: ignore[arg-type]
        assert chosen == [c for c in codes if c in chosen]
    elif each.kind is FieldKind.TIME:
        assert isinstance(found, Confirm)
        assert datetime.fromisoformat(str(found.value)).tzinfo is UTC
    elif each.kind is FieldKind.NUMBER:
        assert isinstance(found.value, int)
        assert 1 <= found.value <= each.limit
    else:
        "".join(found.value).encode()  # type: ignore[arg-type]
