"""When whoever must act is warned that a deadline is about to pass: a quarter of its time before, never long. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock.allowed_time import allowed
from bot.domain.case import Case, Deadline, DeadlineKind
from bot.domain.frozen import replace
from bot.domain.policy import LevelPolicy

LONGEST = timedelta(hours=1)
#: Nobody is warned so shortly before the ping that both would ring for one thing.
SHORTEST = timedelta(minutes=5)
#: The ping itself is the question whether somebody is still on it, and asks before anything lapses.
_UNWARNED = frozenset({DeadlineKind.REVIEW})


def warning_at(deadline: Deadline, policy: LevelPolicy) -> datetime | None:
    """The moment at which its owner is warned; None for a deadline that nobody is warned of."""
    if deadline.is_timer or deadline.kind in _UNWARNED:
        return None
    before = min(allowed(policy, deadline.kind) / 4, LONGEST)
    return None if before < SHORTEST else deadline.due_at - before


def is_warning(deadline: Deadline, now: datetime) -> bool:
    """Whether the clock looks at a deadline before it is due, which it does only to warn."""
    return not deadline.is_timer and not deadline.pings and now < deadline.due_at


def planned(case: Case, policy: LevelPolicy, now: datetime) -> Case:
    """Let the clock look at deadlines that begin, or were moved, when their owners are to be warned."""
    moved = {d.id: at for d in case.deadlines if (at := _to_be_warned(d, policy, now)) is not None}
    if not moved:
        return case
    return replace(case, deadlines=tuple(replace(d, next_at=moved[d.id]) if d.id in moved else d
                                         for d in case.deadlines))  # fmt: skip


def _to_be_warned(deadline: Deadline, policy: LevelPolicy, now: datetime) -> datetime | None:
    """The moment of a warning that is still to come, where the clock would next look when it is too late for one."""
    is_untouched = deadline.is_running and not deadline.pings and deadline.next_at == deadline.due_at
    at = warning_at(deadline, policy) if is_untouched else None
    return at if at is not None and now < at else None


def warned(case: Case, deadline: Deadline) -> Case:
    """Let the clock look at a deadline again when it passes."""
    return _looked_at(case, deadline, deadline.due_at)


def put_off(case: Case, deadline: Deadline, opens: datetime) -> Case:
    """Warn of a deadline when the office of its owners opens, or leave it to the ping where that is too late."""
    return _looked_at(case, deadline, opens if opens <= deadline.due_at - SHORTEST else deadline.due_at)


def _looked_at(case: Case, deadline: Deadline, moment: datetime) -> Case:
    again = (replace(d, next_at=moment) if d.id == deadline.id else d for d in case.deadlines)
    return replace(case, deadlines=tuple(again))
