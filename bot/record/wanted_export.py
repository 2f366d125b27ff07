"""Which export somebody wants, read from words: format, corridor and status in any order, then a period. Pure."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.case import Status
from bot.domain.case_filter import EVERY_CASE, CaseFilter
from bot.domain.frozen import replace
from bot.language.folding import begins
from bot.record.period_words import Period, period_of

#: The formats of the case log, the plainest first.
FORMATS = ("csv", "xlsx", "jsonl", "htcds")
#: Says that a CSV file shall have no byte order mark: for programs, where spreadsheets need one.
NO_MARK = "nobom"

_STATUSES = {status.value: status for status in Status}
_WORD = re.compile(r"\s*([a-z_]+)(?:\s+|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WantedExport:
    """What an admin asks for, but for why."""

    format: str
    only: CaseFilter
    has_mark: bool
    period: Period


def wanted_export(text: str, now: datetime, zone: tzinfo, corridors: Container[str]) -> tuple[WantedExport, str] | None:
    """Read ``xlsx KC closed last month REASON``; gives what is wanted and the reason, None when no period is in it."""
    form, only, has_mark = FORMATS[0], EVERY_CASE, True
    while (found := period_of(text, now, zone)) is None:
        first = begins(_WORD, text)
        if first is None:
            return None
        word, text = first[0][1].lower(), first[1]
        if word in FORMATS:
            form = word
        elif word == NO_MARK:
            has_mark = False
        elif word in _STATUSES:
            only = replace(only, status=_STATUSES[word])
        elif word.upper() in corridors:
            only = replace(only, corridor=word.upper())
        else:
            return None
    return WantedExport(form, only, has_mark, found[0]), found[1].strip()
