"""What a ping says about a missed deadline: one row a kind of deadline. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.clock import claimed_receipts
from bot.clock.owners import owed_by
from bot.clock.ping_offers import Asked
from bot.clock.unacknowledged import lapsed
from bot.domain.case import TIMERS, Case, Channel, DeadlineKind, HandoffState
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.names import deadline_name, lateness, moment
from bot.domain.subjects import count_of
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import in_pings
from bot.turns.composer import Composer

#: A ping so much behind its planned moment says so: the bridge was down.
LATE = timedelta(minutes=1)


def lines(asked: Asked) -> list[str]:
    """What a ping says of one deadline: which is how late or due when, and what is wanted."""
    deadline = asked.deadline
    due = tr(
        "en",
        "{deadline}: due {moment} ({lateness})",
        deadline=deadline_name(deadline, "en").capitalize(),
        moment=moment(deadline.due_at, asked.case, asked.agreement),
        lateness=lateness(deadline.due_at, asked.c.now, "en"),
    )
    if deadline.pings and asked.is_counted:
        due += ", " + tr("en", "ping {number}", number=deadline.pings)
    return [f"{due}.", _out_of_reach(asked) if asked.is_out_of_reach else _WANTS[deadline.kind](asked)]


def behind(c: Composer, case: Case, planned: datetime) -> str:
    """Say that a ping goes out long after its planned moment, and why; empty when it does not."""
    if c.now - planned <= LATE:
        return ""
    return _late(c, planned, moment(planned, case, c.context.agreement))


def _out_of_reach(asked: Asked) -> str:
    party = owed_by(asked.case, asked.deadline, asked.agreement)
    return tr("en", "At {party} nobody can be reached now. Please call them.", party=party)


def _late(c: Composer, planned: datetime, when: str) -> str:
    restored = c.context.restored
    if restored is None or not restored.is_in_gap(planned):
        return tr("en", "This ping is late: it was to go out {moment}, but the bridge was not running.", moment=when)
    return tr(
        "en",
        "This ping is late and may be a repeat: it was to go out {moment}, and the bridge was restored from a backup.",
        moment=when,
    )


def _wants_acknowledgment(asked: Asked) -> str:
    case = asked.case
    if not asked.may(Act.ACK):
        party = case.requested or case.reporting
        return tr("en", "{party} has not acknowledged. Please see to it that they do.", party=party)
    if case.lapsed_at is None:
        return tr("en", "Nobody has acknowledged. Please acknowledge now.")
    return f"{lapsed(asked.c, case)} {tr('en', 'Please acknowledge again now.')}"


def _wants_letter(asked: Asked) -> str:
    return tr(
        "en",
        "The acceptance is not confirmed in writing yet. Please record the letter: /written {reference} LETTER",
        reference=asked.case.reference,
    )


def _wants_answer(asked: Asked) -> str:
    case, deadline = asked.case, asked.deadline
    handoff = case.handoff(deadline.channel) if deadline.channel else None
    since = handoff.sent_at if handoff is not None and handoff.sent_at is not None else deadline.due_at
    handed = tr(
        "en",
        "Handed to the {channel} channel {moment}, not answered yet.",
        channel=deadline.channel.value if deadline.channel else "",
        moment=moment(since, case, asked.agreement),
    )
    wanted = tr("en", "Please accept with the formal reference, or return it with a reason.")
    claimed = claimed_receipts.in_ping(case, deadline.channel, may_record=asked.may(Act.ACCEPT))
    return " ".join(filter(None, (handed, wanted if asked.may(Act.ACCEPT) else "", claimed)))


def _wants_stop(asked: Asked) -> str:
    channel = asked.deadline.channel.value if asked.deadline.channel else ""
    if not asked.may(Act.STOPPED):
        return tr(
            "en",
            "What was handed to the {channel} channel is taken back, and its desk has not confirmed that it stopped.",
            channel=channel,
        )
    return tr(
        "en",
        "What was handed to the {channel} channel is taken back. Please do nothing more about it and pass nothing "
        "on, and confirm that: /stopped {reference} {channel}",
        channel=channel,
        reference=asked.case.reference,
    )


def _wants_reply(asked: Asked) -> str:
    case, party = asked.case, asked.party
    if party != asked.deadline.party:
        return tr("en", "{party} has not answered the question yet.", party=asked.deadline.party)
    if party == case.requested and gates.stops_relay(case, party, asked.agreement):
        return tr("en", "A question of the other side waits for you. Please answer: /answer {reference} text",
                  reference=case.reference)  # fmt: skip
    return tr(
        "en",
        "A question of the other side waits for you; it is on the page. Please answer: /answer {reference} text",
        reference=case.reference,
    )


def _wants_review(asked: Asked) -> str:
    if asked.case.stood_down_at is None:
        return tr(
            "en", "Are you still on it? If nobody answers, the acknowledgment lapses and the ladder starts again."
        )
    if not asked.may(Act.REOPEN):
        return tr("en", "It is stood down. Is that still right?")
    reference = asked.case.reference
    return tr("en", "It is stood down. Is that still right? If not: /reopen {reference} reason", reference=reference)


def _wants_channel(asked: Asked) -> str:
    case, agreement = asked.case, asked.agreement
    channel = Channel(asked.deadline.kind.value)
    handoff = case.handoff(channel)
    if handoff is not None and handoff.state is HandoffState.SENT:
        sent = tr("en", "Handed to the {channel} channel, not yet accepted.", channel=channel.value)
        claimed = claimed_receipts.in_ping(case, channel, may_record=asked.may(Act.ACCEPT))
        return " ".join(filter(None, (sent, claimed, _open_for(case, channel))))
    at_gate = in_pings(case, channel, asked.party, agreement)
    if handoff is not None and not gates.is_draft(handoff):
        accepted = tr("en", "The {channel} channel accepted, but not for everybody.", channel=channel.value)
        return f"{accepted} {_open_for(case, channel)} {at_gate}".strip()
    if handoff is not None:
        return _drafted(channel, at_gate)
    if channel is Channel.POLICE:
        state = tr("en", "Not handed to the police channel yet.")
        return f"{state} {at_gate or tr('en', 'Please hand off now.')}"
    if gates.is_blocked(case, channel, agreement):
        return at_gate
    return f"{_wants_decision(asked)} {at_gate}".strip()


def _wants_decision(asked: Asked) -> str:
    if not asked.may(Act.NOTNEEDED):
        return tr("en", "Is the diplomatic channel needed? Hand off, or a supervisor records that it is not.")
    return tr(
        "en",
        "Is the diplomatic channel needed? Hand off, or a supervisor records that it is not: /notneeded "
        "{reference} reason",
        reference=asked.case.reference,
    )


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


_WANTS: Mapping[DeadlineKind, Callable[[Asked], str]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: _wants_acknowledgment,
        DeadlineKind.POLICE: _wants_channel,
        DeadlineKind.DIPLOMATIC: _wants_channel,
        DeadlineKind.ANSWER: _wants_answer,
        DeadlineKind.STOP: _wants_stop,
        DeadlineKind.REPLY: _wants_reply,
        DeadlineKind.WRITTEN: _wants_letter,
        DeadlineKind.REVIEW: _wants_review,
    },
    but=TIMERS,  # they tell and ask, they do not ping
)
