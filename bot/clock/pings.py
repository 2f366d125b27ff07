"""What a ping about a missed deadline says, and the acts that it offers: one row a kind of deadline. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import claimed_receipts
from bot.clock.owners import owed_by
from bot.clock.unacknowledged import lapsed
from bot.domain.agreement import Agreement
from bot.domain.case import TIMERS, Case, Channel, Deadline, DeadlineKind, HandoffState
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.names import deadline_name, lateness, moment
from bot.domain.recipients import Recipient
from bot.domain.subjects import count_of
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.gate_words import in_pings
from bot.protection.permissions import may_whoever_reads
from bot.turns.composer import Composer

Offer = tuple[str, str, str]  #: label, act and argument of a button

#: A ping so much behind its planned moment says so: the bridge was down.
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is pinged about: a deadline of a case as their side may know it."""

    c: Composer
    case: Case
    deadline: Deadline
    reader: Recipient
    is_out_of_reach: bool = False  #: nobody of those who may act on it can be reached
    is_counted: bool = True  #: which ping it is, is said

    @property
    def agreement(self) -> Agreement:
        """What the parties agreed."""
        return self.c.context.agreement

    @property
    def party(self) -> str:
        """The reader's side."""
        return self.reader.party

    @property
    def channel(self) -> Channel | None:
        """The channel that the deadline is about."""
        return self.deadline.channel or next((k for k in Channel if k.value == self.deadline.kind.value), None)

    def may(self, act: str) -> bool:
        """Whether the reader may do this about it."""
        if act not in _ACTS:
            return True
        directory = self.c.view.directory
        return may_whoever_reads(self.reader, Act(act), self.case, self.agreement, directory, self.channel)


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
    return [f"{due}.", _out_of_reach(asked) if asked.is_out_of_reach else _PINGS[deadline.kind].wants(asked)]


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
    claimed = claimed_receipts.in_ping(case, deadline.channel)
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
        return " ".join(filter(None, (sent, claimed_receipts.in_ping(case, channel), _open_for(case, channel))))
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


def offers(asked: Asked) -> list[Offer]:
    """The acts that a ping offers about one deadline, those that are open to the reader."""
    return [offer for offer in _PINGS[asked.deadline.kind].offers(asked) if asked.may(offer[1])]


def acknowledging() -> list[Offer]:
    """To acknowledge, and to take the case."""
    return [(tr("en", "Acknowledge"), Act.ACK, ""), (tr("en", "Assign to me"), Act.ASSIGN, "me")]


def _offers_letter(asked: Asked) -> list[Offer]:
    return [(tr("en", "Letter sent"), Act.WRITTEN, _word(asked))]


def _offers_channel(asked: Asked) -> list[Offer]:
    case, agreement, channel = asked.case, asked.agreement, Channel(asked.deadline.kind.value)
    handoff = case.handoff(channel)
    if handoff is not None and handoff.state is HandoffState.SENT:
        return _offers_its_answer(case, channel, asked.party)
    offered: list[Offer] = []
    if gates.offers_handoff(case, channel, asked.party, agreement):
        offered.append((tr("en", "Hand off"), Act.HANDOFF, channel.value))
    if channel is Channel.DIPLOMATIC:
        is_decided = asked.party == case.reporting and gates.wants_alternative(case, agreement)
        alternative = (tr("en", "Decide an alternative"), Act.ALTERNATIVE, "")
        offered += [alternative] if is_decided else []
        offered.append((tr("en", "Not needed"), Act.NOTNEEDED, ""))
    return offered


def _offers_answer(asked: Asked) -> list[Offer]:
    return _offers_its_answer(asked.case, asked.deadline.channel, asked.party)


def _offers_its_answer(case: Case, channel: Channel | None, party: str) -> list[Offer]:
    """Accepting and returning; first the receipt that was claimed by mail, to the side that may record it."""
    handoff, word = claimed_receipts.claimed(case, channel), channel.value if channel else ""
    answers: list[Offer] = [(tr("en", "Accept"), Act.ACCEPT, word), (tr("en", "Return"), Act.RETURN, word)]
    if handoff is None or party != case.requested:
        return answers
    return [(tr("en", "Record as accepted"), Act.ACCEPT, claimed_receipts.recorded_by(handoff)), *answers]


def _offers_stop(asked: Asked) -> list[Offer]:
    return [(tr("en", "We have stopped"), Act.STOPPED, _word(asked))]


def _offers_reply(asked: Asked) -> list[Offer]:
    return [(tr("en", "Answer"), Act.ANSWER, "")] if asked.party == asked.deadline.party else []


def _offers_review(asked: Asked) -> list[Offer]:
    return [(tr("en", "Still on it"), Act.ACK, "")] if asked.case.acknowledged_at is not None else []


def _word(asked: Asked) -> str:
    return asked.deadline.channel.value if asked.deadline.channel else ""


@dataclass(frozen=True, slots=True)
class _Ping:
    """What a ping about one kind of deadline says and offers."""

    wants: Callable[[Asked], str]
    offers: Callable[[Asked], list[Offer]]


_ACTS = frozenset(act.value for act in Act)
_PINGS = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: _Ping(_wants_acknowledgment, lambda _asked: acknowledging()),
        DeadlineKind.POLICE: _Ping(_wants_channel, _offers_channel),
        DeadlineKind.DIPLOMATIC: _Ping(_wants_channel, _offers_channel),
        DeadlineKind.ANSWER: _Ping(_wants_answer, _offers_answer),
        DeadlineKind.STOP: _Ping(_wants_stop, _offers_stop),
        DeadlineKind.REPLY: _Ping(_wants_reply, _offers_reply),
        DeadlineKind.WRITTEN: _Ping(_wants_letter, _offers_letter),
        DeadlineKind.REVIEW: _Ping(_wants_review, _offers_review),
    },
    but=TIMERS,  # they tell and ask, they do not ping
)
