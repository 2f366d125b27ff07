"""A case as the duty board shows it to one reader: one row, who sees what is decided here. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.web.cases import act_taps, case_view
from adapters.web.cases.case_view import Due, Reader
from adapters.web.site import page_words
from bot.domain import fields
from bot.domain.agreement import Urgency
from bot.domain.case import Case, HandoffState
from bot.domain.case_acts import Act
from bot.domain.names import channel_name, clocks
from bot.domain.subjects import COUNT
from bot.language.texts import tr
from bot.protection import gates
from bot.protection.redaction_policy import Way, answer_for
from bot.protection.shown_persons import people

#: What tells one case from another at a glance, in this order.
_FACTS = ("situation", COUNT, "age_group", "area")


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One case on the board."""

    reference: str
    urgency: Urgency
    status: str
    sides: str
    facts: tuple[str, ...]  #: situation, persons, age, area: as far as they are known and readable
    due: Due | None
    owner: str
    last_act: str
    trouble: str  #: messages about it that did not arrive
    acknowledge: str  #: what a tap on "Acknowledge" says to the bridge; empty where it is not offered
    exercise: bool


def row(case: Case, reader: Reader, undelivered: int) -> BoardRow:
    """Make the row of a case as it was read."""
    seen = reader.seen(case)
    return BoardRow(
        reference=case.reference,
        urgency=seen.urgency,
        status=page_words.case_status(seen, reader.language),
        sides=" → ".join(filter(None, (case.reporting, case.requested))),
        facts=tuple(_facts(seen, reader)),
        due=case_view.next_due(seen, reader),
        owner=_owner(seen, reader),
        last_act=_last_act(seen, reader),
        trouble=_trouble(undelivered, reader.language),
        acknowledge=_acknowledge(seen, reader),
        exercise=case.exercise,
    )


def _facts(case: Case, reader: Reader) -> Iterator[str]:
    for name in _FACTS:
        field = fields.field(name)
        value = answer_for(field, case, reader.policy, Way.PAGE, reader.agreement)
        if name == COUNT and isinstance(value, int):
            yield people(value, reader.language)
        elif value is not None and value != fields.UNKNOWN:
            yield fields.show(field, value, reader.language)


def _owner(case: Case, reader: Reader) -> str:
    owners = case.workers or ((case.acknowledged_by,) if case.acknowledged_by else ())
    return ", ".join(reader.name(owner) for owner in owners)


def _last_act(case: Case, reader: Reader) -> str:
    """Say what was done last and when; what the bridge itself did is no act."""
    language = reader.language
    acts = [(case.opened_at, tr(language, "reported"))]
    acts += [(answer.at, tr(language, "answered")) for answer in case.answers.values()]
    if case.acknowledged_at:
        acts.append((case.acknowledged_at, tr(language, "acknowledged")))
    for handoff in case.handoffs:
        channel = channel_name(handoff.channel, language)
        if gates.shown_state(handoff, case, reader.person.party, reader.agreement) is HandoffState.DRAFTED:
            continue  # drafted, or blocked and not to be known of
        if handoff.sent_at:
            acts.append((handoff.sent_at, tr(language, "handed off to {channel}", channel=channel)))
        if handoff.accepted_at:
            acts.append((handoff.accepted_at, tr(language, "accepted by {channel}", channel=channel)))
    at, said = max(acts, key=lambda act: act[0])
    return f"{said} {clocks(at, case, reader.agreement)}"


def _trouble(undelivered: int, language: str) -> str:
    if not undelivered:
        return ""
    if undelivered == 1:
        return tr(language, "1 message not delivered")
    return tr(language, "{count} messages not delivered", count=undelivered)


def _acknowledge(case: Case, reader: Reader) -> str:
    desk = act_taps.Desk(reader.person, case, reader.agreement, reader.directory)
    return act_taps.tap(desk, "", Act.ACK).data if desk.offers(Act.ACK) else ""
