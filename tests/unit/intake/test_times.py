"""What people are promised about dates: strict and common forms, always shown back, nothing vague taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fields import field
from bot.intake.reading.answer_reader import read
from bot.intake.reading.result import Confirm, Reading, Unclear

#: Saturday 18 April 2026, 14:05 in Phnom Penh.
NOW = datetime(2026, 4, 18, 7, 5, tzinfo=UTC)
PHNOM_PENH = ZoneInfo("Asia/Phnom_Penh")

NOT_READ = "I could not read that as a date and time."
NO_TIME = "Please give the day and the time of day"
FUTURE = "That time is still to come."
TOO_OLD = "That is more than ten years ago."
BUDDHIST = "That year looks like one of the Buddhist calendar."
OTHER_DAY = "That date is another day of the week."


def reading(text: str, now: datetime = NOW, zone: ZoneInfo = PHNOM_PENH) -> Reading:
    return read(field("last_contact_at"), text, now=now, zone=zone)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-04-17T14:05+07:00", "Fri 17 Apr 2026 14:05"),
        ("2026-04-17T14:05:00+07:00", "Fri 17 Apr 2026 14:05"),
        ("2026-04-17T07:05:12.345Z", "Fri 17 Apr 2026 14:05"),
        ("2026-04-17t15:05+0800", "Fri 17 Apr 2026 14:05"),
        ("2026-04-17 14:05", "Fri 17 Apr 2026 14:05"),
        ("2026/04/17 14:05", "Fri 17 Apr 2026 14:05"),
        ("2026-04-17 2pm", "Fri 17 Apr 2026 14:00"),
        ("17 Apr 14:05", "Fri 17 Apr 2026 14:05"),
        ("17 apr, 14:05.", "Fri 17 Apr 2026 14:05"),
        ("17Apr 14:05", "Fri 17 Apr 2026 14:05"),
        ("14:05 17 April", "Fri 17 Apr 2026 14:05"),
        ("17 April 2026 2pm", "Fri 17 Apr 2026 14:00"),
        ("17th of April 2026 at 2:05 p.m.", "Fri 17 Apr 2026 14:05"),
        ("April 17th, 2026 at 2:05 pm", "Fri 17 Apr 2026 14:05"),
        ("17/04/2026 14:05", "Fri 17 Apr 2026 14:05"),
        ("17.04.2026 14h05", "Fri 17 Apr 2026 14:05"),
        ("17-04-2026 14:05", "Fri 17 Apr 2026 14:05"),
        ("17/4 14:05", "Fri 17 Apr 2026 14:05"),
        ("04/17/2026 14:05", "Fri 17 Apr 2026 14:05"),
        ("4/3/2026 14:05", "Wed 4 Mar 2026 14:05"),
        ("today 13:05", "Sat 18 Apr 2026 13:05"),
        ("today at noon", "Sat 18 Apr 2026 12:00"),
        ("yesterday 21:00", "Fri 17 Apr 2026 21:00"),
        ("yesterday at 9 pm", "Fri 17 Apr 2026 21:00"),
        ("20:00 yesterday", "Fri 17 Apr 2026 20:00"),
        ("2 hours ago", "Sat 18 Apr 2026 12:05"),
        ("2h ago", "Sat 18 Apr 2026 12:05"),
        ("an hour ago", "Sat 18 Apr 2026 13:05"),
        ("30 min ago", "Sat 18 Apr 2026 13:35"),
        ("half an hour ago", "Sat 18 Apr 2026 13:35"),
        ("half hour ago", "Sat 18 Apr 2026 13:35"),
        ("1 hour ago", "Sat 18 Apr 2026 13:05"),
        ("1 hour 30 min ago", "Sat 18 Apr 2026 12:35"),
        ("2 hours and 30 minutes ago", "Sat 18 Apr 2026 11:35"),
        ("36 hours ago", "Fri 17 Apr 2026 02:05"),
        ("just now", "Sat 18 Apr 2026 14:05"),
        ("14:05", "Sat 18 Apr 2026 14:05"),
        ("14:06", "Sat 18 Apr 2026 14:06"),
        ("14:20", "Fri 17 Apr 2026 14:20"),
        ("23:59", "Fri 17 Apr 2026 23:59"),
        ("1405 hrs", "Sat 18 Apr 2026 14:05"),
        ("12am", "Sat 18 Apr 2026 00:00"),
        ("12:30 pm", "Sat 18 Apr 2026 12:30"),
        ("Friday 9am", "Fri 17 Apr 2026 09:00"),
        ("on Friday at 9am", "Fri 17 Apr 2026 09:00"),
        ("last friday 9am", "Fri 17 Apr 2026 09:00"),
        ("Saturday 9am", "Sat 18 Apr 2026 09:00"),
        ("Saturday 5pm", "Sat 11 Apr 2026 17:00"),
        ("last Saturday 9am", "Sat 11 Apr 2026 09:00"),
        ("Fri 17 Apr 14:05", "Fri 17 Apr 2026 14:05"),
        ("Fri, 17 Apr 2026, 14:05", "Fri 17 Apr 2026 14:05"),
        ("25 Dec 14:05", "Thu 25 Dec 2025 14:05"),
        ("1 May 2016 10:00", "Sun 1 May 2016 10:00"),
        ("about 14:05", "Sat 18 Apr 2026 14:05"),
        ("around 2 hours ago", "Sat 18 Apr 2026 12:05"),
        ("14:00 Beijing time", "Sat 18 Apr 2026 13:00"),
        ("17 Apr 14:05 UTC", "Fri 17 Apr 2026 21:05"),
        ("17 Apr 14:05 UTC+8", "Fri 17 Apr 2026 13:05"),
        ("17 Apr 14:05 Ha Noi", "Fri 17 Apr 2026 14:05"),
    ],
)
def test_a_date_is_understood_and_shown_back_in_the_writers_time(text: str, shown: str) -> None:
    found = reading(text)
    assert isinstance(found, Confirm), found
    assert found.shown == f"{shown} Phnom Penh"
    local = datetime.fromisoformat(str(found.value)).astimezone(PHNOM_PENH)
    assert f"{local:%a} {local.day} {local:%b %Y %H:%M}" == shown
    assert str(found.value).endswith("Z")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", NOT_READ),
        ("soon", NOT_READ),
        ("2", NOT_READ),
        ("after 21:00", NOT_READ),
        ("before yesterday 21:00", NOT_READ),
        ("14:05?", NOT_READ),
        ("not 14:05", NOT_READ),
        ("10:05-11:00", NOT_READ),
        ("yesterday 21:00-22:00", NOT_READ),
        ("between 10:00 and 11:00", NOT_READ),
        ("14:05 15:05", NOT_READ),
        ("14:055", NOT_READ),
        ("25:00", NOT_READ),
        ("24:00", NOT_READ),
        ("14:60", NOT_READ),
        ("13pm", NOT_READ),
        ("0 am", NOT_READ),
        ("31 Feb 14:05", NOT_READ),
        ("31/04/2026 14:05", NOT_READ),
        ("13/13/2025 14:05", NOT_READ),
        ("0/4 14:05", NOT_READ),
        ("17/04/26 14:05", NOT_READ),
        ("17 Apt 14:05", NOT_READ),
        ("2026-04-17T14:05+99:00", NOT_READ),
        ("2026-04-17T14:05+07:77", NOT_READ),
        ("this friday 9am", NOT_READ),
        ("ago", NOT_READ),
        ("-2 hours ago", NOT_READ),
        ("yesterday", NO_TIME),
        ("today", NO_TIME),
        ("yesterday evening", NO_TIME),
        ("last night", NO_TIME),
        ("this morning", NO_TIME),
        ("17 April 2026", NO_TIME),
        ("2026-04-17", NO_TIME),
        ("Friday", NO_TIME),
        ("2 days ago", NO_TIME),
        ("a week ago", NO_TIME),
        ("midnight", NO_TIME),
        ("today 16:00", FUTURE),
        ("tomorrow 9am", FUTURE),
        ("19 Apr 14:05", FUTURE),
        ("18 Apr 2026 14:15", FUTURE),
        ("2027-01-01 10:00", FUTURE),
        ("17 Apr 2016 10:00", TOO_OLD),
        ("1 Jan 2001 10:00", TOO_OLD),
        ("0001-01-01T00:00+14:00", TOO_OLD),
        ("Thu 17 Apr 14:05", OTHER_DAY),
        ("17/04/2569 14:05", BUDDHIST),
        ("17/04/2569", BUDDHIST),
        ("17 Apr 2568 21:00", BUDDHIST),
        ("yesterday at 9", NO_TIME),
        ("this morning 9pm", NO_TIME),
    ],
)
def test_what_is_no_clear_past_moment_is_asked_again(text: str, sentence: str) -> None:
    found = reading(text)
    assert isinstance(found, Unclear), found
    assert found.sentence.startswith(sentence)
    assert "for example" in found.sentence or "like this" in found.sentence


def test_a_date_without_an_offset_is_the_writers() -> None:
    for city, hour in (("Asia/Shanghai", 6), ("Asia/Phnom_Penh", 7), ("UTC", 14)):
        assert reading("17 Apr 14:05", zone=ZoneInfo(city)).value == f"2026-04-17T{hour:02}:05:00Z"  # type: ignore[union-attr]


def test_a_year_is_last_years_only_when_the_date_is_far_ahead() -> None:
    new_year = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
    assert reading("31 Dec 23:50", now=new_year) == Confirm("2025-12-31T16:50:00Z", "Wed 31 Dec 2025 23:50 Phnom Penh")
    assert isinstance(reading("20 Jan 10:00", now=new_year), Unclear)


def test_unknown_needs_no_confirmation() -> None:
    assert reading("unknown").value == "unknown"  # type: ignore[union-attr]


@given(
    st.datetimes(datetime(2017, 1, 1), datetime(2026, 4, 18)),  # noqa: DTZ001
    st.sampled_from(
        ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S+07:00", "%d %b %Y %H:%M", "%d %B %Y %I:%M %p", "%a %d %b %Y, %H:%M"]
    ),
)
def test_every_moment_survives_every_written_out_form(local: datetime, form: str) -> None:
    found = reading(local.strftime(form))
    assert isinstance(found, Confirm)
    meant = local.replace(second=0 if "%S" not in form else local.second, microsecond=0, tzinfo=PHNOM_PENH)
    assert datetime.fromisoformat(str(found.value)) == meant


@given(st.text(alphabet="0123456789:-+/. TZapmagohurysinfe", max_size=30))
def test_no_scrawl_is_read_as_the_future_or_the_distant_past(text: str) -> None:
    found = reading(text)
    if isinstance(found, Confirm):
        moment = datetime.fromisoformat(str(found.value))
        assert NOW - timedelta(days=3654) < moment <= NOW + timedelta(minutes=5)
