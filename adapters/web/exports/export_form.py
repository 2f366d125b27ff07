"""The form of the exports page: what somebody chose there, in the words that the chat takes for the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.case import Status
from bot.record.period_words import CALENDAR
from bot.record.wanted_export import FORMATS, NO_MARK, WantedExport, wanted_export

#: Chosen where the days are given one by one.
DAYS = "days"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class ExportForm:
    """What was chosen; what is none of the choices counts as the first of them."""

    period: str = "last month"
    first: str = ""  #: day, where the period is given by its days
    last: str = ""
    corridor: str = ""
    status: str = ""
    format: str = "xlsx"
    mark: str = "yes"  #: ``no``: a CSV file without the byte order mark
    is_asked: bool = False  #: whether anything was chosen at all

    @classmethod
    def of(cls, given: Mapping[str, str], corridors: Collection[str]) -> ExportForm:
        """Read it from an address or a form."""

        def one_of(name: str, known: Collection[str], default: str) -> str:
            return given[name] if given.get(name) in known else default

        def day(name: str) -> str:
            return given.get(name, "") if _DAY.fullmatch(given.get(name, "")) else ""

        period, first, last = one_of("period", (*CALENDAR, DAYS), "last month"), day("first"), day("last")
        # Days that somebody filled in count, though they forgot to choose them; until they choose a period again.
        if (first or last) and given.get("was") != DAYS:
            period = DAYS
        return cls(
            period=period,
            first=first if period == DAYS else "",
            last=last if period == DAYS else "",
            corridor=one_of("corridor", corridors, ""),
            status=one_of("status", [status.value for status in Status], ""),
            format=one_of("format", FORMATS, "xlsx"),
            mark=one_of("mark", ("yes", "no"), "yes"),
            is_asked="period" in given,
        )

    @property
    def words(self) -> str:
        """The same as it is typed, but for why."""
        period = f"from {self.first} to {self.last}" if self.period == DAYS else self.period
        mark = NO_MARK if self.mark == "no" and self.format in ("csv", "htcds") else ""
        return " ".join(filter(None, (self.format, mark, self.corridor, self.status, period)))

    def wanted(self, now: datetime, zone: tzinfo, corridors: Collection[str]) -> WantedExport | None:
        """What is wanted; None when the days are none, or the last comes before the first."""
        found = wanted_export(self.words, now, zone, corridors)
        return found[0] if found else None
