"""When offices are open, in zones that change their clocks and in those with odd offsets."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.office_hours import Holiday, Hours, Office

WEEK = (Hours((0, 1, 2, 3, 4), time(8), time(17)),)
DAILY = (Hours((0, 1, 2, 3, 4, 5, 6), time(8), time(17)),)
LUNCH = (Hours((0, 1, 2, 3, 4), time(7, 30), time(11, 30)), Hours((0, 1, 2, 3, 4), time(14), time(17, 30)))


def utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("office", "moment", "opens", "due"),
    [
        # Phnom Penh, UTC+7: Friday 17 April 2026 is a working day.
        (Office("Asia/Phnom_Penh", WEEK), "2026-04-17 05:00", "2026-04-17 05:00", "2026-04-17 05:00"),
        (Office("Asia/Phnom_Penh", WEEK), "2026-04-17 00:59", "2026-04-17 01:00", "2026-04-17 02:00"),
        (Office("Asia/Phnom_Penh", WEEK), "2026-04-17 01:20", "2026-04-17 01:20", "2026-04-17 02:00"),
        (Office("Asia/Phnom_Penh", WEEK), "2026-04-17 09:59", "2026-04-17 09:59", "2026-04-17 09:59"),
        (Office("Asia/Phnom_Penh", WEEK), "2026-04-17 10:00", "2026-04-20 01:00", "2026-04-20 02:00"),
        (Office("Asia/Phnom_Penh", WEEK), "2026-04-18 20:00", "2026-04-20 01:00", "2026-04-20 02:00"),
        (Office("Asia/Phnom_Penh", LUNCH), "2026-04-17 05:00", "2026-04-17 07:00", "2026-04-17 08:00"),
        # Kathmandu, UTC+5:45, and Adelaide, UTC+9:30 in winter and +10:30 in summer.
        (Office("Asia/Kathmandu", WEEK), "2026-04-17 02:14", "2026-04-17 02:15", "2026-04-17 03:15"),
        (Office("Australia/Adelaide", DAILY), "2026-07-10 20:00", "2026-07-10 22:30", "2026-07-10 23:30"),
        (Office("Australia/Adelaide", DAILY), "2026-12-10 20:00", "2026-12-10 21:30", "2026-12-10 22:30"),
        # Berlin: UTC+1 until Sunday 29 March 2026, 01:00 UTC, then +2; +1 again from Sunday 25 October, 01:00 UTC.
        (Office("Europe/Berlin", WEEK), "2026-03-27 17:00", "2026-03-30 06:00", "2026-03-30 07:00"),
        (Office("Europe/Berlin", DAILY), "2026-03-28 17:00", "2026-03-29 06:00", "2026-03-29 07:00"),
        (Office("Europe/Berlin", WEEK), "2026-10-23 16:00", "2026-10-26 07:00", "2026-10-26 08:00"),
        # Lord Howe moves its clocks by half an hour: +11 until Sunday 5 April 2026, 15:00 UTC on Saturday, then +10:30.
        (Office("Australia/Lord_Howe", DAILY), "2026-04-04 10:00", "2026-04-04 21:30", "2026-04-04 22:30"),
        # An hour that does not exist (02:30) is the one after it; of one that comes twice all is within.
        (Office("Europe/Berlin", (Hours((6,), time(2, 30), time(9)),)), "2026-03-28 12:00", "2026-03-29 01:30",
         "2026-03-29 02:30"),
        (Office("Europe/Berlin", (Hours((6,), time(0), time(2, 30)),)), "2026-10-25 01:10", "2026-10-25 01:10",
         "2026-10-25 01:10"),
        # Open at all hours but on a holiday: it opens at midnight of its own time.
        (Office("Asia/Kathmandu", (), (Holiday(date(2026, 4, 14), date(2026, 4, 15)),)), "2026-04-14 12:00",
         "2026-04-15 18:15", "2026-04-15 19:15"),
        (Office("Asia/Kathmandu", (), (Holiday(date(2026, 4, 14), date(2026, 4, 15)),)), "2026-04-16 18:20",
         "2026-04-16 18:20", "2026-04-16 18:20"),
        # Days that adjoin at midnight are one time of being open.
        (Office("Asia/Shanghai", (Hours((0, 1), time(0), None),)), "2026-04-20 16:10", "2026-04-20 16:10",
         "2026-04-20 16:10"),
        (Office("Asia/Shanghai", (Hours((0, 1), time(0), None),)), "2026-04-21 16:10", "2026-04-26 16:00",
         "2026-04-26 17:00"),
    ],
)  # fmt: skip
def test_what_waits_goes_on_when_the_office_opens_and_is_due_an_hour_later(
    office: Office, moment: str, opens: str, due: str
) -> None:
    assert office.opens(utc(moment)) == utc(opens)
    assert office.due(utc(moment)) == utc(due)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_whatever_is_later_is_never_due_sooner(zone: str) -> None:
    office = Office(zone, LUNCH, (Holiday(date(2026, 3, 30), date(2026, 3, 31)),))
    moments = [utc("2026-03-26 00:00") + timedelta(minutes=17) * n for n in range(900)]
    for told in (office.opens, office.due):
        found = [told(moment) for moment in moments]
        assert found == sorted(found)
        assert all(later >= moment for later, moment in zip(found, moments, strict=True))
        assert all(told(later) == later for later in found)


@pytest.mark.parametrize(
    ("holiday", "covered", "free"),
    [
        (Holiday(date(2026, 4, 14), date(2026, 4, 16)), "2026-04-14 2026-04-16", "2026-04-13 2026-04-17 2027-04-14"),
        (Holiday(date(2020, 5, 1), date(2020, 5, 1), is_yearly=True), "2020-05-01 2027-05-01", "2019-05-01 2027-05-02"),
        (Holiday(date(2020, 12, 31), date(2021, 1, 2), is_yearly=True), "2026-12-31 2027-01-02", "2027-01-03"),
        (Holiday(date(2020, 5, 1), date(2020, 5, 1), True, date(2022, 12, 31)), "2022-05-01", "2023-05-01"),
        (Holiday(date(2024, 2, 29), date(2024, 2, 29), is_yearly=True), "2028-02-29", "2026-03-01 2026-02-28"),
    ],
)
def test_a_holiday_covers_its_days_once_or_every_year(holiday: Holiday, covered: str, free: str) -> None:
    assert all(holiday.covers(date.fromisoformat(day)) for day in covered.split())
    assert not any(holiday.covers(date.fromisoformat(day)) for day in free.split())


def test_an_office_that_never_opens_holds_nothing_up() -> None:
    never = Office("Asia/Shanghai", WEEK, (Holiday(date(2026, 1, 1), date(2030, 1, 1)),))
    moment = utc("2026-04-17 05:00")
    assert never.opens(moment) == never.due(moment) == moment
    assert not never.opens_again(moment)
