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
