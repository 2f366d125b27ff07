"""What the clock does when a deadline's moment has come: a turn with pings, and when it looks again. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import alerts, escalation
from bot.case import Case, Channel, Deadline, DeadlineKind, HandoffState, Status
from bot.composing import Composer
from bot.consent import open_questions
from bot.ladder import Audience, audience
from bot.messages import Keyboard
from bot.opening import policy_of
from bot.rights import Act
from bot.texts import tr
from bot.wording import deadline_name, lateness, link, moment, rows, urgency_name

#: A ping so much behind its planned moment says so: the bridge was down.
LATE = timedelta(minutes=1)


def on_deadline(c: Composer, case: Case, deadline_id: int) -> None:
    """Act on a deadline whose moment has come; do nothing when it has moved or no longer runs."""
    deadline = next((d for d in case.deadlines if d.id == deadline_id), None)
    if deadline is None or not deadline.is_running or deadline.next_at is None or deadline.next_at > c.now:
        return
    if deadline.kind is DeadlineKind.ALERT:
        c.put(alerts.on_timer(c, case))
    elif deadline.kind is DeadlineKind.REVIEW and deadline.pings and case.stood_down_at is None:
        _lapse(c, case)
    else:
        _ping(c, case, deadline)


def _ping(c: Composer, case: Case, deadline: Deadline) -> None:
    number = deadline.pings + 1
    reached = audience(case, deadline.kind, number, c.context.agreement, c.view.directory)
    words = _words(c, case, deadline, number)
    key = f"case:{case.id}:{deadline.kind.value}:{deadline.id}:{number}"
    told = c.tell(
        reached.recipients, "ping", key, words, case=case, buttons=_keyboard(case, deadline), deadline_id=deadline.id
    )
    _record(c, case, deadline, number, reached, [r.name for r in told])
    c.put(escalation.pinged(case, deadline, c.now + policy_of(c, case).repeat))


def _record(c: Composer, case: Case, deadline: Deadline, number: int, reached: Audience, told: list[str]) -> None:
    c.journal(
        "pinged",
        case,
        deadline=deadline.kind.value,
        number=number,
        due_at=deadline.due_at.isoformat(),
        recipients=told,
        nobody_in=[group.value for group in reached.empty],
    )


def _lapse(c: Composer, case: Case) -> None:
    """Nobody answered "still on it?": the acknowledgment lapses and the ladder starts again at once."""
    c.journal("acknowledgment_lapsed", case)
    status = Status.OPEN if case.status is Status.ACKNOWLEDGED else case.status
    case = replace(case, status=status, stage=case.stage + 1)
    c.put(escalation.lapsed(case, c.now, c.context.new_id))


def _words(c: Composer, case: Case, deadline: Deadline, number: int) -> str:
    lines = [
        f"{urgency_name(case.urgency, 'en')} · {case.reference} · " + tr("en", "ping {number}", number=number),
        tr(
            "en",
            "{deadline}: due {moment} ({lateness}).",
            deadline=deadline_name(deadline, "en").capitalize(),
            moment=moment(deadline.due_at, case, c.context.agreement),
            lateness=lateness(deadline.due_at, c.now, "en"),
        ),
        _wanted(case, deadline),
    ]
    planned = deadline.next_at or deadline.due_at
    if c.now - planned > LATE:
        when = moment(planned, case, c.context.agreement)
        lines.append(
            tr("en", "This ping is late: it was to go out {moment}, but the bridge was not running.", moment=when)
        )
    lines.append(link(c.context.public_url, case))
    return "\n".join(lines)


def _wanted(case: Case, deadline: Deadline) -> str:
    match deadline.kind:
        case DeadlineKind.ACKNOWLEDGE:
            return tr("en", "Nobody has acknowledged. Please acknowledge now.")
        case DeadlineKind.POLICE | DeadlineKind.DIPLOMATIC:
            return _channel_wanted(case, Channel(deadline.kind.value))
        case DeadlineKind.WRITTEN:
            return tr(
                "en",
                "The acceptance is not confirmed in writing yet. Please record the letter: /written {reference} LETTER",
                reference=case.reference,
            )
        case _ if case.stood_down_at is not None:
            return tr(
                "en",
                "It is stood down. Is that still right? If not: /reopen {reference} reason",
                reference=case.reference,
            )
        case _:
            return tr(
                "en", "Are you still on it? If nobody answers, the acknowledgment lapses and the ladder starts again."
            )


def _channel_wanted(case: Case, channel: Channel) -> str:
    handoff = case.handoff(channel)
    if handoff is not None and handoff.state is HandoffState.SENT:
        return tr("en", "Handed to the {channel} channel, not yet accepted.", channel=channel.value)
    if handoff is not None and open_questions(case, channel):
        return tr(
            "en", "Drafted for the {channel} channel, not yet sent: consent was not asked.", channel=channel.value
        )
    if handoff is not None:
        return tr("en", "Drafted for the {channel} channel, not yet sent. Please hand off now.", channel=channel.value)
    if channel is Channel.POLICE:
        return tr("en", "Not handed to the police channel yet. Please hand off now.")
    return tr(
        "en",
        "Is the diplomatic channel needed? Hand off, or a supervisor records that it is not: /notneeded "
        "{reference} reason",
        reference=case.reference,
    )


def _keyboard(case: Case, deadline: Deadline) -> Keyboard:
    offered: list[tuple[str, str, str]]
    match deadline.kind:
        case DeadlineKind.ACKNOWLEDGE:
            offered = [(tr("en", "Acknowledge"), Act.ACK, ""), (tr("en", "Assign to me"), Act.ASSIGN, "me")]
        case DeadlineKind.POLICE | DeadlineKind.DIPLOMATIC:
            offered = _channel_buttons(case, Channel(deadline.kind.value))
        case DeadlineKind.WRITTEN:
            channel = deadline.channel.value if deadline.channel else ""
            offered = [(tr("en", "Letter sent"), Act.WRITTEN, channel)]
        case _:
            offered = [(tr("en", "Still on it"), Act.ACK, "")]
    if deadline.kind is not DeadlineKind.REVIEW:
        offered.append((tr("en", "Quiet for a while"), Act.SNOOZE, ""))
    offered.append((tr("en", "Show case"), "case", ""))
    return rows([alerts.act_button(case, label, act, argument) for label, act, argument in offered])


def _channel_buttons(case: Case, channel: Channel) -> list[tuple[str, str, str]]:
    handoff = case.handoff(channel)
    if handoff is not None and handoff.state is HandoffState.SENT:
        return [(tr("en", "Accept"), Act.ACCEPT, channel.value), (tr("en", "Return"), Act.RETURN, channel.value)]
    offered: list[tuple[str, str, str]] = [(tr("en", "Hand off"), Act.HANDOFF, channel.value)]
    if channel is Channel.DIPLOMATIC:
        offered.append((tr("en", "Not needed"), Act.NOTNEEDED, ""))
    return offered
