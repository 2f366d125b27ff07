"""Which deadlines an open case must have whatever happened to it, and how those that are gone come back. Pure.

What is computed here comes from what the case says of itself, never from the deadlines that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bot.clock import allowed_time, deadlines
from bot.domain.case import Case, Channel, DeadlineKind, Handoff, HandoffState
from bot.domain.frozen import replace
from bot.domain.policy import LevelPolicy
from bot.protection import gates


class Owed(NamedTuple):
    """A deadline that must run."""

    kind: DeadlineKind
    since: datetime  #: what it runs from
    channel: Channel | None = None


def lost(case: Case) -> list[Owed]:
    """Name what a case waits for and the clock will not ask about; nothing for a closed one."""
    return [owed for owed in _owed(case) if not _runs(case, owed)] if case.is_open else []


def found_again(case: Case, policy: LevelPolicy, new_id: deadlines.NewId) -> Case:
    """Let run again what is lost, as long from its beginning as the level allows: what is over is due at once."""
    for kind, since, channel in lost(case):
        asleep = {d.id for d in case.deadlines if d.is_running and d.kind is kind and d.channel is channel}
        case = replace(case, deadlines=tuple(d for d in case.deadlines if d.id not in asleep))
        due = allowed_time.due(case, policy, kind, since)
        case = deadlines.arm(case, kind, due, new_id, channel, now=since)  # none of the kind runs that would be ended
    return case


def asked_again(case: Case, now: datetime) -> Case:
    """Let the clock ask at once about all that it asked about before: what it said reached nobody."""
    again = {d.id: replace(d, next_at=now) for d in case.deadlines if d.is_running and d.pings and not d.is_timer}
    return replace(case, deadlines=tuple(again.get(d.id, d) for d in case.deadlines), pinged={})


def _owed(case: Case) -> Iterator[Owed]:
    last_act = case.requested_act_at or case.stood_down_at or case.acknowledged_at or case.clock_from
    if case.acknowledged_at is not None or case.stood_down_at is not None:
        yield Owed(DeadlineKind.REVIEW, last_act)
    if case.stood_down_at is None:
        yield from _owed_by_both(case)
    yield from (owed for h in case.handoffs if (owed := _owed_by_desk(h)) and not _is_silenced(case, owed))


def _owed_by_both(case: Case) -> Iterator[Owed]:
    if case.acknowledged_at is None:
        yield Owed(DeadlineKind.ACKNOWLEDGE, case.clock_from)
    for channel in Channel:
        if _is_waited_for(case, channel):
            yield Owed(DeadlineKind(channel.value), case.clock_from)


def _owed_by_desk(handoff: Handoff) -> Owed | None:
    """What is waited for because of a hand-off: an answer, the letter, or that its desk has stopped."""
    if handoff.state is HandoffState.SENT:
        return Owed(DeadlineKind.ANSWER, handoff.sent_at or handoff.drafted_at, handoff.channel)
    if handoff.state is HandoffState.ACCEPTED and handoff.letter_at is None:
        return Owed(DeadlineKind.WRITTEN, handoff.accepted_at or handoff.drafted_at, handoff.channel)
    if handoff.must_stop:
        return Owed(DeadlineKind.STOP, handoff.withdrawn_at or handoff.drafted_at, handoff.channel)
    return None


def _is_silenced(case: Case, owed: Owed) -> bool:
    """Whether a stand-down ended it: what was taken back must stop all the same."""
    return case.stood_down_at is not None and owed.kind is not DeadlineKind.STOP


def _is_waited_for(case: Case, channel: Channel) -> bool:
    if any(h.channel is channel and h.state is HandoffState.ACCEPTED for h in case.handoffs):
        return False
    is_decided = case.diplomatic_not_needed_at is not None or case.value(gates.ALTERNATIVE) is not None
    return channel is Channel.POLICE or not is_decided


def _runs(case: Case, owed: Owed) -> bool:
    same = (d for d in case.deadlines if d.kind is owed.kind and owed.channel in (None, d.channel))
    return any(d.is_running and d.next_at is not None for d in same)
