"""The tables of what the two sides agreed about the clock: deadlines, ladders, office hours and holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.config.calendar_files import read_calendar
from bot.config.kinds import ClosingTime, Duration, Interval, LocalTime, Wait
from bot.config.tables import NonEmpty, Table
from bot.domain.agreement import Urgency
from bot.domain.office_hours import Holiday, Hours, Office
from bot.domain.policy import BY_WORD, By, LevelPolicy, Rung

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class LevelTable(Table):
    """``[urgency.U1]``; what is left out keeps its general value."""

    acknowledge: Duration | None = None
    police: Duration | None = None
    diplomatic: Duration | None = None
    written: Duration | None = None
    review: Duration | None = None
    repeat: Duration | None = None
    answer: Duration | None = None

    def over(self, general: LevelPolicy) -> LevelPolicy:
        """Lay what is set here over the general deadlines."""
        return replace(general, **{key: value for key, value in self if value is not None})


class UrgencyTable(Table):
    """``[urgency]``."""

    U1: LevelTable = LevelTable()
    U2: LevelTable = LevelTable()
    U3: LevelTable = LevelTable()
    U4: LevelTable = LevelTable()

    def over(self, general: dict[Urgency, LevelPolicy]) -> dict[Urgency, LevelPolicy]:
        """Lay what is set here over the general deadlines of all levels."""
        return {level: self.level(level).over(policy) for level, policy in general.items()}

    def level(self, urgency: Urgency) -> LevelTable:
        """The table of one level."""
        table: LevelTable = getattr(self, urgency.value)
        return table


class RungTable(Table):
    """``[[corridors.ladder]]``: one rung of the ladder of a level."""

    level: Literal["U1", "U2", "U3", "U4"]
    who: Literal["duty", "next", "supervisor", "secretariat", "reporting-duty", "reporting-supervisor"]
    after: Wait = timedelta()
    every: Interval | None = None
    by: Literal["message", "call"] = "message"
    messengers: tuple[NonEmpty, ...] = ()

    def rung(self, repeat: timedelta) -> Rung:
        """Make the rung that the core works with."""
        return Rung(BY_WORD[self.who], self.after, self.every or repeat, By(self.by), self.messengers)


def with_ladder(policy: LevelPolicy, level: Urgency, rungs: Sequence[RungTable]) -> LevelPolicy:
    """Give a level its ladder, where one is agreed for it; else the fixed one stays."""
    ladder = [rung.rung(policy.repeat) for rung in rungs if rung.level == level.value]
    return replace(policy, ladder=tuple(sorted(ladder, key=lambda rung: rung.after)))


class HoursTable(Table):
    """``[[parties.office_hours]]``: from when until when offices are open on some days."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    opens: LocalTime
    closes: ClosingTime


class HolidayTable(Table):
    """``[[parties.holidays]]``: days on which offices stay closed, or a file that lists such days."""

    file: Annotated[tuple[Holiday, ...], BeforeValidator(read_calendar)] = ()
    first: date | None = None
    last: date | None = None
    name: str = ""

    def days(self) -> tuple[Holiday, ...]:
        """Make the holidays that the core works with."""
        own = (Holiday(self.first, self.last or self.first),) if self.first is not None else ()
        return (*self.file, *own)


def office_of(zone: str, hours: Sequence[HoursTable], holidays: Sequence[HolidayTable]) -> Office | None:
    """Make the offices of a side; None where they are open day and night."""
    open_at = tuple(Hours(tuple(map(_DAYS.index, each.days)), each.opens, each.closes) for each in hours)
    closed = tuple(sorted({day for each in holidays for day in each.days()}, key=lambda day: (day.first, day.last)))
    return Office(zone, open_at, closed) if open_at or closed else None
