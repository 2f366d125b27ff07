"""The time at the beginning of a line, and the words that follow: read where there is one reading, else not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.intake.reading.leading_time import leading_time

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 4, 18, 7, 0, tzinfo=UTC)  #: a Saturday, 15:00 in Beijing


@pytest.mark.parametrize(
    ("typed", "when", "words"),
    [
        ("2h waiting", "Sat 18 17:00", "waiting"),
        ("1h 30m waiting", "Sat 18 16:30", "waiting"),
        ("in 2 days: the judge", "Mon 20 15:00", "the judge"),
        ("10h 30 people wait", "Sun 19 01:00", "30 people wait"),
        ("18:10 a meeting", "Sat 18 18:10", "a meeting"),
        ("9:00 pm they come", "Sat 18 21:00", "they come"),
        ("tomorrow 12:00 the ministry opens", "Sun 19 12:00", "the ministry opens"),
        ("by tomorrow 12:00: about the visa", "Sun 19 12:00", "about the visa"),
        ("20 Apr 09:00, waiting", "Mon 20 09:00", "waiting"),
        ("Mon 09:00 minister", "Mon 20 09:00", "minister"),
        ("18:10 Monday, the minister", "Mon 20 18:10", "the minister"),
        ("tomorrow 9am ambulance", "Sun 19 09:00", "ambulance"),
        ("18:10 Phnom Penh time, she is away", "Sat 18 19:10", "she is away"),
        ("2026-04-19T05:00Z, x", "Sun 19 13:00", "x"),
        ("明天上午9点，等省厅", "Sun 19 09:00", "等省厅"),
        ("明天12:00等省厅", "Sun 19 12:00", "等省厅"),
        ("明天上午9点30个人", "Sun 19 09:00", "30个人"),
        ("ថ្ងៃស្អែក ម៉ោង ៩ ព្រឹក រង់ចាំ", "Sun 19 09:00", "រង់ចាំ"),
        ("tomorrow 12:00", "Sun 19 12:00", ""),
    ],
)
def test_what_has_one_reading_is_read_and_the_rest_are_the_words(typed: str, when: str, words: str) -> None:
    read = leading_time(typed, NOW, BEIJING)
    assert read is not None
    assert (f"{read[0].astimezone(BEIJING):%a %d %H:%M}", read[1]) == (when, words)


@pytest.mark.parametrize(
    "typed",
    [
        "1h30 waiting",  # how long, or half past one
        "18:10 Monday meeting",  # which of the two is on Monday
        "18:10, Monday meeting",
        "明天9点等省厅",  # in the morning or in the evening
        "today 9 x",
        "9:00 or 10:00 x",
        "12:00-13:00 x",
        "2h or 3h",
        "25:99 x",
        "17 Apr 09:00 over",
        "tomorrow morning x",
        "3 people wait",
        "",
    ],
)
def test_what_has_two_readings_or_none_is_not_guessed(typed: str) -> None:
    assert leading_time(typed, NOW, BEIJING) is None
