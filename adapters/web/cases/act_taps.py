"""Who looks at a case page, and the acts of one tap that it offers them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapters.web.site.page_words import act_name
from bot.acts.offering import is_offered
from bot.channels.handoffs import DEADLINE
from bot.clock import claimed_receipts
from bot.domain import button_data
from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel, DeadlineKind
from bot.domain.case_acts import Act
from bot.domain.names import channel_name
from bot.domain.people import Directory, Person
from bot.language.texts import tr
from bot.protection.permissions import may, may_confirm
from bot.protection.redaction_policy import claimed_number


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks at which case, and what is known around it."""

    person: Person
    case: Case
    agreement: Agreement
    directory: Directory

    @property
    def due(self) -> DeadlineKind | None:
        """What is due next."""
        running = [d for d in self.case.deadlines if d.is_running and not d.is_timer]
        return min(running, key=lambda d: (d.due_at, d.id)).kind if running else None

    def offers(self, act: Act, channel: Channel | None = None) -> bool:
        """Whether this person may do it and it makes sense now."""
        return is_offered(act, self.person, self.case, self.agreement, channel)


@dataclass(frozen=True, slots=True)
class Tap:
    """An act that needs no words."""

    label: str
    data: str
    meets: DeadlineKind | None = None  #: the deadline that it answers to


#: Further acts without words, with the deadline that each answers to.
_OF_ONE_TAP: Mapping[Act, DeadlineKind | None] = MappingProxyType(
    {Act.ONIT: None, Act.REMIND: None, Act.STOPPED: DeadlineKind.STOP, Act.NOTNEEDED: None}
)


def taps(desk: Desk) -> list[Tap]:
    """List the acts of one tap, the one that what is due next asks for first."""
    language = desk.person.language
    found: list[Tap] = []
    if desk.offers(Act.ACK):
        found.append(tap(desk, act_name(Act.ACK, language), Act.ACK, meets=DeadlineKind.ACKNOWLEDGE))
    found += [each for channel in Channel for each in _of_channel(desk, channel)]
    if desk.offers(Act.ASSIGN) and desk.person.id not in desk.case.assignees:
        found.append(tap(desk, tr(language, "Assign to me"), Act.ASSIGN, "me"))
    if desk.case.acknowledged_at and desk.case.is_open and may(desk.person, Act.ACK, desk.case, desk.agreement):
        found.append(tap(desk, tr(language, "Still on it"), Act.ACK, meets=DeadlineKind.REVIEW))
    for act, meets in _OF_ONE_TAP.items():
        if desk.offers(act):
            found.append(tap(desk, act_name(act, language), act, meets=meets))
    found += _confirmation(desk)
    return sorted(found, key=lambda each: each.meets is not desk.due)


def _of_channel(desk: Desk, channel: Channel) -> Iterator[Tap]:
    """Handing off to a channel, and recording the receipt that was claimed for it by mail."""
    language, meets = desk.person.language, DEADLINE[channel]
    if desk.offers(Act.HANDOFF, channel):
        label = tr(language, "Hand off to {channel}", channel=channel_name(channel, language))
        yield tap(desk, label, Act.HANDOFF, channel.value, meets=meets)
    claimed = claimed_receipts.claimed(desk.case, channel)
    if claimed is not None and desk.offers(Act.ACCEPT, channel):
        label = tr(language, "Record as accepted: {number}", number=claimed_number(claimed))
        yield tap(desk, label, Act.ACCEPT, claimed_receipts.recorded_by(claimed), meets=meets)


def _confirmation(desk: Desk) -> list[Tap]:
    """Where a plan waits for this side: its confirmation."""
    plan, party = desk.case.plan, desk.person.party
    waits = plan is not None and plan.is_whole and plan.confirmed_by(party) is None and desk.offers(Act.OPERATION)
    if not waits or not may_confirm(desk.person, desk.case, desk.agreement):
        return []
    return [tap(desk, tr(desk.person.language, "Confirm the joint operation"), Act.OPERATION, "confirm")]


def tap(desk: Desk, label: str, act: Act, argument: str = "", *, meets: DeadlineKind | None = None) -> Tap:
    """Make a tap of an act in the case's present stage."""
    return Tap(label, button_data.write(button_data.ActTap(desk.case.id, desk.case.stage, act.value, argument)), meets)
