"""What words say that nobody asked for: only a whole message of listed small talk is small talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data.reader import data
from bot.domain.typed_commands import Command
from bot.intake.reading.first_words import Told, command_alone, stops, takes_back, told, yes_or_no

LANGUAGES = ("en", "zh", "km", "vi")
WORDS = {language: data(f"first_words/{language}") for language in LANGUAGES}
SMALL = [phrase for words in WORDS.values() for name in ("small", "thanks", "greetings") for phrase in words[name]]
HAPPENED = [phrase.replace("*", "") for words in WORDS.values() for phrase in words["happened"]]
SMALL_TALK = (Told.SMALL, Told.THANKS, Told.GREETING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_that_english_says(language: str) -> None:
    assert list(WORDS[language]) == [name for name in WORDS["en"] if name != "note"] or language == "en"


@pytest.mark.parametrize("phrase", SMALL)
def test_all_that_is_listed_as_small_talk_is_read_as_it(phrase: str) -> None:
    assert told(phrase) in SMALL_TALK
    assert told(f" {phrase.upper()}!! ") in SMALL_TALK


@pytest.mark.parametrize("phrase", HAPPENED)
def test_nothing_that_happened_is_small_talk_or_a_command(phrase: str) -> None:
    assert told(phrase) not in SMALL_TALK
    assert command_alone(phrase) is None
    assert not takes_back(phrase)


@given(
    st.lists(st.sampled_from(SMALL), max_size=4),
    st.sampled_from(HAPPENED),
    st.lists(st.sampled_from(SMALL), max_size=4),
)
def test_small_talk_around_it_hides_nothing_that_happened(before: list[str], phrase: str, after: list[str]) -> None:
    message = " ".join([*before, phrase, *after])
    assert told(message) not in SMALL_TALK
    assert command_alone(message) is None
    assert not takes_back(message)


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    assert told(text) in Told
    assert not (stops(text) and told(text) is Told.HAPPENED)
    assert command_alone(text) is None or yes_or_no(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("girl 16 locked in a flat", Told.HAPPENED),
        ("GIRL\u200b 16 LOCKED", Told.HAPPENED),
        ("she can't leave", Told.HAPPENED),
        ("she can\u2019t leave", Told.HAPPENED),
        ("ចាប់\u200bខ្លួន", Told.HAPPENED),
        ("她 被 锁 在 房 间", Told.HAPPENED),
        ("co ay bi nhot", Told.HAPPENED),
        ("Co\u0302 a\u0302\u0301y bi\u0323 nho\u0302\u0301t", Told.HAPPENED),
        ("thanks, the girl is fine", Told.UNSURE),
        ("is the girl safe?", Told.UNSURE),
        ("my girl", Told.HAPPENED),
        ("help me please", Told.UNSURE),
        ("no answer", Told.UNSURE),
        ("🆘", Told.HAPPENED),
        ("😭", Told.UNSURE),
        ("👍🏽", Told.SMALL),
        ("❤️", Told.SMALL),
        ("?", Told.SMALL),
        ("", Told.SMALL),
        ("test 123", Told.SMALL),
        ("12", Told.UNSURE),
        ("1234", Told.UNSURE),
        ("thank you " * 20, Told.UNSURE),
    ],
)
def test_what_words_tell(text: str, expected: Told) -> None:
    assert told(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plan", Command("plan")),
        ("Status?", Command("case")),
        ("plan please", Command("plan")),
        ("my cases", Command("cases")),
        ("更多", Command("help", "more")),
        ("plan and status", None),
        ("plan to move her", None),
        ("thanks", None),
        ("", None),
    ],
)
def test_a_command_alone(text: str, expected: Command | None) -> None:
    assert command_alone(text) == expected


@pytest.mark.parametrize("text", ["yes", "YES!", "y", "是", "បាទ", "có"])
def test_a_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", ["maybe", "yes but", "", "girl locked in"])
def test_neither_yes_nor_no(text: str) -> None:
    assert yes_or_no(text) is None
