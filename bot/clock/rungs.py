"""The ladders of missed deadlines: which rungs a ping calls for, and how long it is until the next one. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from itertools import count, groupby, islice

from bot.domain.case import TIMERS, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.policy import Group, Ladder, LevelPolicy, Rung, stepped

#: Of deadlines whose ladder nobody can change. That of a missed acknowledgment is in the policy.
_STEPS: Mapping[DeadlineKind, tuple[tuple[Group, ...], ...]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.POLICE: ((Group.REQUESTED_DUTY, Group.REPORTING_DUTY),),
        DeadlineKind.DIPLOMATIC: (
            (Group.REPORTING_DUTY, Group.REPORTING_SUPERVISOR, Group.REQUESTED_DUTY, Group.REQUESTED_SUPERVISOR),
        ),
        DeadlineKind.ANSWER: ((Group.CHANNEL_DESK,), (Group.REQUESTED_DUTY, Group.REPORTING_DUTY)),
        DeadlineKind.STOP: (
            (Group.CHANNEL_DESK, Group.REQUESTED_DUTY),
            (Group.REQUESTED_SUPERVISOR, Group.REPORTING_DUTY),
        ),
        DeadlineKind.REPLY: ((Group.ASKED_DUTY,), (Group.ASKED_SUPERVISOR,)),
        DeadlineKind.WRITTEN: ((Group.REPORTING_DUTY,),),
        DeadlineKind.REVIEW: ((Group.REQUESTED_DUTY,),),
    },
    but={*TIMERS, DeadlineKind.ACKNOWLEDGE},
)


def ladder_of(policy: LevelPolicy, kind: DeadlineKind) -> Ladder:
    """The ladder of a kind of deadline, in the order of time."""
    return policy.rungs if kind is DeadlineKind.ACKNOWLEDGE else stepped(_STEPS[kind], policy.repeat)


def called(ladder: Ladder, ping: int) -> Ladder:
    """The rungs that ping number `ping` (from 1) calls for: those that begin then, and those whose turn it is again."""
    at = _moment(ladder, ping)
    return tuple(rung for rung in ladder if rung.after <= at and not (at - rung.after) % rung.every)


def begun(ladder: Ladder, ping: int) -> Ladder:
    """The rungs that have begun by ping number `ping`, whether or not it is their turn."""
    at = _moment(ladder, ping)
    return tuple(rung for rung in ladder if rung.after <= at)


def next_begun(ladder: Ladder, below: Ladder) -> Ladder:
    """The rungs that begin first after all of these."""
    begun = max((rung.after for rung in below), default=timedelta(-1))
    above = [rung for rung in ladder if rung.after > begun]
    return tuple(rung for rung in above if rung.after == above[0].after)


def pause(ladder: Ladder, ping: int) -> timedelta:
    """How long it is from ping number `ping` to the next one."""
    return _moment(ladder, ping + 1) - _moment(ladder, ping)


def beginning(ladder: Ladder, ping: int) -> Ladder:
    """The rungs that begin with a ping."""
    return tuple(rung for rung in ladder if rung.after == _moment(ladder, ping))


def next_beginning(ladder: Ladder, ping: int) -> int | None:
    """The first ping after this one with which another rung begins; None when all have begun."""
    later = range(ping + 1, settled_after(ladder) + 1)
    return next((number for number in later if beginning(ladder, number)), None)


@lru_cache
def settled_after(ladder: Ladder) -> int:
    """By which ping every rung has begun: from then on nothing new comes."""
    last = max(rung.after for rung in ladder)
    return next(number for number, at in enumerate(_moments(ladder), start=1) if at >= last)


@lru_cache(maxsize=4096)  # asked many times about each ping, and counted up from the first
def _moment(ladder: Ladder, ping: int) -> timedelta:
    """When a ping goes out, counted from the due moment."""
    return next(islice(_moments(ladder), ping - 1, None))


def _moments(ladder: Ladder) -> Iterator[timedelta]:
    """Every moment at which some rung is called for, in order; it never ends."""
    return (moment for moment, _ in groupby(heapq.merge(*map(_turns, ladder))))


def _turns(rung: Rung) -> Iterator[timedelta]:
    return (rung.after + turn * rung.every for turn in count())
