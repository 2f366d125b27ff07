"""What somebody is pinged about, and the acts that a ping offers them: one row a kind of deadline. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.clock import claimed_receipts
from bot.domain.agreement import Agreement
from bot.domain.case import TIMERS, Case, Channel, Deadline, DeadlineKind, HandoffState
from bot.domain.case_acts import Act
from bot.domain.closed_sets import for_each
from bot.domain.recipients import Recipient
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.permissions import may_whoever_reads
from bot.turns.composer import Composer

Offer = tuple[str, str, str]  #: label, act and argument of a button
_ACTS = frozenset(act.value for act in Act)


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


def offers(asked: Asked) -> list[Offer]:
    """The acts that a ping offers about one deadline, those that are open to the reader."""
    return [offer for offer in _OFFERS[asked.deadline.kind](asked) if asked.may(offer[1])]


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


_OFFERS: Mapping[DeadlineKind, Callable[[Asked], list[Offer]]] = for_each(
    DeadlineKind,
    {
        DeadlineKind.ACKNOWLEDGE: lambda _asked: acknowledging(),
        DeadlineKind.POLICE: _offers_channel,
        DeadlineKind.DIPLOMATIC: _offers_channel,
        DeadlineKind.ANSWER: _offers_answer,
        DeadlineKind.STOP: _offers_stop,
        DeadlineKind.REPLY: _offers_reply,
        DeadlineKind.WRITTEN: _offers_letter,
        DeadlineKind.REVIEW: _offers_review,
    },
    but=TIMERS,
)
