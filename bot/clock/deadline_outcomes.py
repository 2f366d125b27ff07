"""What became of a deadline, and when a case was first acknowledged: read off a case for export and report. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """That somebody of the requested side acknowledged a case, and when."""

    at: datetime
    by: int  #: person id


def first_acknowledged_at(case: Case) -> datetime | None:
    """When the requested side first acknowledged, even if that lapsed or the case was opened again since."""
    return min((at for at, _ in _acknowledged(case)), default=case.acknowledged_at)


def first_acknowledgment(case: Case) -> Acknowledgment | None:
    """The same with who it was; None where that is not known of it, as of what was stored before it was kept."""
    at, by = min(_acknowledged(case), default=(case.acknowledged_at, None), key=lambda each: each[0])
    if by is None:
        by = {case.lapsed_at: case.lapsed_by, case.acknowledged_at: case.acknowledged_by}.get(at)
    return None if at is None or by is None else Acknowledgment(at, by)


def _acknowledged(case: Case) -> Iterator[tuple[datetime, int | None]]:
    for deadline in case.deadlines:
        is_met = deadline.kind is DeadlineKind.ACKNOWLEDGE and deadline.state is DeadlineState.MET
        if is_met and deadline.settled_at is not None:
            yield deadline.settled_at, deadline.met_by


def minutes(since: datetime, until: datetime) -> int:
    """Whole minutes between two moments, never below 0."""
    return max(0, int((until - since).total_seconds() // 60))
