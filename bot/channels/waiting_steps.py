"""The steps of the two channels that wait: for what and for whom, as far as a side may know. Pure."""

from __future__ import annotations

from bot.domain.agreement import Agreement
from bot.domain.case import Case, Channel, DeadlineKind
from bot.domain.names import channel_name
from bot.domain.subjects import numbers
from bot.protection.gate_words import for_side
from bot.protection.gates import covered, is_draft, is_open
from bot.protection.seen_by import seen_by
from bot.protection.shown_persons import in_place_of


def waiting(case: Case, party: str, agreement: Agreement) -> list[tuple[Channel, Case]]:
    """The channels that nothing was handed to and whose gate is not open, each with the person it waits for."""
    if not case.requested or not case.is_open:
        return []
    seen = seen_by(case, party, agreement)
    each = [
        (channel, in_place_of(seen, number))
        for channel in Channel
        if _is_awaited(seen, channel)
        for number in numbers(seen)
        if number not in covered(seen, channel)
    ]
    return [(channel, one) for channel, one in each if not is_open(one, channel, agreement)]


def lines(case: Case, party: str, agreement: Agreement, language: str, *, tells: str | None = None) -> list[str]:
    """Say of each what it waits for; `tells` is the side that is told why, where that is not the one that looks on."""
    told = party if tells is None else tells
    return [
        f"{channel_name(channel, language).capitalize()}{one.reference.removeprefix(case.reference)}: "
        f"{for_side(one, channel, told, agreement, language)}"
        for channel, one in waiting(case, party, agreement)
    ]


def asks_other_side(case: Case, party: str, agreement: Agreement) -> bool:
    """Whether a side waits for the other one, and may remind it."""
    return party == case.requested and bool(waiting(case, party, agreement))


def _is_awaited(seen: Case, channel: Channel) -> bool:
    handoff, deadline = seen.handoff(channel), seen.deadline(DeadlineKind(channel.value))
    is_running = deadline is not None and deadline.is_running
    return is_running and (handoff is None or is_draft(handoff))
