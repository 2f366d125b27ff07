"""When a shift begins, in zones with daylight saving and odd offsets."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.roster.local_times import read_end, read_moment

BERLIN, KATHMANDU, LORD_HOWE = (ZoneInfo(n) for n in ("Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"))


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-12-24 20:00", KATHMANDU, datetime(2026, 12, 24, 14, 15, tzinfo=UTC)),
        ("2026-12-24T20:00", BERLIN, datetime(2026, 12, 24, 19, tzinfo=UTC)),
        ("2026-07-24 20:00", BERLIN, datetime(2026, 7, 24, 18, tzinfo=UTC)),
        ("2026-10-25 02:30+01:00", BERLIN, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-07-24 20:00", LORD_HOWE, datetime(2026, 7, 24, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_desk_or_with_its_own_offset(
    text: str, zone: ZoneInfo, expected: datetime
) -> None:
    assert read_moment(text, zone) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-03-29 02:30", "2026-03-29 02:30 does not exist in Europe/Berlin: clocks are set forward there"),
        ("2026-10-25 02:30", "comes twice in Europe/Berlin; write which one: 2026-10-25T02:30[+]02:00 or .*[+]01:00"),
        ("tomorrow", "'tomorrow' is no date and time like"),
        ("", "'' is no date and time like"),
    ],
)
def test_a_moment_that_is_none_or_is_two_is_not_guessed(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_moment(text, BERLIN)


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("2026-03-28 22:00", "06:00", 7),  # the night has one hour less
        ("2026-10-24 22:00", "06:00", 9),
        ("2026-12-24 08:00", "20:00", 12),
        ("2026-12-24 20:00", "20:00", 24),
        ("2026-12-24 20:00", "2026-12-25 08:00", 12),
    ],
)
def test_a_night_is_as_long_as_its_clocks_make_it(begins: str, ends: str, hours: int) -> None:
    start = read_moment(begins, BERLIN)
    assert (read_end(ends, start, BERLIN) - start).total_seconds() == hours * 3600
