"""What makes an open page ring: cases that wait for a side's act, and what is late there. Pure, and tells nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.clock import deadlines
from bot.domain.button_data import to_base36
from bot.domain.case import TIMERS, Case, Deadline, DeadlineKind
from bot.domain.closed_sets import for_each


def bells(case: Case, party: str) -> Iterator[str]:
    """Name what rings for a side that sees the case so; the name is a new one whenever it shall ring again.

    That is when a case comes that nobody has acknowledged, when it becomes more urgent, and at each ping.
    """
    if not case.is_open or case.stood_down_at is not None:
        return
    for deadline in deadlines.shown(case):
        if party not in _RINGS_AT[deadline.kind](case, deadline):
            continue
        number = to_base36(deadline.id)
        if deadline.pings:
            yield f"{number}.{deadline.pings}"
        elif deadline.kind is DeadlineKind.ACKNOWLEDGE and case.alerted_at is not None:
            yield f"{number}.{case.urgency.value}"


def _both(case: Case, _deadline: Deadline) -> tuple[str, ...]:
    return case.reporting, case.requested


def _requested(case: Case, _deadline: Deadline) -> tuple[str, ...]:
    return (case.requested or case.reporting,)


#: The sides that must act about a deadline.
_RINGS_AT: Mapping[DeadlineKind, Callable[[Case, Deadline], tuple[str, ...]]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: _requested,
        DeadlineKind.POLICE: _both,
        DeadlineKind.DIPLOMATIC: _both,
        DeadlineKind.ANSWER: _requested,
        DeadlineKind.STOP: _requested,
        DeadlineKind.REPLY: lambda _case, deadline: (deadline.party,),
        DeadlineKind.WRITTEN: lambda case, _deadline: (case.reporting,),
        DeadlineKind.REVIEW: _requested,
    },
    but=TIMERS,
)
