"""What a ping about a missed deadline says, and the acts that it offers: one row a kind of deadline. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import alerts, claimed_receipts
from bot.domain.case import TIMERS, Case, Channel, Deadline, DeadlineKind, HandoffState
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.messages import Keyboard
from bot.domain.names import deadline_name, lateness, link, moment, rows, urgency_name
from bot.domain.subjects import count_of
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import in_pings
from bot.turns.composer import Composer

Offer = tuple[str, str, str]  #: label, act and argument of a button

#: A ping so much behind its planned moment says so: the bridge was down.
LATE = timedelta(minutes=1)


def words(c: Composer, case: Case, deadline: Deadline, number: int, party: str) -> str:
    """What a ping says: which deadline is how late, what is wanted, and where the case is."""
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
        lines.append(_late(c, planned, moment(planned, case, c.context.agreement)))
    lines.append(link(c.context.public_url, case))
    return "\n".join(lines)


def _late(c: Composer, planned: datetime, when: str) -> str:
    restored = c.context.restored
    if restored is None or not restored.is_in_gap(planned):
        return tr("en", "This ping is late: it was to go out {moment}, but the bridge was not running.", moment=when)
    return tr(
        "en",
        "This ping is late and may be a repeat: it was to go out {moment}, and the bridge was restored from a backup.",
        moment=when,
    )


def _wants_letter(_c: Composer, case: Case, _deadline: Deadline, _party: str) -> str:
    return tr(
        "en",
        "The acceptance is not confirmed in writing yet. Please record the letter: /written {reference} LETTER",
        reference=case.reference,
    )


def _wants_answer(c: Composer, case: Case, deadline: Deadline, _party: str) -> str:
    handoff = case.handoff(deadline.channel) if deadline.channel else None
    since = handoff.sent_at if handoff is not None and handoff.sent_at is not None else deadline.due_at
    asked = tr(
        "en",
        "Handed to the {channel} channel {moment}, not answered yet. Please accept with the formal reference, or "
        "return it with a reason.",
        channel=deadline.channel.value if deadline.channel else "",
        moment=moment(since, case, c.context.agreement),
    )
    return f"{asked} {claimed_receipts.in_ping(case, deadline.channel)}".strip()


def _wants_stop(_c: Composer, case: Case, deadline: Deadline, _party: str) -> str:
    return tr(
        "en",
        "What was handed to the {channel} channel is taken back. Please do nothing more about it and pass nothing "
        "on, and confirm that: /stopped {reference} {channel}",
        channel=deadline.channel.value if deadline.channel else "",
        reference=case.reference,
    )


def _wants_reply(c: Composer, case: Case, deadline: Deadline, party: str) -> str:
    if party != deadline.party:
        return tr("en", "{party} has not answered the question yet.", party=deadline.party)
    if party == case.requested and gates.stops_relay(case, party, c.context.agreement):
        asked = tr("en", "A question of the other side waits for you. Please answer: /answer {reference} text",
                   reference=case.reference)  # fmt: skip
    else:
        asked = tr(
            "en",
            "A question of the other side waits for you; it is on the page. Please answer: /answer {reference} text",
            reference=case.reference,
        )
    return asked


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
        sent = tr("en", "Handed to the {channel} channel, not yet accepted.", channel=channel.value)
        return " ".join(filter(None, (sent, claimed_receipts.in_ping(case, channel), _open_for(case, channel))))
    at_gate = in_pings(case, channel, party, c.context.agreement)
    if handoff is not None and not gates.is_draft(handoff):
        accepted = tr("en", "The {channel} channel accepted, but not for everybody.", channel=channel.value)
        return f"{accepted} {_open_for(case, channel)} {at_gate}".strip()
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


def _open_for(case: Case, channel: Channel) -> str:
    """How many of several persons are still open."""
    if not case.apart:
        return ""
    waiting = [(number, count_of(case, number)) for number in gates.awaited(case, channel)]
    named = ", ".join(f"/{number} ({'?' if count is None else count})" for number, count in waiting)
    return tr("en", "Still open: {persons}.", persons=named)


def _drafted(channel: Channel, at_gate: str) -> str:
    state = tr("en", "Drafted for the {channel} channel, not yet sent.", channel=channel.value)
    return f"{state} {at_gate or tr('en', 'Please hand off now.')}"


def keyboard(c: Composer, case: Case, deadline: Deadline, party: str) -> Keyboard:
    """The acts that a ping offers, to whom they are open."""
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
        return _offers_its_answer(case, channel, party)
    offered: list[Offer] = []
    if gates.offers_handoff(case, channel, party, c.context.agreement):
        offered.append((tr("en", "Hand off"), Act.HANDOFF, channel.value))
    if channel is Channel.DIPLOMATIC:
        is_decided = party == case.reporting and gates.wants_alternative(case, c.context.agreement)
        alternative = (tr("en", "Decide an alternative"), Act.ALTERNATIVE, "")
        offered += [alternative] if is_decided else []
        offered.append((tr("en", "Not needed"), Act.NOTNEEDED, ""))
    return offered


def _offers_answer(_c: Composer, case: Case, deadline: Deadline, party: str) -> list[Offer]:
    return _offers_its_answer(case, deadline.channel, party)


def _offers_its_answer(case: Case, channel: Channel | None, party: str) -> list[Offer]:
    """Accepting and returning; first the receipt that was claimed by mail, to the side that may record it."""
    handoff, word = claimed_receipts.claimed(case, channel), channel.value if channel else ""
    answers: list[Offer] = [(tr("en", "Accept"), Act.ACCEPT, word), (tr("en", "Return"), Act.RETURN, word)]
    if handoff is None or party != case.requested:
        return answers
    return [(tr("en", "Record as accepted"), Act.ACCEPT, claimed_receipts.recorded_by(handoff)), *answers]


def _offers_stop(_c: Composer, _case: Case, deadline: Deadline, _party: str) -> list[Offer]:
    return [(tr("en", "We have stopped"), Act.STOPPED, deadline.channel.value if deadline.channel else "")]


def _offers_reply(_c: Composer, _case: Case, deadline: Deadline, party: str) -> list[Offer]:
    return [(tr("en", "Answer"), Act.ANSWER, "")] if party == deadline.party else []


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
        DeadlineKind.ANSWER: _Ping(_wants_answer, _offers_answer),
        DeadlineKind.STOP: _Ping(_wants_stop, _offers_stop, may_be_quiet=False),
        DeadlineKind.REPLY: _Ping(_wants_reply, _offers_reply),
        DeadlineKind.WRITTEN: _Ping(_wants_letter, _offers_letter),
        DeadlineKind.REVIEW: _Ping(
            _wants_review, lambda *_: [(tr("en", "Still on it"), Act.ACK, "")], may_be_quiet=False
        ),
    },
    but=TIMERS,  # they tell and ask, they do not ping
)
