"""The roster at a terminal: a plan with every mistake told at once, changes said before they are made, the calendar."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app.essentials import clock
from bot.domain.people import Role
from bot.domain.roster import Shift
from tests.kit.running import Setup, Terminal, person

ZONE = ZoneInfo("Asia/Phnom_Penh")
#: The day of the first shift, ahead of whenever the tests run.
DAY = (clock().astimezone(ZONE) + timedelta(days=3)).date()


@pytest.fixture
def desk(setup: Setup) -> Setup:
    """Two duty officers of KH, one of CN and an officer."""
    people = (person(22, "KH", Role.DUTY, "kh-duty"), person(31, "CN", Role.DUTY, "cn-duty"))
    asyncio.run(setup.enrol(*people))
    return setup


def shifts(setup: Setup) -> list[Shift]:
    async def read() -> list[Shift]:
        async with setup.storage() as storage:
            return sorted((await storage.directory()).roster.shifts, key=lambda s: s.starts_at)

    return asyncio.run(read())


def plan(folder: Path, *lines: str, name: str = "plan.csv", head: str = "desk,person,starts,ends") -> str:
    file = folder / name
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return str(file)


def local(hour: int, *, days: int = 0) -> datetime:
    return datetime.combine(DAY + timedelta(days=days), datetime.min.time(), ZONE).replace(hour=hour).astimezone(UTC)


NIGHT = f"kh-duty,duty 21,{DAY} 20:00,08:00"
NEXT = f"kh-duty,22,{DAY + timedelta(days=1)} 08:00,20:00"


def test_an_import_says_what_it_would_change_and_changes_it_only_when_that_is_meant(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    file = plan(tmp_path, NIGHT, NEXT)
    said = terminal("roster", "import", file)
    assert len([line for line in said if line.startswith("+ kh-duty  ")]) == 2
    assert said[0].endswith("duty 21")
    assert "2 added, 0 taken out, 0 as they are." in said
    assert said[-1] == "Nothing was changed yet. To do it: add --yes"
    assert shifts(desk) == []
    assert terminal("roster", "import", file, "--yes")[-1] == "Done."
    night, following = shifts(desk)
    assert (night.starts_at, night.ends_at) == (local(20), local(8, days=1)), "one shift over midnight"
    assert following.person_id == 22
    assert terminal("roster", "import", file, "--yes")[-1] == "Nothing to change."
    assert shifts(desk) == [night, following]


def test_a_newer_plan_takes_the_place_of_the_older_one_in_its_time_and_nowhere_else(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    other = f"cn-duty,31,{DAY} 20:00,08:00"
    later = f"kh-duty,21,{DAY + timedelta(days=5)} 20:00,08:00"
    terminal("roster", "import", plan(tmp_path, NIGHT, NEXT, other, later), "--yes")
    changed = f"kh-duty,22,{DAY} 20:00,{DAY + timedelta(days=1)} 20:00"
    said = terminal("roster", "import", plan(tmp_path, changed), "--yes")
    assert "1 added, 2 taken out, 0 as they are." in said
    assert [(s.desk, s.person_id) for s in shifts(desk)] == [("cn-duty", 31), ("kh-duty", 22), ("kh-duty", 21)]


def test_all_mistakes_of_a_plan_are_told_at_once_with_their_lines_and_nothing_is_changed(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    file = plan(
        tmp_path,
        f"kh-duty,21,{DAY} 08:00,20:00",
        f"kh-dusty,21,{DAY} 20:00,08:00",
        f"kh-duty,Nobody Known,{DAY} 20:00,08:00",
        "kh-duty,21,next monday,08:00",
        f"kh-duty,31,{DAY} 20:00,08:00",
        f"kh-duty,11,{DAY} 20:00,08:00",
        f"kh-duty,21,{DAY} 20:00,{DAY} 18:00",
        f"kh-duty,21,{DAY} 19:00,23:00",
        f"kh-duty,22,{DAY} 20:00,{DAY + timedelta(days=90)} 08:00",
        f"kh-duty,,{DAY} 20:00,08:00",
        f"kh-duty,22,{DAY},08:00",
    )
    said = terminal("roster", "import", file, "--yes", code=1)
    for line, sentence in (
        (3, "there is no desk 'kh-dusty'; desks: cn-duty, kh-duty, kh-police."),
        (4, "there is nobody called 'Nobody Known' at kh-duty; see: casebridge people."),
        (5, "'next monday' is no date and time like 2026-12-24 20:00."),
        (6, "duty 31 does not work at kh-duty but at cn-duty."),
        (7, "officer 11 is officer; shifts are for duty officers and supervisors."),
        (8, "it ends before it begins."),
        (9, "duty 21 has another shift at that time, in line 2."),
        (10, "it is longer than 14 days: check the date."),
        (11, "nobody is named."),
        (12, f"'{DAY}' has no time of day, like 2026-12-24 20:00."),
    ):
        assert f"line {line}: {sentence}" in said
    assert said[-1] == "10 mistakes in plan.csv; nothing was changed."
    assert shifts(desk) == []


def test_a_plan_without_its_columns_or_without_shifts_is_one_sentence(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    said = terminal("roster", "import", plan(tmp_path, NIGHT, head="who,from,to"), code=1)
    assert (
        said[0]
        == "The first line must name the columns desk, person, starts, ends; missing: desk, person, starts, ends."
    )
    assert terminal("roster", "import", plan(tmp_path), code=1)[0] == "There is no shift in the file."


def test_the_roster_goes_out_as_a_calendar_and_comes_back_unchanged(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    terminal("roster", "import", plan(tmp_path, NIGHT, NEXT), "--yes")
    before = shifts(desk)
    file = tmp_path / "out.ics"
    assert terminal("roster", "export", "-o", str(file)) == [f"2 shifts in {file}."]
    assert f"DTSTART:{local(20):%Y%m%dT%H%M%SZ}" in file.read_text()
    assert terminal("roster", "import", str(file), "--yes")[-1] == "Nothing to change."
    assert shifts(desk) == before


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART:{day}T200000
DURATION:PT12H
SUMMARY:duty 21
LOCATION:kh-duty
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=Asia/Tokyo:{day}T200000
DTEND;TZID=Asia/Tokyo:{day}T220000
SUMMARY:{second}
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:{third}
DTEND:soon
SUMMARY:duty 22
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_of_another_program_is_read_in_the_zone_of_the_desk_or_in_its_own(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "plan.ics"
    text = CALENDAR.format(day=f"{DAY:%Y%m%d}", second="duty 22", third=f"{DAY:%Y%m%d}")
    file.write_text(text)
    said = terminal("roster", "import", str(file), code=1)
    assert said == [
        f"line 16: '{DAY}' has no time of day, like 2026-12-24 20:00.",
        "1 mistake in plan.ics; nothing was changed.",
    ]
    file.write_text(text[: text.rindex("BEGIN:VEVENT")] + "END:VCALENDAR\n")
    assert terminal("roster", "import", str(file), "--yes")[-1] == "Done."
    tokyo, floating = shifts(desk)
    assert (floating.starts_at, floating.ends_at) == (local(20), local(8, days=1))
    assert tokyo.starts_at == local(18), "UTC+9 is two hours ahead of UTC+7"


def test_events_that_repeat_and_what_is_no_calendar_are_refused_in_a_sentence(
    desk: Setup, terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "plan.ics"
    repeated = CALENDAR.replace("DURATION:PT12H", "DURATION:PT12H\nRRULE:FREQ=DAILY")
    file.write_text(repeated.format(day=f"{DAY:%Y%m%d}", second="duty 22", third=f"{DAY:%Y%m%d}"))
    assert "line 3: events that repeat are not read" in terminal("roster", "import", str(file), code=1)[0]
    file.write_text("hello")
    assert terminal("roster", "import", str(file), code=1)[0].startswith("The file is no iCalendar")


def test_the_roster_is_shown_with_who_is_on_duty_and_its_gaps(desk: Setup, terminal: Terminal, tmp_path: Path) -> None:
    (empty,) = terminal("roster", "show")
    assert empty.startswith("No shifts are known: who is on duty goes by /onduty and /offduty.")
    apart = f"kh-duty,22,{DAY + timedelta(days=1)} 10:00,20:00"
    terminal("roster", "import", plan(tmp_path, NIGHT, apart), "--yes")
    said = terminal("roster", "show")
    assert said[0] == "kh-duty: on duty now: nobody"
    assert any(line.startswith("  nobody at kh-duty: ") and "08:00" in line and "10:00" in line for line in said)
    assert said[-1].startswith("  nobody at kh-duty from ")
    (line,) = [line for line in terminal("people") if "duty 21" in line]
    assert line.endswith("off duty")
