"""What people are promised about countries: by code or name, doubtful ones shown back, ambiguous ones asked."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.case import Value
from bot.domain.fields import field
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Confirm, Read, Reading, Unclear


def reading(field_id: str, text: str) -> Reading:
    return read(field(field_id), text, now=datetime(2026, 4, 18, 7, 5, tzinfo=UTC), zone=ZoneInfo("Asia/Phnom_Penh"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN", "CN"),
        ("cn", "CN"),
        ("CHN", "CN"),
        ("China", "CN"),
        ("PRC", "CN"),
        ("P.R. China", "CN"),
        ("中国", "CN"),
        ("Kampuchea", "KH"),
        ("កម្ពុជា", "KH"),
        ("cambodia.", "KH"),
        ("Camb", "KH"),
        ("Vietnam", "VN"),
        ("Viet Nam", "VN"),
        ("VIỆT NAM", "VN"),
        ("Laos", "LA"),
        ("Lao PDR", "LA"),
        ("Burma", "MM"),
        ("the Philippines", "PH"),
        ("South Korea", "KR"),
        ("cote d'ivoire", "CI"),
        ("USA", "US"),
        ("US", "US"),
        ("Norway", "NO"),
        ("Niger", "NE"),
    ],
)
def test_countries_are_understood_by_code_and_name(text: str, code: str) -> None:
    found = reading("country", text)
    assert isinstance(found, Read)
    assert found.value == code


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        ("Cambodja", "KH", "Cambodia"),
        ("Vietnm", "VN", "Viet Nam"),
        ("China?", "CN", "China"),
        ("us", "US", "United States of America"),
        ("my", "MY", "Malaysia"),
        ("are", "AE", "United Arab Emirates"),
    ],
)
def test_a_doubtful_country_is_shown_back_first(text: str, code: str, shown: str) -> None:
    assert reading("country", text) == Confirm(code, shown)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Korea", "North Korea (KP), South Korea (KR)"),
        ("Congo", "Republic of the Congo (CG), Democratic Republic of the Congo (CD)"),
        ("Virgin Islands", "British Virgin Islands (VG), United States Virgin Islands (VI)"),
        ("Nigera", "Nigeria (NG), Niger (NE)"),
    ],
)
def test_an_ambiguous_country_is_asked_with_its_candidates(text: str, names: str) -> None:
    sentence = f"That could be more than one country: {names}. Please write the code or the full name."
    assert reading("country", text) == Unclear(sentence)
    assert reading("citizenship", f"China, {text}") == Unclear(sentence)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("KH", ("KH",)),
        ("KH, VN", ("KH", "VN")),
        ("KH VN", ("KH", "VN")),
        ("Cambodia and Viet Nam", ("KH", "VN")),
        ("Cambodian / Vietnamese", ("KH", "VN")),
        ("Cambodia; Cambodia", ("KH",)),
        ("Trinidad and Tobago and China", ("TT", "CN")),
        ("China and Bosnia and Herzegovina", ("CN", "BA")),
        ("Saint Helena, Ascension and Tristan da Cunha", ("SH",)),
        ("unknown", "unknown"),
        ("?", "unknown"),
    ],
)
def test_several_citizenships_are_understood(text: str, value: Value) -> None:
    found = reading("citizenship", text)
    assert isinstance(found, Read)
    assert found.value == value


def test_one_doubtful_citizenship_makes_the_whole_answer_shown_back() -> None:
    assert reading("citizenship", "Cambodja, CN") == Confirm(("KH", "CN"), "Cambodia, China")


@pytest.mark.parametrize(
    ("field_id", "text"),
    [
        ("country", "no"),
        ("country", "NO"),
        ("country", "not China"),
        ("country", "left Laos"),
        ("country", "near Viet Nam"),
        ("country", "China or Laos"),
        ("country", "China, Laos"),
        ("country", "China and"),
        ("country", "unknown"),
        ("country", "XX"),
        ("country", "Atlantis"),
        ("country", ""),
        ("citizenship", "both"),
        ("citizenship", "Cambodia or China"),
        ("citizenship", "Cambodia, not China"),
        ("citizenship", "KH, unknown"),
        ("country", "x" * 5000),
        ("citizenship", "China, " * 200),
    ],
)
def test_what_only_looks_like_a_country_is_asked_again(field_id: str, text: str) -> None:
    found = reading(field_id, text)
    assert isinstance(found, Unclear)
    assert found.sentence.startswith("I could not read that as a country. Please write")
    assert field(field_id).example in found.sentence


@pytest.mark.parametrize(
    "text", ["child", "came", "port", "green", "begin", "hong", "mars", "moves", "it", "here", "main", "anti", "span"]
)
def test_a_word_that_only_resembles_a_country_is_asked_about(text: str) -> None:
    assert isinstance(reading("country", text), Unclear)
