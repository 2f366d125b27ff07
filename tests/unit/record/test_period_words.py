"""Periods in words: what an admin who types or chooses one gets."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.case import Status
from bot.record.period_words import CALENDAR, period_of
from bot.record.wanted_export import wanted_export

PHNOM_PENH = ZoneInfo("Asia/Phnom_Penh")
NOW = datetime(2026, 4, 18, 9, tzinfo=UTC)


def days(text: str, now: datetime = NOW) -> tuple[str, str]:
    found = period_of(text, now, PHNOM_PENH)
    assert found
    return found[0].days


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this month", "2026-04-01", "2026-04-30"),
        ("last month why", "2026-03-01", "2026-03-31"),
        ("This  Quarter: why", "2026-04-01", "2026-06-30"),
        ("last quarter", "2026-01-01", "2026-03-31"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("from 2026-03-05 to 2026-03-05", "2026-03-05", "2026-03-05"),
        ("from 2026-03-05 until 2026-04-01", "2026-03-05", "2026-04-01"),
        ("2026-01-01 2026-02-01", "2026-01-01", "2026-01-31"),
    ],
)
def test_a_period_is_read_as_it_is_said(text: str, first: str, last: str) -> None:
    assert days(text) == (first, last)


def test_days_are_the_readers_own_and_bare_dates_are_utc_as_they_always_were() -> None:
    own, bare = (
        period_of(text, NOW, PHNOM_PENH) for text in ("from 2026-03-01 to 2026-03-31", "2026-03-01 2026-04-01")
    )
    assert own
    assert bare
    assert (own[0].since, own[0].until) == (
        datetime(2026, 2, 28, 17, tzinfo=UTC), datetime(2026, 3, 31, 17, tzinfo=UTC)
    )  # fmt: skip
    assert (bare[0].since, bare[0].until) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


def test_at_the_turn_of_the_year_the_month_is_the_one_on_the_readers_wall() -> None:
    eve = datetime(2026, 12, 31, 18, tzinfo=UTC)
    assert days("this month", eve) == ("2027-01-01", "2027-01-31")
    assert days("last month", eve) == ("2026-12-01", "2026-12-31")
    assert days("last quarter", eve) == ("2026-10-01", "2026-12-31")


@pytest.mark.parametrize(
    "text",
    ["", "month", "next month", "last monthly", "from 2026-03-05 to 2026-03-04", "from 2026-02-30 to 2026-03-01",
     "2026-02-01 2026-02-01", "from 9999-12-31 to 9999-12-31", "from 0001-01-01 to 0001-01-02", "2026-01-01"],
)  # fmt: skip
def test_what_is_no_period_is_none(text: str) -> None:
    assert period_of(text, NOW, PHNOM_PENH) is None


@pytest.mark.parametrize("text", CALENDAR)
def test_every_period_that_can_be_chosen_can_be_typed(text: str) -> None:
    assert period_of(f"{text} because", NOW, PHNOM_PENH)


def test_format_corridor_and_status_stand_before_the_period_in_any_order_and_the_reason_after_it() -> None:
    found = wanted_export("closed kc XLSX nobom last month The annual meeting, KC", NOW, PHNOM_PENH, {"KC"})
    assert found
    wanted, reason = found
    assert (wanted.format, wanted.only.corridor, wanted.only.status) == ("xlsx", "KC", Status.CLOSED)
    assert (wanted.has_mark, reason) == (False, "The annual meeting, KC")


@pytest.mark.parametrize("text", ["pdf last month why", "XX last month why", "xlsx", "", "xlsx KC why"])
def test_a_word_that_is_none_of_ours_exports_nothing(text: str) -> None:
    assert wanted_export(text, NOW, PHNOM_PENH, {"KC"}) is None
