"""What people are promised about times: both sides' clocks, and no word that moves with the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.domain.agreement import Party
from bot.domain.time_words import as_utc, both_times, clocks, span

KH = Party("KH", "Kingdom of Cambodia", "Asia/Phnom_Penh")
CN = Party("CN", "People's Republic of China", "Asia/Shanghai")
VN = Party("VN", "Viet Nam", "Asia/Ho_Chi_Minh")


def test_a_time_is_shown_on_both_clocks() -> None:
    assert (
        both_times(datetime(2026, 4, 18, 7, 5, tzinfo=UTC), [KH, CN]) == "Sat 18 Apr 14:05 Phnom Penh / 15:05 Beijing"
    )


def test_the_day_is_repeated_only_where_it_differs() -> None:
    moment = datetime(2026, 4, 18, 16, 30, tzinfo=UTC)
    assert both_times(moment, [KH, CN]) == "Sat 18 Apr 23:30 Phnom Penh / Sun 19 Apr 00:30 Beijing"
    assert both_times(moment, [CN, VN, KH]) == "Sun 19 Apr 00:30 Beijing / Sat 18 Apr 23:30 Ha Noi / 23:30 Phnom Penh"


def test_what_is_said_just_now_needs_no_day_unless_it_differs() -> None:
    assert clocks(datetime(2026, 4, 18, 7, 5, tzinfo=UTC), [KH, CN]) == "14:05 Phnom Penh / 15:05 Beijing"
    moment = datetime(2026, 4, 18, 16, 30, tzinfo=UTC)
    assert clocks(moment, [KH, CN]) == "Sat 18 Apr 23:30 Phnom Penh / Sun 19 Apr 00:30 Beijing"
    assert clocks(moment, []) == "Sat 18 Apr 16:30 UTC"


def test_the_year_is_shown_where_it_is_asked_for() -> None:
    moment = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
    shown = both_times(moment, [KH, CN], with_year=True)
    assert shown == "Wed 31 Dec 2025 23:30 Phnom Penh / Thu 1 Jan 2026 00:30 Beijing"


def test_without_parties_it_is_utc() -> None:
    moment = datetime(2026, 4, 18, 14, 5, tzinfo=timezone(timedelta(hours=7)))
    assert both_times(moment, []) == "Sat 18 Apr 07:05 UTC"
    assert both_times(moment, [], with_year=True) == "Sat 18 Apr 2026 07:05 UTC"


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "0 min"),
        (0.9, "0 min"),
        (-5, "0 min"),
        (15, "15 min"),
        (60, "1 h"),
        (65, "1 h 5 min"),
        (24 * 60, "1 d"),
        (52 * 60, "2 d 4 h"),
        (52 * 60 + 7, "2 d 4 h"),
        (24 * 60 + 7, "1 d 7 min"),
    ],
)
def test_a_duration_is_shown_in_its_two_largest_units(minutes: float, shown: str) -> None:
    assert span(timedelta(minutes=minutes)) == shown


def test_records_hold_utc_in_whole_seconds() -> None:
    moment = datetime(2026, 4, 18, 14, 5, 9, 999_999, tzinfo=timezone(timedelta(hours=7)))
    assert as_utc(moment) == "2026-04-18T07:05:09Z"
    assert datetime.fromisoformat(as_utc(moment)) == moment.replace(microsecond=0)


DE = Party("DE", "Federal Republic of Germany", "Europe/Berlin")
UK = Party("GB", "United Kingdom", "Europe/London")
#: In the night to this day Berlin's clocks go back from 03:00 to 02:00, at 01:00 UTC.
NIGHT = datetime(2026, 10, 25, tzinfo=UTC)


def test_in_the_hour_that_comes_twice_the_offset_says_which_it_is() -> None:
    assert both_times(NIGHT.replace(minute=10), [DE]) == "Sun 25 Oct 02:10 Berlin (+02:00)"
    assert both_times(NIGHT.replace(hour=1, minute=10), [DE]) == "Sun 25 Oct 02:10 Berlin (+01:00)"
    assert clocks(NIGHT.replace(hour=1, minute=10), [DE]) == "02:10 Berlin (+01:00)"


def test_a_deadline_that_looks_earlier_than_its_case_says_by_which_offset_each_is_told() -> None:
    opened, due = NIGHT.replace(minute=55), NIGHT.replace(hour=1, minute=10)
    assert clocks(opened, [DE, KH]) == "02:55 Berlin (+02:00) / 07:55 Phnom Penh"
    assert clocks(due, [DE, KH]) == "02:10 Berlin (+01:00) / 08:10 Phnom Penh"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (NIGHT - timedelta(days=4), "Wed 21 Oct 02:00 Berlin"),
        (NIGHT - timedelta(days=2), "Fri 23 Oct 02:00 Berlin (+02:00)"),
        (NIGHT + timedelta(days=2), "Tue 27 Oct 01:00 Berlin (+01:00)"),
        (NIGHT + timedelta(days=5), "Fri 30 Oct 01:00 Berlin"),
    ],
)
def test_the_offset_is_written_for_the_days_around_a_change_and_never_else(moment: datetime, shown: str) -> None:
    assert both_times(moment, [DE]) == shown


def test_only_the_zone_that_changes_has_its_offset_written() -> None:
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    shown = "Sun 29 Mar 00:30 London (+00:00) / 01:30 Berlin (+01:00) / 08:30 Beijing / 07:30 Ha Noi"
    assert both_times(moment, [UK, DE, CN, VN]) == shown


@pytest.mark.parametrize("days", range(0, 366, 5))
def test_where_clocks_are_never_changed_no_offset_is_written(days: int) -> None:
    moment = datetime(2026, 1, 1, 7, 5, tzinfo=UTC) + timedelta(days=days)
    assert "(" not in both_times(moment, [KH, CN, VN]) + clocks(moment, [KH, CN, VN]) + both_times(moment, [])


def test_a_moment_long_after_what_it_counts_from_has_its_offset_too_when_the_clocks_changed_between() -> None:
    opened, due = NIGHT - timedelta(days=10), NIGHT + timedelta(days=10)
    assert both_times(due, [DE], since=opened) == "Wed 4 Nov 01:00 Berlin (+01:00)"
    assert clocks(due, [DE, KH], since=opened) == "01:00 Berlin (+01:00) / 07:00 Phnom Penh"
    assert both_times(due, [DE], since=due - timedelta(days=6)) == "Wed 4 Nov 01:00 Berlin"
