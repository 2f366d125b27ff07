"""Checks of ladders and calendars: a missed deadline tells somebody at once, and offices open some day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from bot.config.clock_tables import HoursTable, RungTable, office_of
from bot.config.draft import Draft
from bot.config.gateway import can_call
from bot.config.messengers import KNOWN
from bot.config.model import Settings
from bot.domain.errors import Mistake
from bot.domain.office_hours import Office
from bot.domain.policy import By
from bot.domain.time_words import span

_Rungs = Sequence[tuple[str, RungTable]]


def _ladders(draft: Draft) -> Iterator[Mistake]:
    for key, corridor in draft.corridors():
        rungs = [(f"{key}.ladder.{at}", rung) for at, rung in enumerate(corridor.ladder, start=1)]
        yield from _calls(draft.settings, rungs)
        yield from _repeated(rungs)
        for level in dict.fromkeys(rung.level for _, rung in rungs):
            yield from _first([(at, rung) for at, rung in rungs if rung.level == level])


def _calls(settings: Settings, rungs: _Rungs) -> Iterator[Mistake]:
    if can_call(settings):
        return
    for key, rung in rungs:
        if rung.by == "call":
            remedy = 'Set up [gateway], or write by = "message".'
            yield Mistake(f"{key}.by", "asks for a call, and nothing is set up that can call.", remedy)


def _repeated(rungs: _Rungs) -> Iterator[Mistake]:
    seen: set[tuple[object, ...]] = set()
    for key, rung in rungs:
        told = (rung.level, rung.who, rung.after, rung.by)
        if told in seen:
            yield Mistake(key, f"{rung.level} tells {rung.who} then already.", "Keep one of the two.")
        seen.add(told)


def _first(rungs: _Rungs) -> Iterator[Mistake]:
    """A ladder begins with a message, when the deadline passes."""
    if not any(rung.after == timedelta() and rung.by == "message" for _, rung in rungs):
        key, rung = rungs[0]
        problem = f"When a deadline of {rung.level} passes, this ladder tells nobody at first."
        yield Mistake(f"{key}.after", problem, 'Give one of its rungs after = "0s" and by = "message".')


def _silences(draft: Draft) -> Iterator[Mistake]:
    """Somebody is told again and again, as often as the level says, from when the deadline passes."""
    general = draft.settings.levels()
    for key, corridor in draft.corridors():
        for level, policy in corridor.levels(general).items():
            first = [rung for rung in policy.ladder if not rung.after and rung.by is By.MESSAGE]
            if first and min(rung.every for rung in first) > policy.repeat:
                place = next(at for at, rung in enumerate(corridor.ladder, start=1) if rung.level == level.value)
                problem = (
                    f"Nobody who is told at once is told again within {span(policy.repeat)}, the repeat of {level}."
                )
                yield Mistake(f"{key}.ladder.{place}.every", problem, "Leave it out, or make it shorter.")


def _messengers(draft: Draft) -> Iterator[Mistake]:
    for key, corridor in draft.corridors():
        for at, rung in enumerate(corridor.ladder, start=1):
            for place, name in enumerate(rung.messengers, start=1):
                yield from _messenger(draft.settings, f"{key}.ladder.{at}.messengers.{place}", name)


def _messenger(settings: Settings, key: str, name: str) -> Iterator[Mistake]:
    known = KNOWN.get(name)
    if known is None:
        yield Mistake(key, "names no messenger that there is.", f"Write one of: {', '.join(KNOWN)}.")
    elif not known.is_set_up(settings):
        yield Mistake(key, f"{name} is not set up.", known.remedy)
    elif name == "web":
        yield Mistake(key, "In the web chat nothing rings.", "Name a messenger that people carry with them.")


def _calendars(draft: Draft) -> Iterator[Mistake]:
    for key, party in draft.parties():
        hours = [(f"{key}.office_hours.{at}", each) for at, each in enumerate(party.office_hours, start=1)]
        wrong = [*_hours(hours)]
        for at, day in enumerate(party.holidays, start=1):
            wrong += _holiday(f"{key}.holidays.{at}", bool(day.file), day.first, day.last)
        yield from wrong
        office = office_of(party.timezone, party.office_hours, party.holidays)
        if office is not None and not wrong and not _opens_again(office):
            problem = "leave no day of a whole year on which an office is open."
            yield Mistake(f"{key}.holidays", problem, "Shorten them.")


def _hours(hours: Sequence[tuple[str, HoursTable]]) -> Iterator[Mistake]:
    for key, each in hours:
        if each.closes is not None and each.closes <= each.opens:
            remedy = 'Write a later time; for a night two tables, the first until "24:00".'
            yield Mistake(f"{key}.closes", "is not after opens.", remedy)


def _holiday(key: str, has_file: bool, first: object, last: object) -> Iterator[Mistake]:
    if has_file is (first is not None):
        yield Mistake(key, "needs a file or a first day, and not both.", 'Write file = "..." or first = 2027-04-14.')
    elif last is not None and (first is None or str(last) < str(first)):
        yield Mistake(f"{key}.last", "is before the first day, or there is none.", "Write a day after first.")


def _opens_again(office: Office) -> bool:
    days = {day.first for day in office.holidays}
    return all(office.opens_again(datetime.combine(day, time(), tzinfo=UTC)) for day in days)


LADDER_CHECKS = (
    (frozenset[str](), _ladders),
    (frozenset({"urgency"}), _silences),
    (frozenset({"messengers", "email"}), _messengers),
    (frozenset[str](), _calendars),
)
