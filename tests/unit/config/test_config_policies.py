"""Ladders and calendars in the configuration: what they become, and every mistake in them at once."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.domain.agreement import DEFAULT_LEVELS, Urgency
from bot.domain.office_hours import Holiday, Hours, Office
from bot.domain.policy import Group, Rung
from tests.kit.configuring import SMALLEST, TOKEN, Write, told, writer


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def in_corridor(text: str) -> str:
    return SMALLEST.replace("[[desks]]", f"{text}\n[[desks]]", 1)


def of_party(text: str) -> str:
    return SMALLEST.replace('[[parties]]\ncode = "CN"', f'{text}\n[[parties]]\ncode = "CN"', 1)


LADDER = """
[[corridors.ladder]]
level = "U1"
who = "supervisor"
after = "12m"
messengers = ["telegram"]
[[corridors.ladder]]
level = "U1"
who = "duty"
every = "3m"
"""
TELEGRAM = f"[messengers.telegram]\ntoken = '{TOKEN}'\n"


def test_a_corridor_may_have_a_ladder_of_its_own_for_a_level(written: Write) -> None:
    agreement = written(in_corridor(LADDER) + TELEGRAM).agreement()
    assert agreement.policies.of("KC", Urgency.U1).rungs == (
        Rung(Group.REQUESTED_DUTY, minutes(0), minutes(3)),
        Rung(Group.REQUESTED_SUPERVISOR, minutes(12), minutes(10), messengers=("telegram",)),
    )
    assert agreement.policies.of("KC", Urgency.U2) == DEFAULT_LEVELS[Urgency.U2]
    assert agreement.policies.of("VC", Urgency.U1) == DEFAULT_LEVELS[Urgency.U1]


def test_the_fixed_ladder_follows_the_repeat_that_is_configured(written: Write) -> None:
    rungs = written(SMALLEST + '[urgency.U1]\nrepeat = "4m"\n').agreement().policies.of("KC", Urgency.U1).rungs
    assert [(rung.who, rung.after, rung.every) for rung in rungs] == [
        (Group.REQUESTED_DUTY, minutes(0), minutes(4)),
        (Group.REQUESTED_SUPERVISOR, minutes(4), minutes(4)),
        (Group.SECRETARIATS, minutes(8), minutes(4)),
    ]


def test_every_mistake_in_a_ladder_is_told_at_once(written: Write) -> None:
    wrong = """
[[corridors.ladder]]
level = "U1"
who = "duty"
by = "call"
[[corridors.ladder]]
level = "U2"
who = "duty"
messengers = ["pigeon", "telegram", "web"]
[[corridors.ladder]]
level = "U2"
who = "duty"
[[corridors.ladder]]
level = "U3"
who = "secretariat"
after = "1h"
"""
    mistakes = told(written, in_corridor(wrong))
    assert set(mistakes) == {
        "corridors.1.ladder.1.by",
        "corridors.1.ladder.1.after",
        "corridors.1.ladder.2.messengers.1",
        "corridors.1.ladder.2.messengers.2",
        "corridors.1.ladder.2.messengers.3",
        "corridors.1.ladder.3",
        "corridors.1.ladder.4.after",
    }
    assert mistakes["corridors.1.ladder.1.by"].problem == "asks for a call, and nothing is set up that can call."
    assert mistakes["corridors.1.ladder.2.messengers.2"].problem == "telegram is not set up."


def test_a_ladder_that_would_fall_silent_is_told(written: Write) -> None:
    rung = '[[corridors.ladder]]\nlevel = "U1"\nwho = "duty"\nevery = "11m"\n'
    mistakes = told(written, in_corridor(rung))
    assert set(mistakes) == {"corridors.1.ladder.1.every"}
    assert "within 10 min, the repeat of U1" in mistakes["corridors.1.ladder.1.every"].problem
    longer = '[corridors.urgency.U1]\nrepeat = "11m"\n'
    assert written(in_corridor(longer + rung)).agreement().policies.of("KC", Urgency.U1).repeat == minutes(11)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('level = "U5"', "level"),
        ('who = "police"', "who"),
        ('after = "soon"', "after"),
        ('every = "30s"', "every"),
        ('by = "pigeon"', "by"),
        ("messengers = ['']", "messengers.1"),
        ('afer = "1m"', "afer"),
    ],
)
def test_a_rung_that_cannot_be_read_is_told_by_its_key(written: Write, line: str, key: str) -> None:
    name = line.partition(" ")[0]
    others = [each for each in ('level = "U1"', 'who = "duty"') if not each.startswith(name)]
    rung = "\n".join(["[[corridors.ladder]]", *others, line])
    assert set(told(written, in_corridor(rung))) == {f"corridors.1.ladder.1.{key}"}


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//made up//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20270414
DTEND;VALUE=DATE:20270417
SUMMARY:New Year
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20200501
RRULE:FREQ=YEARLY
SUMMARY:Labour Day
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20261109
RRULE:FREQ=YEARLY;COUNT=3;BYMONTH=11;BYMONTHDAY=9
SUMMARY:Independence Day
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART;VALUE=DATE:20270101
STATUS:CANCELLED
SUMMARY:It is worked
END:VEVENT
END:VCALENDAR
"""


def calendar(folder: Path, text: str) -> str:
    file = folder / "days.ics"
    file.write_bytes(text.replace("\n", "\r\n").encode())
    return f'[[parties.holidays]]\nfile = "{file}"\n'


def test_office_hours_and_holidays_make_the_offices_of_a_side(written: Write, tmp_path: Path) -> None:
    hours = """
[[parties.office_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = "07:30"
closes = "16:00"
[[parties.office_hours]]
days = ["sat"]
opens = "08:00"
closes = "24:00"
[[parties.holidays]]
first = 2027-01-07
name = "Victory Day"
"""
    agreement = written(of_party(hours + calendar(tmp_path, CALENDAR))).agreement()
    assert agreement.parties["CN"].office is None
    assert agreement.parties["KH"].office == Office(
        "Asia/Phnom_Penh",
        (Hours((0, 1, 2, 3, 4), time(7, 30), time(16)), Hours((5,), time(8), None)),
        (
            Holiday(date(2020, 5, 1), date(2020, 5, 1), is_yearly=True),
            Holiday(date(2026, 11, 9), date(2026, 11, 9), is_yearly=True, until=date(2028, 12, 31)),
            Holiday(date(2027, 1, 7), date(2027, 1, 7)),
            Holiday(date(2027, 4, 14), date(2027, 4, 16)),
        ),
    )
    assert agreement.policies.of("KC", Urgency.U3).offices == {"KH": agreement.parties["KH"].office}
    assert agreement.policies.of("KC", Urgency.U2).offices == {}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("DTSTART;VALUE=DATE:20270414", "DTSTART:20270414T080000Z", "event 1 has a time of day"),
        ("RRULE:FREQ=YEARLY\n", "RRULE:FREQ=WEEKLY\n", "event 2 comes again in a way"),
        ("RRULE:FREQ=YEARLY\n", "RRULE:FREQ=YEARLY;BYDAY=1MO\n", "event 2 comes again in a way"),
        ("RRULE:FREQ=YEARLY\n", "RRULE:FREQ=YEARLY;INTERVAL=2\n", "event 2 comes again in a way"),
        ("RRULE:FREQ=YEARLY\n", "RDATE;VALUE=DATE:20210502\n", "event 2 comes again in a way"),
        ("RRULE:FREQ=YEARLY\n", "RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20210501\n", "event 2 comes again in a way"),
        ("DTSTART;VALUE=DATE:20200501\n", "", "event 2 has no day"),
        (CALENDAR, "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a calendar without any day"),
        (CALENDAR, "these are no holidays", "no iCalendar file"),
        (CALENDAR, "", "without any day"),
        (CALENDAR, CALENDAR[:200], "without any day"),
        ("DTSTART;VALUE=DATE:20200501", "DTSTART;VALUE=DATE:1 May", "event 2 has no day"),
        (CALENDAR, "BEGIN:VEVENT\nEND:VCALENDAR\n", "event 1 has no day"),
        (CALENDAR, f"{CALENDAR}{'X' * 1_100_000}", "larger than 1 MB"),
    ],
)
def test_a_calendar_that_would_be_misread_is_told(
    written: Write, tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in CALENDAR
    mistakes = told(written, of_party(calendar(tmp_path, CALENDAR.replace(old, new))))
    assert set(mistakes) == {"parties.1.holidays.1.file"}
    assert problem in mistakes["parties.1.holidays.1.file"].problem


def test_every_mistake_in_calendars_is_told_at_once(written: Write, tmp_path: Path) -> None:
    (tmp_path / "folder.ics").mkdir()
    wrong = f"""
[[parties.holidays]]
file = "{tmp_path}/not-there.ics"
[[parties.holidays]]
file = "{tmp_path}/folder.ics"
[[parties.holidays]]
first = "soon"
[[parties.office_hours]]
days = ["mon", "someday"]
opens = "8"
closes = "25:00"
[[parties.office_hours]]
days = []
opens = "08:00"
closes = "17:00"
"""
    assert set(told(written, of_party(wrong))) == {
        "parties.1.holidays.1.file",
        "parties.1.holidays.2.file",
        "parties.1.holidays.3.first",
        "parties.1.office_hours.1.days.2",
        "parties.1.office_hours.1.opens",
        "parties.1.office_hours.1.closes",
        "parties.1.office_hours.2.days",
    }


def test_calendars_that_can_be_read_but_mean_nothing_are_told(written: Write, tmp_path: Path) -> None:
    wrong = f"""
[[parties.office_hours]]
days = ["mon"]
opens = "17:00"
closes = "08:00"
[[parties.holidays]]
name = "no day at all"
[[parties.holidays]]
first = 2027-04-14
last = 2027-04-13
{calendar(tmp_path, CALENDAR)}first = 2027-04-14
"""
    assert set(told(written, of_party(wrong))) == {
        "parties.1.office_hours.1.closes",
        "parties.1.holidays.1",
        "parties.1.holidays.2.last",
        "parties.1.holidays.3",
    }
    never = "[[parties.holidays]]\nfirst = 2027-01-01\nlast = 2028-12-31\n"
    assert set(told(written, of_party(never))) == {"parties.1.holidays"}
