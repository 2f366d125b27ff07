"""What the clock does when a deadline's moment has come: a turn with pings, and when it looks again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.clock import alerts, deadlines
from bot.clock.escalation_ladder import Audience, audience
from bot.domain.case import Case, Channel, Deadline, DeadlineKind, HandoffState, Status
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.fields import field
from bot.domain.journal_acts import JournalAct
from bot.domain.messages import Keyboard, OutgoingKind
from bot.domain.names import deadline_name, lateness, link, moment, rows, urgency_name
from bot.domain.recipients import Recipient
from bot.intake.consent import ask
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import in_pings
from bot.turns.composer import Composer

Offer = tuple[str, str, str]  #: label, act and argument of a button

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
    key = f"case:{case.id}:{deadline.kind.value}:{deadline.id}:{number}"
    told: list[Recipient] = []
    for party in dict.fromkeys(r.party for r in reached.recipients):
        told += c.tell(
            [r for r in reached.recipients if r.party == party],
            key,
            _words(c, case, deadline, number, party),
            kind=OutgoingKind.PING,
            case=case,
            buttons=_keyboard(c, case, deadline, party),
            deadline_id=deadline.id,
        )
    if deadline.kind is DeadlineKind.DIPLOMATIC and number == 1:
        _ask_person(c, case)
    _record(c, case, deadline, number, reached, [r.name for r in told])
    c.put(deadlines.pinged(case, deadline, c.now + case.policy(c.context.agreement).repeat))


def _ask_person(c: Composer, case: Case) -> None:
    """Where an adult has not agreed to the diplomatic step, the officer is asked to ask them."""
    verdict = gates.check(case, Channel.DIPLOMATIC, c.context.agreement)
    if isinstance(verdict, gates.Blocked) and verdict.reason is gates.Reason.NO_CONSENT:
        lead = tr("en", "{reference}: please ask the person now.", reference=case.reference)
        ask(c, case, field(gates.CONSENT[Channel.DIPLOMATIC]), lead, "ping")


def _record(c: Composer, case: Case, deadline: Deadline, number: int, reached: Audience, told: list[str]) -> None:
    c.journal(
        JournalAct.PINGED,
        case,
        deadline=deadline.kind.value,
        number=number,
        due_at=deadline.due_at.isoformat(),
        recipients=told,
        nobody_in=[group.value for group in reached.empty],
    )


def _lapse(c: Composer, case: Case) -> None:
    """Nobody answered "still on it?": the acknowledgment lapses and the ladder starts again at once."""
    c.journal(JournalAct.ACKNOWLEDGMENT_LAPSED, case)
    status = Status.OPEN if case.status is Status.ACKNOWLEDGED else case.status
    case = replace(case, status=status, stage=case.stage + 1)
    c.put(deadlines.lapsed(case, c.now, c.context.new_id))


def _words(c: Composer, case: Case, deadline: Deadline, number: int, party: str) -> str:
    lines = [
        f"{urgency_name(case.urgency, 'en')} · {case.reference} · " + tr("en", "ping {number}", number=number),
        tr(
            "en",
            "{deadline}: due {moment} ({lateness}).",
            deadline=deadline_name(deadline, "en").capitalize(),
            moment=moment(deadline.due_at, case, c.context.agreement),
            lateness=lateness(deadline.due_at, c.now, "en"),
        ),
        _PINGS[deadline.kind].wants(c, case, deadline, party),
    ]
    planned = deadline.next_at or deadline.due_at
    if c.now - planned > LATE:
        when = moment(planned, case, c.context.agreement)
        lines.append(
            tr("en", "This ping is late: it was to go out {moment}, but the bridge was not running.", moment=when)
        )
    lines.append(link(c.context.public_url, case))
    return "\n".join(lines)


def _wants_letter(_c: Composer, case: Case, _deadline: Deadline, _party: str) -> str:
    return tr(
        "en",
        "The acceptance is not confirmed in writing yet. Please record the letter: /written {reference} LETTER",
        reference=case.reference,
    )


def _wants_review(_c: Composer, case: Case, _deadline: Deadline, _party: str) -> str:
    if case.stood_down_at is not None:
        return tr(
            "en",
            "It is stood down. Is that still right? If not: /reopen {reference} reason",
            reference=case.reference,
        )
    return tr("en", "Are you still on it? If nobody answers, the acknowledgment lapses and the ladder starts again.")


def _wants_channel(c: Composer, case: Case, deadline: Deadline, party: str) -> str:
    channel = Channel(deadline.kind.value)
    handoff = case.handoff(channel)
    if handoff is not None and handoff.state is HandoffState.SENT:
        return tr("en", "Handed to the {channel} channel, not yet accepted.", channel=channel.value)
    at_gate = in_pings(case, channel, party, c.context.agreement)
    if handoff is not None:
        return _drafted(channel, at_gate)
    if channel is Channel.POLICE:
        state = tr("en", "Not handed to the police channel yet.")
        return f"{state} {at_gate or tr('en', 'Please hand off now.')}"
    if gates.is_blocked(case, channel, c.context.agreement):
        return at_gate
    asked = tr(
        "en",
        "Is the diplomatic channel needed? Hand off, or a supervisor records that it is not: /notneeded "
        "{reference} reason",
        reference=case.reference,
    )
    return f"{asked} {at_gate}".strip()


def _drafted(channel: Channel, at_gate: str) -> str:
    state = tr("en", "Drafted for the {channel} channel, not yet sent.", channel=channel.value)
    return f"{state} {at_gate or tr('en', 'Please hand off now.')}"


def _keyboard(c: Composer, case: Case, deadline: Deadline, party: str) -> Keyboard:
    ping = _PINGS[deadline.kind]
    offered = ping.offers(c, case, deadline, party)
    if ping.may_be_quiet:
        offered.append((tr("en", "Quiet for a while"), Act.SNOOZE, ""))
    offered.append((tr("en", "Show case"), "case", ""))
    return rows([alerts.act_button(case, label, act, argument) for label, act, argument in offered])


def _offers_acknowledgment(_c: Composer, _case: Case, _deadline: Deadline, _party: str) -> list[Offer]:
    return [(tr("en", "Acknowledge"), Act.ACK, ""), (tr("en", "Assign to me"), Act.ASSIGN, "me")]


def _offers_letter(_c: Composer, _case: Case, deadline: Deadline, _party: str) -> list[Offer]:
    return [(tr("en", "Letter sent"), Act.WRITTEN, deadline.channel.value if deadline.channel else "")]


def _offers_channel(c: Composer, case: Case, deadline: Deadline, party: str) -> list[Offer]:
    channel = Channel(deadline.kind.value)
    handoff = case.handoff(channel)
    if handoff is not None and handoff.state is HandoffState.SENT:
        return [(tr("en", "Accept"), Act.ACCEPT, channel.value), (tr("en", "Return"), Act.RETURN, channel.value)]
    offered: list[Offer] = []
    if gates.offers_handoff(case, channel, party, c.context.agreement):
        offered.append((tr("en", "Hand off"), Act.HANDOFF, channel.value))
    if channel is Channel.DIPLOMATIC:
        is_decided = party == case.reporting and gates.wants_alternative(case, c.context.agreement)
        alternative = (tr("en", "Decide an alternative"), Act.ALTERNATIVE, "")
        offered += [alternative] if is_decided else []
        offered.append((tr("en", "Not needed"), Act.NOTNEEDED, ""))
    return offered


@dataclass(frozen=True, slots=True)
class _Ping:
    """What a ping about one kind of deadline says and offers."""

    wants: Callable[[Composer, Case, Deadline, str], str]
    offers: Callable[[Composer, Case, Deadline, str], list[Offer]]
    may_be_quiet: bool = True


_PINGS = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: _Ping(
            lambda *_: tr("en", "Nobody has acknowledged. Please acknowledge now."), _offers_acknowledgment
        ),
        DeadlineKind.POLICE: _Ping(_wants_channel, _offers_channel),
        DeadlineKind.DIPLOMATIC: _Ping(_wants_channel, _offers_channel),
        DeadlineKind.WRITTEN: _Ping(_wants_letter, _offers_letter),
        DeadlineKind.REVIEW: _Ping(
            _wants_review, lambda *_: [(tr("en", "Still on it"), Act.ACK, "")], may_be_quiet=False
        ),
    },
    but={DeadlineKind.ALERT},  # it tells the desks, it does not ping
)
