"""What the clock does about the roster: a shift that begins soon, one that ends, nobody on duty, a gap ahead. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.agreement import Agreement, Desk
from bot.domain.case import Case
from bot.domain.journal_acts import JournalAct
from bot.domain.people import Directory, Person
from bot.domain.recipients import at_person, desk_name, has_nobody_on_duty, supervisors, unique
from bot.domain.roster import HandOver, Shift, borders
from bot.language.texts import tr
from bot.roster import hand_over
from bot.roster.gaps import duty_of, gaps, keeping_desks, noon_before
from bot.roster.words import local, span_of
from bot.turns.composer import Composer

NOTICE_BEFORE = timedelta(hours=1)
LIST_BEFORE = timedelta(minutes=15)  #: whoever leaves still stands at the desk
TAKEN_WITHIN = timedelta(minutes=30)  #: else the supervisors are told
_AHEAD = timedelta(hours=24)  #: from noon to noon
_STILL_SAID = timedelta(hours=12)  #: what is older when the bridge comes back is not told any more
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Soon:
    """A shift that begins within the hour."""

    shift: Shift
    person: Person


@dataclass(frozen=True, slots=True)
class Ending:
    """Somebody whose duty at a desk ends at a moment that is near, or was just now."""

    person: Person
    desk: Desk
    at: datetime
    is_over: bool


@dataclass(frozen=True, slots=True)
class Empty:
    """A desk at which nobody is on duty from a moment on."""

    desk: Desk
    at: datetime


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A hand-over that nobody took in time."""

    hand_over: HandOver


@dataclass(frozen=True, slots=True)
class Gap:
    """A desk whose coming night has gaps, at its noon."""

    desk: Desk
    noon: datetime
    spans: tuple[tuple[datetime, datetime], ...]


Event = Soon | Ending | Empty | NotTaken | Gap


def events(directory: Directory, agreement: Agreement, since: datetime, now: datetime) -> list[Event]:
    """Say what came up after `since` and not after `now`; nothing that is over since long."""
    since = max(since, now - _STILL_SAID)
    found: list[Event] = [*_beginning(directory, since, now)]
    for desk in keeping_desks(agreement, directory):
        found += _ending(desk, directory, since + LIST_BEFORE, now + LIST_BEFORE, is_over=False)
        found += _ending(desk, directory, since, now, is_over=True)
        found += _emptied(desk, directory, since, now)
        noon = noon_before(now, agreement.parties[desk.party])
        spans = tuple(gaps(desk, directory, noon, noon + _AHEAD)) if since < noon else ()
        found += [Gap(desk, noon, spans)] if spans else []
    waiting = (h for h in directory.roster.hand_overs if h.is_open and since < h.ends_at + TAKEN_WITHIN <= now)
    return [*found, *(NotTaken(h) for h in waiting if _has_left(h, directory, now))]


def _has_left(left: HandOver, directory: Directory, now: datetime) -> bool:
    person = directory.get(left.person_id)
    return person is not None and not directory.is_on_duty(person, now)


def _beginning(directory: Directory, since: datetime, now: datetime) -> Iterator[Soon]:
    for shift in directory.roster.shifts:
        person = directory.get(shift.person_id)
        is_theirs = person is not None and person.is_active and person.desk == shift.desk
        is_new = since < shift.starts_at - NOTICE_BEFORE <= now < shift.starts_at
        if is_new and is_theirs and person is not None and not _goes_on(shift, directory):
            yield Soon(shift, person)


def _goes_on(shift: Shift, directory: Directory) -> bool:
    """Whether somebody has the shift right before it too."""
    own = directory.roster.of(shift.person_id, shift.desk)
    return any(each.id != shift.id and each.starts_at < shift.starts_at <= each.ends_at for each in own)


def _ending(desk: Desk, directory: Directory, since: datetime, until: datetime, *, is_over: bool) -> Iterator[Ending]:
    people = duty_of(desk, directory)
    for at in borders(directory.shifts_beside(people[0]), since, until):
        for person in people:
            if directory.is_on_duty(person, at - _INSTANT) and not directory.is_on_duty(person, at):
                yield Ending(person, desk, at, is_over)


def _emptied(desk: Desk, directory: Directory, since: datetime, now: datetime) -> Iterator[Empty]:
    people = duty_of(desk, directory)
    for at in borders(directory.shifts_beside(people[0]), since, now):
        is_empty = has_nobody_on_duty(desk, directory, at) and has_nobody_on_duty(desk, directory, now)
        if is_empty and not has_nobody_on_duty(desk, directory, at - _INSTANT):
            yield Empty(desk, at)


def tell_soon(c: Composer, soon: Soon) -> None:
    """Tell whoever has a shift that it begins within the hour, once."""
    person, agreement = soon.person, c.context.agreement
    desk = agreement.desks.get(soon.shift.desk)
    words = tr(
        person.language,
        "Your shift at {desk} begins {moment}: {span}. If you cannot take it, tell your supervisor now.",
        desk=desk_name(desk) if desk is not None else person.party,
        moment=local(soon.shift.starts_at, person.party, agreement),
        span=span_of(soon.shift, person.party, agreement),
    )
    c.tell([at_person(person)], f"roster:soon:{soon.shift.id}:{soon.shift.starts_at.timestamp():.0f}", words)
    c.journal(JournalAct.ROSTER_TOLD, shift=soon.shift.id, person=person.id)


def tell_ending(c: Composer, ending: Ending, cases: Iterable[Case], written: hand_over.Written) -> None:
    """Before it ends, give whoever leaves their list; when it has ended, ask whoever came to take over."""
    listed = [case for case in cases if case.is_open]
    before = {each.id for each in c.view.directory.roster.hand_overs}
    begun = hand_over.begin(c, ending.person, ending.at, listed)
    if begun is None or not begun.is_open:
        return
    if begun.id not in before:
        hand_over.give_list(c, ending.person, begun, listed)
    if ending.is_over:
        asked = [case for case in listed if case.id in begun.cases] + [k for k in listed if k.id not in begun.cases]
        hand_over.ask_to_take(c, begun, asked, written)


def tell_empty(c: Composer, empty: Empty) -> None:
    """Tell the supervisors that nobody is on duty at a desk from now on, and until when by the roster."""
    agreement, desk = c.context.agreement, empty.desk
    people = duty_of(desk, c.view.directory)
    starts = (s.starts_at for s in c.view.directory.shifts_beside(people[0]) if s.starts_at > empty.at)
    following = min(starts, default=None)
    for recipient in supervisors(c.view.directory, desk.party):
        words = tr(
            recipient.language,
            "Nobody is on duty at {desk} since {moment}. Alerts and pings go to everybody there and to you. Please "
            "find somebody: they type /onduty.",
            desk=desk_name(desk),
            moment=local(empty.at, desk.party, agreement),
        )
        if following is not None:
            when = local(following, desk.party, agreement)
            words += " " + tr(recipient.language, "The next shift begins {moment}.", moment=when)
        c.tell([recipient], f"roster:{desk.id}:empty:{empty.at.timestamp():.0f}", words)
    c.journal(JournalAct.ROSTER_TOLD, desk=desk.id, empty_since=empty.at.isoformat())


def tell_gap(c: Composer, gap: Gap) -> None:
    """Tell a desk and its supervisors at noon when nobody is on duty until the next noon."""
    agreement, desk = c.context.agreement, gap.desk
    spans = [
        f"{local(begins, desk.party, agreement)} - {local(ends, desk.party, agreement)}" for begins, ends in gap.spans
    ]
    people = (*map(at_person, duty_of(desk, c.view.directory)), *supervisors(c.view.directory, desk.party))
    for recipient in unique(people):
        words = tr(
            recipient.language,
            "By the roster nobody is on duty at {desk}: {spans}. Please fill this before it begins: {link}",
            desk=desk_name(desk),
            spans="; ".join(spans),
            link=f"{c.context.public_url}/roster",
        )
        c.tell([recipient], f"roster:{desk.id}:gap:{gap.noon.timestamp():.0f}", words)
    c.journal(JournalAct.ROSTER_TOLD, desk=desk.id, gaps=len(spans))
