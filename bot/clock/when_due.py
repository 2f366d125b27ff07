"""What the clock does when a deadline's moment has come: who is pinged, and when it looks again. Pure."""

from __future__ import annotations

from bot.clock import alerts, allowed_time, deadlines, phone_calls, pings
from bot.clock.escalation_ladder import Audience, audience
from bot.clock.rungs import ladder_of, next_beginning
from bot.domain.case import Case, Deadline, DeadlineKind, Status
from bot.domain.frozen import replace
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import OutgoingKind
from bot.domain.recipients import Recipient
from bot.protection import gates
from bot.protection.seen_by import seen_by
from bot.turns.composer import Composer


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
    elif deadline.kind is DeadlineKind.REVIEW and deadline.pings and case.stood_down_at is None:
        _lapse(c, case)
    else:
        _ping(c, case, deadline)
        return deadline
    return None


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
    number = deadline.pings + 1
    reached = audience(case, deadline, number, c.context.agreement, c.view.directory, only_new=is_hurried)
    what = f"{deadline.kind.value}:{deadline.id}:{number}"
    theirs = seen_by(case, case.requested or case.reporting, c.context.agreement)
    key = f"case:{case.id}:{what}" if _is_shown(theirs, deadline) else gates.key_of(case, what)
    told: list[Recipient] = []
    rung: list[Recipient] = []
    for party in dict.fromkeys(r.party for r in reached.recipients):
        seen = seen_by(case, party, c.context.agreement)
        if not _is_shown(seen, deadline):
            continue  # only somebody whom they know nothing of is still waited for
        told += c.tell(
            [r for r in reached.recipients if r.party == party],
            key,
            pings.words(c, seen, deadline, number, party),
            kind=OutgoingKind.PING,
            case=case,
            buttons=pings.keyboard(c, seen, deadline, party),
            deadline_id=deadline.id,
        )
        called = [r for r in reached.called if r.party == party]
        rung += phone_calls.place(c, seen, deadline, number, called, key)
    held = [] if _is_shown(theirs, deadline) else [*gates.held_back(case, case.requested, c.context.agreement)]
    _record(c, case, deadline, reached, told, rung, held)
    again = allowed_time.again(case, case.policy(c.context.agreement), deadline, number, c.now)
    case = c.put(deadlines.pinged(case, deadline, (is_hurried and deadline.next_at) or again))
    if reached.called and not rung:
        next_rung(c, case, deadline.id, number)  # nothing here can ring them


def _is_shown(seen: Case, deadline: Deadline) -> bool:
    return any(each.id == deadline.id for each in seen.deadlines)


def _record(
    c: Composer,
    case: Case,
    deadline: Deadline,
    reached: Audience,
    told: list[Recipient],
    rung: list[Recipient],
    held: list[int],
) -> None:
    called = {"called": [r.name for r in rung]} if reached.called else {}
    of_whom = {"subject": held} if held else {}
    c.journal(
        JournalAct.PINGED,
        case,
        deadline=deadline.kind.value,
        number=deadline.pings + 1,
        due_at=deadline.due_at.isoformat(),
        recipients=[r.name for r in told],
        nobody_in=[group.value for group in reached.empty],
        **called,
        **of_whom,
    )


def _lapse(c: Composer, case: Case) -> None:
    """Nobody answered "still on it?": the acknowledgment lapses and the ladder starts again at once."""
    c.journal(JournalAct.ACKNOWLEDGMENT_LAPSED, case)
    status = Status.OPEN if case.status is Status.ACKNOWLEDGED else case.status
    case = replace(case, status=status, stage=case.stage + 1)
    c.put(deadlines.lapsed(case, c.now, c.context.new_id))
