"""What became of a deadline, and when a case was first acknowledged: read off a case for export and report. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.case import Case, Deadline, DeadlineKind, DeadlineState


class Outcome(StrEnum):
    """How a deadline stands at a moment."""

    IN_TIME = "in_time"  #: met by its due moment
    LATE = "late"  #: met after it
    OVERDUE = "overdue"  #: passed and still running
    RUNNING = "running"  #: not due yet
    ENDED = "ended"  #: ended before it was due, by closure or stand-down
    ENDED_OVERDUE = "ended_overdue"  #: passed, then ended without having been met


def outcome(deadline: Deadline, at: datetime) -> Outcome:
    """How a deadline stood at a moment; what happened later is left out."""
    settled = deadline.settled_at
    is_past = deadline.due_at <= at
    if deadline.state is DeadlineState.ENDED and settled is not None and settled > deadline.due_at and is_past:
        return Outcome.ENDED_OVERDUE  # whatever the moment: a repeat that starts anew settles the old one ahead of time
    if deadline.is_running or settled is None or settled > at:
        return Outcome.OVERDUE if is_past else Outcome.RUNNING
    if deadline.state is DeadlineState.ENDED:
        return Outcome.ENDED
    return Outcome.IN_TIME if settled <= deadline.due_at else Outcome.LATE


def first_acknowledged_at(case: Case) -> datetime | None:
    """When the requested side first acknowledged, even if that lapsed or the case was opened again since."""
    met = [
        d.settled_at
        for d in case.deadlines
        if d.kind is DeadlineKind.ACKNOWLEDGE and d.state is DeadlineState.MET and d.settled_at is not None
    ]
    return min(met, default=case.acknowledged_at)


def minutes(since: datetime, until: datetime) -> int:
    """Whole minutes between two moments, never below 0."""
    return max(0, int((until - since).total_seconds() // 60))
