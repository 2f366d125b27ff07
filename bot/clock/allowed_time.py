"""When a deadline is due and pinged about again, by the policy that binds the case and by calendars. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.clock.rungs import ladder_of, pause
from bot.domain.case import TIMERS, Case, Deadline, DeadlineKind
from bot.domain.closed_sets import for_each
from bot.domain.office_hours import Office
from bot.domain.policy import LevelPolicy


def allowed(policy: LevelPolicy, kind: DeadlineKind) -> timedelta:
    """How long a level allows for a deadline."""
    return _ALLOWED[kind](policy)


def due(case: Case, policy: LevelPolicy, kind: DeadlineKind, since: datetime, *, party: str = "") -> datetime:
    """When a deadline is due that runs from a moment: of a level that waits, not while its office is closed."""
    moment, office = since + allowed(policy, kind), _office(case, policy, kind, party)
    return moment if office is None else office.due(moment)


def again(case: Case, policy: LevelPolicy, deadline: Deadline, ping: int, now: datetime) -> datetime:
    """When the clock looks at a deadline after ping number `ping`: of a level that waits, when its office is open."""
    moment = now + pause(ladder_of(policy, deadline.kind), ping)
    office = _office(case, policy, deadline.kind, deadline.party)
    return moment if office is None else office.opens(moment)


def opens(policy: LevelPolicy, kind: DeadlineKind, party: str, moment: datetime) -> datetime:
    """When a side may be told of a deadline that is to come: of a level that waits, when its own office is open."""
    office = policy.offices.get(party) if policy.offices and kind is not DeadlineKind.STOP else None
    return moment if office is None else office.opens(moment)


def _office(case: Case, policy: LevelPolicy, kind: DeadlineKind, party: str) -> Office | None:
    """The office of whoever must act, where the level waits for it."""
    return policy.offices.get(_MET_BY[kind](case, party)) if policy.offices else None


def _requested(case: Case, _party: str) -> str:
    return case.requested or case.reporting


_ALLOWED: Mapping[DeadlineKind, Callable[[LevelPolicy], timedelta]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: lambda policy: policy.acknowledge,
        DeadlineKind.POLICE: lambda policy: policy.police,
        DeadlineKind.DIPLOMATIC: lambda policy: policy.diplomatic,
        DeadlineKind.ANSWER: lambda policy: policy.answer,
        DeadlineKind.STOP: lambda policy: policy.acknowledge,
        DeadlineKind.REPLY: lambda policy: policy.answer,
        DeadlineKind.WRITTEN: lambda policy: policy.written,
        DeadlineKind.REVIEW: lambda policy: policy.review,
    },
    but=TIMERS,  # the same for all levels
)

#: The side that meets a deadline, given the case and the side that was asked.
_MET_BY: Mapping[DeadlineKind, Callable[[Case, str], str]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: _requested,
        DeadlineKind.POLICE: _requested,
        DeadlineKind.DIPLOMATIC: _requested,
        DeadlineKind.ANSWER: _requested,
        DeadlineKind.STOP: lambda *_: "",  # what was taken back must stop at any hour
        DeadlineKind.REPLY: lambda _case, party: party,
        DeadlineKind.WRITTEN: lambda case, _party: case.reporting,
        DeadlineKind.REVIEW: _requested,
    },
    but=TIMERS,
)
