"""What the clock does when a deadline's moment has come: who is pinged, and when it looks again. Pure."""

from __future__ import annotations

from bot.clock import (
    alerts,
    allowed_time,
    deadline_warnings,
    deadlines,
    phone_calls,
    ping_bundles,
    unacknowledged,
)
from bot.clock.escalation_ladder import Audience, audience, concerned
from bot.clock.owners import owed_by, owners
from bot.clock.rhythm import wants_repeat
from bot.clock.rungs import ladder_of, next_beginning
from bot.domain.case import Case, Deadline, DeadlineKind, Status
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.recipients import Recipient
from bot.protection import gates
from bot.protection.seen_by import seen_by
from bot.turns.composer import Composer

_NOBODY = Audience((), ())


def on_deadline(c: Composer, case: Case, deadline_id: int) -> Deadline | None:
    """Act on a deadline whose moment has come; do nothing when it has moved or no longer runs.

    Returns:
        The deadline as it was, if people were pinged about it.
    """
    deadline = deadlines.fallen_due(case, deadline_id, c.now)
    if deadline is None:
        return None
    if deadline.kind is DeadlineKind.ALERT:
        c.put(alerts.on_timer(c, case))
    elif deadline_warnings.is_warning(deadline, c.now):
        _warn(c, case, deadline)
    elif deadline.kind is DeadlineKind.REVIEW and deadline.pings and case.stood_down_at is None:
        _lapse(c, case)
    else:
        _ping(c, case, deadline)
        return deadline
    return None


def _warn(c: Composer, case: Case, deadline: Deadline) -> None:
    """Tell those who are to act that a deadline is about to pass, unless a ping has just said so.

    Where the level waits for offices, they are told when their own one is open.
    """
    agreement, directory = c.context.agreement, c.view.directory
    policy, party = case.policy(agreement), owed_by(case, deadline, agreement)
    opens = allowed_time.opens(policy, deadline.kind, party, c.now)
    if opens > c.now:
        c.put(deadline_warnings.put_off(case, deadline, opens))
        return
    planned = deadline.next_at or c.now
    case = deadline_warnings.warned(case, deadline)
    just_now = c.now - min(policy.repeat, deadline.due_at - c.now)
    told = [r for r in owners(case, deadline, agreement, directory)
            if (last := case.pinged.get(r.name)) is None or last.at is None or last.at <= just_now]  # fmt: skip
    case, names, gathered = ping_bundles.send(c, case, told, deadline, 0, planned)
    if names or gathered:
        _record(c, JournalAct.WARNED, case, deadline, recipients=[*names, *gathered])
    c.put(case)


def next_rung(c: Composer, case: Case, deadline_id: int, ping: int) -> None:
    """Let the next rung go now, since this ping missed some; nobody is told twice, and the ladder goes on in its time.

    Nothing happens when it went since, when there is none, or while the case is silenced.
    """
    deadline = next((d for d in case.deadlines if d.id == deadline_id and d.is_running), None)
    if deadline is None or deadline.pings != ping or (deadline.snoozed_until or c.now) > c.now:
        return
    following = next_beginning(ladder_of(case.policy(c.context.agreement), deadline.kind), ping)
    if following is not None:
        _ping(c, case, replace(deadline, pings=following - 1), is_hurried=True)


def _ping(c: Composer, case: Case, deadline: Deadline, *, is_hurried: bool = False) -> None:
    agreement, directory, number = c.context.agreement, c.view.directory, deadline.pings + 1
    reached = audience(case, deadline, number, agreement, directory, only_new=is_hurried)
    before = concerned(case, deadline, deadline.pings, agreement, directory) if deadline.pings else _NOBODY
    known = {r.name for r in before.recipients}
    again = allowed_time.again(case, case.policy(agreement), deadline, number, c.now)
    case = deadlines.pinged(case, deadline, (is_hurried and deadline.next_at) or again)
    heard = [r for r in reached.recipients if r.name not in known or wants_repeat(c, case, r, deadline)]
    planned = c.now if is_hurried else max(deadline.next_at or deadline.due_at, deadline.due_at)
    case, told, gathered = ping_bundles.send(c, case, heard, deadline, number, planned)
    called = [r for r in reached.called if r in heard or not _is_quiet(c, case, r)]
    rung = _call(c, case, deadline, number, called)
    if gathered:
        _record(c, JournalAct.GATHERED, case, deadline, number=number, recipients=gathered)
    if told or rung or not (gathered or reached.recipients):
        calls = {"called": [r.name for r in rung]} if reached.called else {}
        empty = [group.value for group in reached.empty]
        _record(c, JournalAct.PINGED, case, deadline, number=number, recipients=told, nobody_in=empty, **calls)
    case = c.put(case)
    if deadline.kind is DeadlineKind.ACKNOWLEDGE:
        _tell_own_side(c, case, deadline, before, reached)
    if called and not rung:
        next_rung(c, case, deadline.id, number)  # nothing here can ring them


def _call(c: Composer, case: Case, deadline: Deadline, number: int, called: list[Recipient]) -> list[Recipient]:
    """Call those whom a rung wants to be called, of the sides that may know of the deadline."""
    key, agreement = ping_bundles.key_of(c, case, deadline, number), c.context.agreement
    rung: list[Recipient] = []
    for reader in called:
        seen = seen_by(case, reader.party, agreement)
        if ping_bundles.is_shown(seen, deadline):
            rung += phone_calls.place(c, seen, deadline, number, [reader], key)
    return rung


def _is_quiet(c: Composer, case: Case, reader: Recipient) -> bool:
    last = case.pinged.get(reader.name)
    return last is not None and last.is_quiet(c.now)


def _tell_own_side(c: Composer, case: Case, deadline: Deadline, before: Audience, reached: Audience) -> None:
    """Tell the reporting side when a rung begins."""
    agreement, directory = c.context.agreement, c.view.directory
    whole = {rung.who for rung in ladder_of(case.policy(agreement), deadline.kind)}
    groups = set(concerned(case, deadline, deadline.pings + 1, agreement, directory).groups)
    if groups != set(before.groups):
        unacknowledged.missed(c, case, deadline, reached, is_last=groups == whole)


def _record(c: Composer, act: JournalAct, case: Case, deadline: Deadline, **details: object) -> None:
    agreement = c.context.agreement
    theirs = seen_by(case, case.requested or case.reporting, agreement)
    hides = not ping_bundles.is_shown(theirs, deadline)
    held = [*gates.held_back(case, case.requested, agreement)] if hides else []
    of_whom = {"subject": held} if held else {}
    c.journal(act, case, deadline=deadline.kind.value, due_at=deadline.due_at.isoformat(), **details, **of_whom)


def _lapse(c: Composer, case: Case) -> None:
    """Nobody answered "still on it?": the acknowledgment lapses and the ladder starts again at once."""
    c.journal(JournalAct.ACKNOWLEDGMENT_LAPSED, case)
    status = Status.OPEN if case.status is Status.ACKNOWLEDGED else case.status
    case = replace(case, status=status, stage=case.stage + 1)
    case = c.put(deadlines.lapsed(case, c.now, c.context.new_id))
    alerts.refresh(c, case)
    climbing = case.deadline(DeadlineKind.ACKNOWLEDGE)
    asked = audience(case, climbing, 1, c.context.agreement, c.view.directory).recipients if climbing else ()
    unacknowledged.has_lapsed(c, case, [r.name for r in asked])
