"""Texts that no formal channel takes as they are get a mark, and English ones never do."""

from __future__ import annotations

import pytest

from bot.language.writing_systems import Script, is_english, mark, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("she is locked in, please hurry!", Script.LATIN),
        ("ok 12:30 +1", Script.LATIN),
        ("123, 45", Script.LATIN),
        ("café, résumé, Nánchāng, Košice", Script.LATIN),
        ("ចាក់សោក្នុងផ្ទះ", Script.KHMER),
        ("她被锁在房间里", Script.CHINESE),
        ("Chị ấy ở Nam Ninh, cửa bị khóa", Script.VIETNAMESE),
        ("не знаю", Script.OTHER),
        ("she is at 南昌市", Script.CHINESE),
        ("flat 4, ផ្ទះ, 南", Script.KHMER),
    ],
)
def test_a_script_is_told_by_its_letters(text: str, script: Script) -> None:
    assert script_of(text) is script


def test_a_place_with_its_vietnamese_name_leaves_an_english_text_english() -> None:
    assert mark("the bus goes from Đà Nẵng to Nanning tomorrow evening at six", "en") == ""


def test_the_mark_names_the_script_and_says_what_is_missing() -> None:
    assert mark("ចាក់សោក្នុងផ្ទះ", "en") == ("(written in Khmer; an English version is needed for the formal channels)")
    assert mark("she is at 南昌市, third floor, blue door", "en").startswith("(partly written in Chinese;")


@pytest.mark.parametrize("text", ["rescued, safe", "ＯＫ", "café"])
def test_latin_letters_can_stand_in_the_english_record(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", ["", "123", "她", "rescued 她"])
def test_anything_else_cannot(text: str) -> None:
    assert not is_english(text)
