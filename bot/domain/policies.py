"""What binds cases that were opened at one moment: deadlines, ladders and calendars, also as text to keep. Pure values.

A running case keeps those it started with, so they are kept as they were, once for all cases that share them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from bot.domain.office_hours import Holiday, Hours, Office
from bot.domain.policy import BY_WORD, WORDS, By, LevelPolicy, Rung

#: The levels whose deadlines wait until an office opens. What is more urgent never does.
WAITING_LEVELS = frozenset({"U3", "U4"})

_TIMES = tuple(each.name for each in fields(LevelPolicy) if each.name not in {"ladder", "offices"})


@dataclass(frozen=True, eq=False)
class Policies:
    """The policies of all levels and corridors, with the calendars of the sides."""

    levels: Mapping[str, LevelPolicy]  #: by the name of the level
    corridors: Mapping[str, Mapping[str, LevelPolicy]] = field(default_factory=dict)  #: what differs, by its code
    offices: Mapping[str, Office] = field(default_factory=dict)  #: by party

    def of(self, corridor: str, level: str) -> LevelPolicy:
        """The policy of a level in a corridor."""
        policy = self.corridors.get(corridor, {}).get(level) or self.levels[level]
        return replace(policy, offices=self.offices) if self.offices and level in WAITING_LEVELS else policy

    def __eq__(self, other: object) -> bool:
        """Whether the same holds, however it was written: the fixed ladder in full is the fixed ladder."""
        return self.digest == other.digest if isinstance(other, Policies) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def text(self) -> str:
        """All of it as text; the same for the same."""
        told = {
            "levels": {level: _told(policy) for level, policy in self.levels.items()},
            "corridors": {
                code: {level: _told(policy) for level, policy in changed.items()}
                for code, changed in self.corridors.items()
            },
            "offices": {party: _office_told(office) for party, office in self.offices.items()},
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """By what they are told from others: the same for the same."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(text: str) -> Policies:
    """Read what `Policies.text` wrote, in this version or an earlier one."""
    told = json.loads(text)
    return Policies(
        levels={level: _read(policy) for level, policy in told["levels"].items()},
        corridors={
            code: {level: _read(policy) for level, policy in changed.items()}
            for code, changed in told["corridors"].items()
        },
        offices={party: _office_read(office) for party, office in told["offices"].items()},
    )


def _told(policy: LevelPolicy) -> dict[str, Any]:
    """One level; its ladder in full, since the fixed one may be another some day."""
    times = {name: getattr(policy, name).total_seconds() for name in _TIMES}
    return {**times, "ladder": [_rung_told(rung) for rung in policy.rungs]}


def _read(told: Mapping[str, Any]) -> LevelPolicy:
    times: dict[str, Any] = {name: timedelta(seconds=told[name]) for name in _TIMES}
    return LevelPolicy(**times, ladder=tuple(_rung_read(rung) for rung in told["ladder"]))


def _rung_told(rung: Rung) -> dict[str, Any]:
    after, every = rung.after.total_seconds(), rung.every.total_seconds()
    return {"who": WORDS[rung.who], "after": after, "every": every, "by": rung.by, "messengers": rung.messengers}


def _rung_read(told: Mapping[str, Any]) -> Rung:
    after, every = timedelta(seconds=told["after"]), timedelta(seconds=told["every"])
    return Rung(BY_WORD[told["who"]], after, every, By(told["by"]), tuple(told["messengers"]))


def _office_told(office: Office) -> dict[str, Any]:
    return {
        "timezone": office.timezone,
        "hours": [{"days": h.days, "opens": _clock(h.opens), "closes": _clock(h.closes)} for h in office.hours],
        "holidays": [
            {"first": _day(h.first), "last": _day(h.last), "yearly": h.is_yearly, "until": _day(h.until)}
            for h in office.holidays
        ],
    }


def _office_read(told: Mapping[str, Any]) -> Office:
    hours = (
        Hours(
            tuple(h["days"]), time.fromisoformat(h["opens"]), time.fromisoformat(h["closes"]) if h["closes"] else None
        )
        for h in told["hours"]
    )
    holidays = (
        Holiday(
            date.fromisoformat(h["first"]),
            date.fromisoformat(h["last"]),
            h["yearly"],
            date.fromisoformat(h["until"]) if h["until"] else None,
        )
        for h in told["holidays"]
    )
    return Office(told["timezone"], tuple(hours), tuple(holidays))


def _clock(moment: time | None) -> str:
    return moment.isoformat("minutes") if moment is not None else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
