"""The clock's rules: which deadlines a case has, what moves, meets, silences and ends them. Pure.

Every function takes a case and returns the case with its deadlines changed; `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.clock import allowed_time
from bot.domain.agreement import Urgency
from bot.domain.case import Case, Channel, Deadline, DeadlineKind, DeadlineState, HandoffState
from bot.domain.frozen import replace
from bot.domain.policy import LevelPolicy

NewId = Callable[[], int]

#: Deadlines that run from the first message, in the order people think of them.
FROM_FIRST_MESSAGE = (DeadlineKind.ACKNOWLEDGE, DeadlineKind.POLICE, DeadlineKind.DIPLOMATIC)

#: How long later answers are collected before an alert already sent is brought up to date.
REFRESH_AFTER = timedelta(seconds=10)

#: For how long an officer leaves an unfinished intake alone before they are asked, before they are asked once more, and
#: before the desks are told what is missing.
UNANSWERED = (timedelta(minutes=10), timedelta(hours=1), timedelta(minutes=10))


def opened(case: Case, policy: LevelPolicy, alert_after: timedelta, new_id: NewId) -> Case:
    """Give a new case its deadlines."""
    case = arm(case, DeadlineKind.ALERT, case.opened_at + alert_after, new_id, now=case.opened_at)
    case = arm(case, DeadlineKind.INTAKE, case.opened_at + UNANSWERED[0], new_id, now=case.opened_at)
    for kind in FROM_FIRST_MESSAGE:
        case = arm(case, kind, allowed_time.due(case, policy, kind, case.clock_from), new_id, now=case.clock_from)
    return case


#: What is waited for from the desk of a hand-off.
_WAITED_FOR = MappingProxyType({HandoffState.SENT: DeadlineKind.ANSWER, HandoffState.ACCEPTED: DeadlineKind.WRITTEN})


def arm(
    case: Case, kind: DeadlineKind, due_at: datetime, new_id: NewId, channel: Channel | None = None, *, now: datetime,
    party: str = "",
) -> Case:  # fmt: skip
    """Let a deadline run to `due_at`: a running one that nobody was pinged about is moved, else a new one starts.

    A new row each time keeps the keys of pings apart: a ladder that starts again pings again.
    """
    running = _running(case, kind, channel, party)
    if running is not None and running.pings == 0:
        return _swap(case, replace(running, due_at=due_at, next_at=due_at, promised_at=None, snoozed_until=None))
    if running is not None:
        case = _settle(case, [running], DeadlineState.ENDED, now)
    fresh = Deadline(new_id(), case.id, kind, due_at, due_at, channel=channel, party=party)
    return replace(case, deadlines=(*case.deadlines, fresh))


def follow(case: Case, urgency: Urgency, policy: LevelPolicy, now: datetime) -> Case:
    """Set the urgency and move the deadlines that run from the first message with it.

    Before the officer's `send` they follow both ways. After it they only move earlier, and one moved by a rise is
    due no sooner than now plus the new level's `acknowledge`. What was pinged stays pinged.
    """
    if urgency is case.urgency:
        return case
    is_rise = urgency.is_above(case.urgency)
    case = follow_policy(replace(case, urgency=urgency), policy, now)
    return _hasten(case, policy, now) if is_rise else case


def follow_policy(case: Case, policy: LevelPolicy, now: datetime) -> Case:
    """Move the deadlines that run from the first message to what a policy allows, as `follow` says."""
    moved: list[Deadline] = []
    for deadline in case.deadlines:
        if deadline.is_running and deadline.kind in FROM_FIRST_MESSAGE:
            target = allowed_time.due(case, policy, deadline.kind, case.clock_from)
            if case.sent_at is not None:
                target = min(deadline.due_at, max(target, now + policy.acknowledge))
            if target != deadline.due_at:
                moved.append(replace(deadline, due_at=target, next_at=max(target, now), snoozed_until=None))
    return _swap(case, *moved)


def _hasten(case: Case, policy: LevelPolicy, now: datetime) -> Case:
    """Let repeats come as often as the higher level asks for; no snooze lasts longer than it allows."""
    hastened: list[Deadline] = []
    for deadline in case.deadlines:
        if deadline.is_running and not deadline.is_timer and (deadline.pings or deadline.snoozed_until):
            until = deadline.snoozed_until and min(deadline.snoozed_until, now + policy.acknowledge)
            next_at = deadline.next_at
            if deadline.pings and next_at is not None:
                sooner = allowed_time.again(case, policy, deadline, deadline.pings, now)
                next_at = min(next_at, max(sooner, until or now))
            hastened.append(replace(deadline, next_at=next_at, snoozed_until=until))
    return _swap(case, *hastened)


def meet(case: Case, kind: DeadlineKind, now: datetime, channel: Channel | None = None, *, party: str = "") -> Case:
    """Meet the running deadlines of a kind (and channel, or side)."""
    return _settle(case, _all_running(case, kind, channel, party), DeadlineState.MET, now)


def acknowledged(case: Case, now: datetime, by: int) -> Case:
    """Meet `acknowledge`, and keep who met it: the case itself forgets it when it lapses or is opened again."""
    running = _all_running(case, DeadlineKind.ACKNOWLEDGE, None)
    met = (replace(d, state=DeadlineState.MET, settled_at=now, next_at=None, met_by=by) for d in running)
    return _swap(case, *met)


def promised(case: Case, deadline: Deadline, until: datetime) -> Case:
    """Let the clock ask about a deadline not when it passes, but when whoever will be late said: once."""
    return _swap(case, replace(deadline, promised_at=until, next_at=until))


def stop(case: Case, kind: DeadlineKind, now: datetime, channel: Channel | None = None) -> Case:
    """End the running deadlines of a kind (and channel)."""
    return _settle(case, _all_running(case, kind, channel), DeadlineState.ENDED, now)


def end(case: Case, now: datetime, *, but: Iterable[DeadlineKind] = ()) -> Case:
    """End all running deadlines but these kinds: a closure, a stand-down. Whoever must stop says so all the same."""
    spared = {*but, DeadlineKind.STOP}
    ending = [d for d in case.deadlines if d.is_running and d.kind not in spared]
    return _settle(case, ending, DeadlineState.ENDED, now)


def carried(case: Case, other: Case, now: datetime, new_id: NewId) -> Case:
    """Let the clock be the stricter one of two cases that are one: what runs in either runs here, to the earlier due.

    What was met here stays met; what somebody stopped here runs again when it runs there.
    """
    for theirs in (d for d in other.deadlines if d.is_running and not d.is_timer and d.kind is not DeadlineKind.REVIEW):
        mine = case.deadline(theirs.kind, theirs.channel, theirs.party)
        if mine is None or (not mine.is_running and mine.state is not DeadlineState.MET):
            case = arm(case, theirs.kind, theirs.due_at, new_id, theirs.channel, now=now, party=theirs.party)
        elif mine.is_running and theirs.due_at < mine.due_at:
            sooner = min(mine.next_at or theirs.due_at, theirs.due_at)
            case = _swap(case, replace(mine, due_at=theirs.due_at, next_at=sooner, snoozed_until=None))
    return case


def resumed(case: Case, ended_at: datetime, now: datetime) -> Case:
    """Let run again what ended at that moment, no later than it would have run."""
    ended = (d for d in case.deadlines if d.state is DeadlineState.ENDED and d.settled_at == ended_at)
    return _swap(case, *(_again(deadline, case, now) for deadline in ended))


def _again(deadline: Deadline, case: Case, now: datetime) -> Deadline:
    is_told = deadline.kind is DeadlineKind.ALERT and case.alerted_at is not None
    next_at = None if is_told else max(deadline.due_at, now) if deadline.pings == 0 else now
    return replace(deadline, state=DeadlineState.RUNNING, settled_at=None, next_at=next_at)


def touched(case: Case, policy: LevelPolicy, now: datetime, new_id: NewId) -> Case:
    """Record an act of the requested side: its `review` runs anew from now."""
    case = replace(case, requested_act_at=now)
    return arm(case, DeadlineKind.REVIEW, allowed_time.due(case, policy, DeadlineKind.REVIEW, now), new_id, now=now)


def lapsed(case: Case, now: datetime, new_id: NewId) -> Case:
    """Let an acknowledgment lapse: the ladder starts again at once; one that is climbed already goes on."""
    case = _settle(case, _all_running(case, DeadlineKind.REVIEW, None), DeadlineState.ENDED, now)
    given = {"lapsed_at": case.acknowledged_at, "lapsed_by": case.acknowledged_by} if case.acknowledged_at else {}
    case = replace(case, acknowledged_at=None, acknowledged_by=None, **given)
    is_climbing = _running(case, DeadlineKind.ACKNOWLEDGE, None) is not None
    return case if is_climbing else arm(case, DeadlineKind.ACKNOWLEDGE, now, new_id, now=now)


def rearm_from(case: Case, policy: LevelPolicy, now: datetime, new_id: NewId) -> Case:
    """Start the clock again from now: a reopened case. A channel that accepted need not accept again.

    One that has not answered is asked again, and what must be in writing is waited for again; so is the answer to a
    question that nobody had answered when the case ended.
    """
    case = _told_again(replace(case, clock_from=now), now)
    for party in _owing_a_reply(case):
        case = arm(
            case,
            DeadlineKind.REPLY,
            allowed_time.due(case, policy, DeadlineKind.REPLY, now),
            new_id,
            now=now,
            party=party,
        )
    for handoff in case.handoffs:
        kind = _WAITED_FOR.get(handoff.state)
        if kind is not None and not handoff.letter_at:
            case = arm(case, kind, allowed_time.due(case, policy, kind, now), new_id, handoff.channel, now=now)
    for kind in FROM_FIRST_MESSAGE:
        if not _is_settled_by_channel(case, kind):
            case = arm(case, kind, allowed_time.due(case, policy, kind, now), new_id, now=now)
    return case


def _owing_a_reply(case: Case) -> tuple[str, ...]:
    """The sides that have not answered what they were last asked."""
    asked = {d.party: d for d in sorted(case.deadlines, key=lambda d: d.id) if d.kind is DeadlineKind.REPLY}
    return tuple(party for party, newest in asked.items() if newest.state is DeadlineState.ENDED)


def _told_again(case: Case, now: datetime) -> Case:
    """Let the alert be brought up to date again, or sent if nobody was told before the case ended."""
    timer = case.deadline(DeadlineKind.ALERT)
    if timer is None:
        return case
    return _swap(case, replace(timer, state=DeadlineState.RUNNING, settled_at=None, next_at=now))


def snooze(case: Case, until: datetime) -> Case:
    """Silence all repeats until then, also of a deadline that passes meanwhile. First pings are never silenced."""
    for deadline in case.deadlines:
        if deadline.is_running and not deadline.is_timer:
            first_or_later = deadline.next_at if deadline.pings == 0 else max(until, deadline.next_at or until)
            case = _swap(case, replace(deadline, snoozed_until=until, next_at=first_or_later))
    return case


def pinged(case: Case, deadline: Deadline, next_at: datetime) -> Case:
    """Count a ping and say when the clock looks again: not before a snooze is over."""
    next_at = max(next_at, deadline.snoozed_until or next_at)
    return _swap(case, replace(deadline, pings=deadline.pings + 1, next_at=next_at))


def begin_anew(case: Case, kind: DeadlineKind) -> Case:
    """Count a round, so that what was told before can be told again."""
    latest = case.deadline(kind)
    return case if latest is None else _swap(case, replace(latest, pings=latest.pings + 1))


def look_at(case: Case, kind: DeadlineKind, moment: datetime | None) -> Case:
    """Say when the clock looks at a running deadline, without moving its due moment."""
    running = _running(case, kind, None)
    return case if running is None else _swap(case, replace(running, next_at=moment))


def fallen_due(case: Case, deadline_id: int, now: datetime) -> Deadline | None:
    """Find a deadline whose moment has come; None when it has moved or no longer runs."""
    found = next((d for d in case.deadlines if d.id == deadline_id), None)
    if found is None or not found.is_running or found.next_at is None or found.next_at > now:
        return None
    return found


def sent(case: Case, now: datetime) -> Case:
    """Note that the officer confirmed the intake: nobody is asked for it any more."""
    return stop(replace(case, sent_at=now), DeadlineKind.INTAKE, now)


def heard(case: Case, said_at: datetime) -> Case:
    """Let the silence of the officer in their intake begin anew: they said something then."""
    timer = _running(case, DeadlineKind.INTAKE, None)
    if timer is None or said_at + UNANSWERED[timer.pings] <= timer.due_at:
        return case
    return _waits(case, timer, said_at + UNANSWERED[timer.pings])


def asked(case: Case, now: datetime) -> Case:
    """Count that the officer was asked for the rest of their intake.

    The next wait counts from their last word too. Where the bridge was down meanwhile, they still get the first wait.
    """
    timer = _running(case, DeadlineKind.INTAKE, None)
    if timer is None:
        return case
    said_at, pings = timer.due_at - UNANSWERED[timer.pings], timer.pings + 1
    return _waits(case, replace(timer, pings=pings), max(said_at + UNANSWERED[pings], now + UNANSWERED[0]))


def _waits(case: Case, timer: Deadline, moment: datetime) -> Case:
    return _swap(case, replace(timer, due_at=moment, next_at=moment))


def shown(case: Case) -> tuple[Deadline, ...]:
    """The running deadlines that people see, the next one first."""
    running = (d for d in case.deadlines if d.is_running and not d.is_timer)
    return tuple(sorted(running, key=lambda d: (d.due_at, d.id)))


def _is_settled_by_channel(case: Case, kind: DeadlineKind) -> bool:
    if kind is DeadlineKind.ACKNOWLEDGE:
        return False
    handoff = case.handoff(Channel(kind.value))
    is_decided = case.diplomatic_not_needed_at is not None or case.value("diplomatic_alternative") is not None
    return (kind is DeadlineKind.DIPLOMATIC and is_decided) or (handoff is not None and handoff.accepted_at is not None)


def _all_running(case: Case, kind: DeadlineKind, channel: Channel | None, party: str = "") -> list[Deadline]:
    running = (d for d in case.deadlines if d.is_running and d.kind is kind)
    return [d for d in running if (channel is None or d.channel is channel) and party in ("", d.party)]


def _running(case: Case, kind: DeadlineKind, channel: Channel | None, party: str = "") -> Deadline | None:
    return max(_all_running(case, kind, channel, party), key=lambda d: d.id, default=None)


def _settle(case: Case, settled: Iterable[Deadline], state: DeadlineState, now: datetime) -> Case:
    return _swap(case, *(replace(deadline, state=state, settled_at=now, next_at=None) for deadline in settled))


def _swap(case: Case, *changed: Deadline) -> Case:
    if not changed:
        return case
    by_id = {deadline.id: deadline for deadline in changed}
    return replace(case, deadlines=tuple(by_id.get(d.id, d) for d in case.deadlines))
